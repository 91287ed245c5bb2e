"""Projects as Git repositories: cloned from here, and brought to and from a repository elsewhere, by Git itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from builder.api import create_api
from builder.base.http.git_addresses import with_git_addresses
from builder.composition.services import Services
from builder.composition.settings import Settings
from tests.integration.api.test_api import archive, error, imported
from tests.integration.projects.git.git_server import TOKEN, GitServer, git
from tests.integration.server import serving

PAGE: dict[str, str | bytes] = {
    "index.html": "<h1>Hello</h1>\n",
    "src/app.js": "export const one = 1\n",
    "picture.png": b"\x89PNG\x00\xff",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"git_private_hosts": "127.0.0.1"})


@pytest.fixture
async def here(services: Services) -> AsyncIterator[str]:
    """Sayso's address."""
    async with serving(with_git_addresses(create_api(lambda: services))) as address:
        yield f"http://{address}"


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[tuple[GitServer, str]]:
    """A server of repositories, and its address."""
    (tmp_path / "repositories").mkdir()
    server = GitServer(tmp_path / "repositories")
    async with serving(server) as address:
        yield server, f"http://{address}"


async def by_git(*words: str | Path, at: Path) -> str:
    return await asyncio.to_thread(git, *words, at=at)


def files_in(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def raw(files: dict[str, str | bytes]) -> dict[str, bytes]:
    return {path: content if isinstance(content, bytes) else content.encode() for path, content in files.items()}


async def project_of(api: httpx.AsyncClient, files: dict[str, str | bytes]) -> str:
    answer = await api.post("/projects/import?title=Hello", content=archive(files))
    return str(answer.json()["project"]["id"])


async def typed(api: httpx.AsyncClient, project: str, path: str, text: str) -> None:
    answer = await api.patch(f"/projects/{project}/working", json={"put": {path: text}})
    assert answer.status_code == 200, answer.text
    assert (await api.post(f"/projects/{project}/save", json={"label": f"Changed {path}"})).status_code < 300


async def content_of(api: httpx.AsyncClient, project: str, path: str) -> str:
    return (await api.get(f"/projects/{project}/files/{path}")).text


async def goes_with(api: httpx.AsyncClient, project: str, url: str, **more: str) -> None:
    answer = await api.put(f"/projects/{project}/git", json={"url": url, **more})
    assert answer.status_code == 200, answer.text


async def test_a_project_is_cloned_with_its_versions_and_pulled_after_each_change(
    api: httpx.AsyncClient, here: str, tmp_path: Path
) -> None:
    project = await project_of(api, PAGE)
    await typed(api, project, "src/app.js", "export const one = 2\n")
    seen = (await api.get(f"/projects/{project}/git")).json()
    assert seen["clone_url"].endswith(f"/p/{project}.git")
    await by_git("clone", f"{here}/p/{project}.git", "mine", at=tmp_path)
    mine = tmp_path / "mine"
    assert files_in(mine) == raw({**PAGE, "src/app.js": "export const one = 2\n"})
    assert (await by_git("log", "--format=%s", at=mine)).splitlines() == ["Changed src/app.js", "imported"]
    assert "Sayso-Version: 2" in await by_git("log", "-1", "--format=%B", at=mine)
    assert await by_git("symbolic-ref", "HEAD", at=mine) == "refs/heads/main"

    # Undo takes nothing away from whoever has cloned it.
    assert (await api.post(f"/projects/{project}/undo")).status_code == 200
    await by_git("pull", "--ff-only", at=mine)
    assert files_in(mine) == raw(PAGE)
    assert await by_git("log", "-1", "--format=%s", at=mine) == "Back to version 1"
    await typed(api, project, "new.txt", "new\n")
    await by_git("pull", "--ff-only", at=mine)
    assert files_in(mine) == raw({**PAGE, "new.txt": "new\n"})
    await by_git("fsck", "--strict", at=mine)


async def test_a_project_without_a_version_is_an_empty_repository(
    api: httpx.AsyncClient, here: str, tmp_path: Path
) -> None:
    project = (await api.post("/projects", json={"title": "Empty"})).json()["project"]["id"]
    await by_git("clone", f"{here}/p/{project}.git", "mine", at=tmp_path)
    assert files_in(tmp_path / "mine") == {}


async def test_nothing_is_pushed_to_sayso(api: httpx.AsyncClient, here: str) -> None:
    project = await imported(api)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{here}/p/{project}.git/info/refs?service=git-receive-pack")
    assert answer.status_code == 404
    assert "Push to the repository" in answer.json()["error"]["message"]


async def test_a_project_is_pushed_and_others_commits_become_versions(
    api: httpx.AsyncClient, elsewhere: tuple[GitServer, str], tmp_path: Path
) -> None:
    server, address = elsewhere
    server.make("app")
    project = await project_of(api, PAGE)
    await goes_with(api, project, f"{address}/app.git", branch="main")
    state = (await api.post(f"/projects/{project}/git/look")).json()
    assert (state["ahead"], state["behind"], state["there"]) == (1, 0, False)
    assert (await api.post(f"/projects/{project}/git/push", json={})).json()["ahead"] == 0

    await by_git("clone", f"{address}/app.git", "theirs", at=tmp_path)
    theirs = tmp_path / "theirs"
    assert files_in(theirs) == raw(PAGE)
    (theirs / "src/app.js").write_text("export const one = 'theirs'\n")
    (theirs / "run.sh").write_text("#!/bin/sh\n")
    (theirs / "run.sh").chmod(0o755)
    (theirs / "picture.png").unlink()
    await by_git("add", "-A", at=theirs)
    await by_git("commit", "-m", "Theirs\n\nWith more words", at=theirs)
    await by_git("push", at=theirs)

    state = (await api.post(f"/projects/{project}/git/look")).json()
    assert (state["ahead"], state["behind"]) == (0, 1)
    refused = await api.post(f"/projects/{project}/git/push", json={})
    assert error(refused) == (409, "git_behind")
    assert (await api.post(f"/projects/{project}/git/pull")).json() == {"versions": 1, "left_out": []}
    assert await content_of(api, project, "src/app.js") == "export const one = 'theirs'\n"
    assert (await api.get(f"/projects/{project}/files/picture.png")).status_code == 404
    versions = (await api.get(f"/projects/{project}/versions")).json()["versions"]
    assert {version["label"] for version in versions} >= {"Theirs"}

    # What no project knows of stays as it was: here that a file can be run.
    await typed(api, project, "run.sh", "#!/bin/sh\necho hi\n")
    assert (await api.post(f"/projects/{project}/git/push", json={})).json()["ahead"] == 0
    await by_git("pull", "--ff-only", at=theirs)
    assert (theirs / "run.sh").read_text() == "#!/bin/sh\necho hi\n"
    assert (theirs / "run.sh").stat().st_mode & 0o111
    assert len((await by_git("log", "--format=%h", at=theirs)).splitlines()) == 3


async def test_where_both_sides_went_on_nothing_is_forced_and_nothing_lost(
    api: httpx.AsyncClient, elsewhere: tuple[GitServer, str], here: str, tmp_path: Path
) -> None:
    server, address = elsewhere
    server.make("app")
    project = await project_of(api, PAGE)
    await goes_with(api, project, f"{address}/app.git", branch="main")
    await api.post(f"/projects/{project}/git/push", json={})
    await by_git("clone", f"{address}/app.git", "theirs", at=tmp_path)
    theirs = tmp_path / "theirs"
    (theirs / "index.html").write_text("theirs")
    await by_git("commit", "-am", "Theirs", at=theirs)
    await by_git("push", at=theirs)
    await typed(api, project, "index.html", "ours")

    state = (await api.post(f"/projects/{project}/git/look")).json()
    assert (state["ahead"], state["behind"]) == (1, 1)
    for call in ("pull", "push"):
        answer = await api.post(f"/projects/{project}/git/{call}", json={})
        assert error(answer) == (409, "git_behind")
        assert "Both sides went on" in answer.json()["error"]["message"]
    assert await content_of(api, project, "index.html") == "ours"

    taken = await api.post(f"/projects/{project}/git/take", json={"branch": "from-sayso"})
    assert taken.json() == {"versions": 1, "left_out": []}
    assert await content_of(api, project, "index.html") == "theirs"
    state = (await api.post(f"/projects/{project}/git/look")).json()
    assert (state["ahead"], state["behind"]) == (0, 0)
    await by_git("fetch", at=theirs)
    assert await by_git("show", "origin/from-sayso:index.html", at=theirs) == "ours"
    # The version is in the project's own history too, and in what is cloned from here.
    await by_git("clone", f"{here}/p/{project}.git", "mine", at=tmp_path)
    assert await by_git("show", "origin/from-sayso:index.html", at=tmp_path / "mine") == "ours"
    assert len((await api.get(f"/projects/{project}/versions")).json()["versions"]) == 3


async def test_a_repository_becomes_a_project_with_its_last_commits(
    api: httpx.AsyncClient, elsewhere: tuple[GitServer, str], tmp_path: Path
) -> None:
    server, address = elsewhere
    server.token = TOKEN
    bare = server.make("shop")
    work = tmp_path / "work"
    await by_git("clone", bare, work, at=tmp_path)
    for number in range(25):
        (work / "index.html").write_text(f"<h1>{number}</h1>")
        if number == 3:
            (work / "link").symlink_to("index.html")
            (work / ".env").write_text("SECRET_KEY=abc\n")
            (work / "large.bin").write_bytes(b"\0" * (11 << 20))
        await by_git("add", "-A", at=work)
        await by_git("commit", "-m", f"Number {number}", at=work)
    await by_git("push", "origin", "main", at=work)

    clone = {"url": f"{address}/shop.git", "token": "wrong"}
    assert error(await api.post("/projects/clone", json=clone)) == (409, "git_sign_in")
    assert (await api.get("/projects")).json()["projects"] == []
    answer = await api.post("/projects/clone", json={**clone, "token": TOKEN})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    project = made["project"]["id"]
    assert (made["project"]["title"], made["versions"]) == ("shop", 20)
    assert made["left_out"] == [".env", "large.bin", "link"]
    assert await content_of(api, project, "index.html") == "<h1>24</h1>"
    assert TOKEN not in (await api.get(f"/projects/{project}/git")).text
    assert (await api.get(f"/projects/{project}/git")).json()["remote"]["hint"] == TOKEN[-4:]

    # What stays in the repository only is there still after a push from here.
    await typed(api, project, "index.html", "<h1>Sayso</h1>")
    assert (await api.post(f"/projects/{project}/git/push", json={})).json()["ahead"] == 0
    await by_git("pull", "--ff-only", "origin", "main", at=work)
    assert (work / "index.html").read_text() == "<h1>Sayso</h1>"
    assert (work / "link").is_symlink()
    assert (work / ".env").read_text() == "SECRET_KEY=abc\n"
    assert (work / "large.bin").stat().st_size == 11 << 20


async def test_a_secret_in_any_version_is_not_pushed(api: httpx.AsyncClient, elsewhere: tuple[GitServer, str]) -> None:
    server, address = elsewhere
    bare = server.make("app")
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dcT9Xb"
    project = await project_of(api, {**PAGE, "pay.js": f'const key = "{key}"\n'})
    await typed(api, project, "pay.js", "const key = ''\n")
    await goes_with(api, project, f"{address}/app.git", branch="main")
    answer = await api.post(f"/projects/{project}/git/push", json={})
    assert error(answer) == (409, "secrets_found")
    assert await by_git("branch", at=bare) == ""


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/app.git", "git_address"),
        ("ssh://git@example.org/app.git", "git_address"),
        ("file:///etc", "git_address"),
        ("https://[example.org/app.git", "git_address"),
        ("https://ada:secret@example.org/app.git", "git_address"),
        ("https://example.org", "git_address"),
        ("https://example.org/a.git?x=1", "git_address"),
    ],
)
async def test_other_addresses_are_refused(api: httpx.AsyncClient, url: str, code: str) -> None:
    project = await imported(api)
    assert error(await api.put(f"/projects/{project}/git", json={"url": url})) == (422, code)
    assert error(await api.post("/projects/clone", json={"url": url})) == (422, code)


async def test_a_private_address_is_not_reached_by_whatever_name(
    api: httpx.AsyncClient, elsewhere: tuple[GitServer, str]
) -> None:
    server, address = elsewhere
    port = address.rpartition(":")[2]
    for host in ("localhost", "[::1]", "127.0.0.2", "169.254.169.254", "10.0.0.1"):
        answer = await api.post("/projects/clone", json={"url": f"https://{host}:{port}/app.git"})
        assert error(answer) == (422, "git_private"), host
    assert server.asked == []


async def test_what_is_no_repository_is_said(api: httpx.AsyncClient, elsewhere: tuple[GitServer, str]) -> None:
    _, address = elsewhere
    assert error(await api.post("/projects/clone", json={"url": f"{address}/none.git"})) == (422, "git_not_found")
    gone = await api.post("/projects/clone", json={"url": "http://127.0.0.1:9/none.git"})
    assert error(gone) == (502, "git_unreachable")
    assert (await api.get("/projects")).json()["projects"] == []
