"""The command line against a running server, each command as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sayso import ApiError, Client
from sayso.kept import find_checkout

from tests.integration.client.conftest import ApiProcess, Shell

PASSWORD = "correct horse battery"


@pytest.fixture
def app(sayso: Shell, server: ApiProcess) -> Path:
    """The folder of a new project, in which the commands run from then on."""
    assert sayso("login", server.url) == 0, sayso.complained
    assert sayso("new", "My Board", "--starter", "kanban") == 0, sayso.complained
    sayso.folder = sayso.folder / "my-board"
    return sayso.folder


@pytest.fixture
def client(server: ApiProcess) -> Iterator[Client]:
    with Client(server.url) as made:
        yield made


def project_of(app: Path) -> str:
    checkout = find_checkout(app)
    assert checkout
    return checkout.project


def test_a_new_project_has_a_folder_with_its_files(sayso: Shell, client: Client, app: Path) -> None:
    project = project_of(app)
    assert client.page(project) in sayso.said
    assert (app / "index.html").read_bytes() == client.read(project, "index.html")
    assert project in {one["id"] for one in client.projects("my board")}
    assert sayso("open", "--print") == 0
    assert sayso.said.strip() == client.page(project)
    assert sayso("new", "My Board", folder=app.parent) == 1
    assert "has files already" in sayso.complained


def test_only_what_changed_is_pushed_and_becomes_a_version(sayso: Shell, client: Client, app: Path) -> None:
    project = project_of(app)
    (app / "index.html").write_text("<p>mine</p>")
    (app / "picture.png").write_bytes(b"\x89PNG\0\1")
    (app / ".gitignore").write_text("*.log\n/build/\n")
    for ignored in ("debug.log", "build/out.js", "node_modules/x/index.js"):
        (app / ignored).parent.mkdir(parents=True, exist_ok=True)
        (app / ignored).write_text("x")
    (app / "package.json").unlink()
    assert sayso("push", "--dry-run") == 0
    assert sayso.said.splitlines() == [
        ".gitignore would be sent", "index.html would be sent", "picture.png would be sent",
        "package.json would be removed there",
    ]  # fmt: skip
    assert client.read(project, "index.html") != b"<p>mine</p>"
    assert sayso("push", "--label", "by hand") == 0, sayso.complained
    assert client.read(project, "index.html") == b"<p>mine</p>"
    assert client.read(project, "picture.png") == b"\x89PNG\0\1"
    assert {"debug.log", "build/out.js", "package.json"}.isdisjoint(client.digests(project))
    label = client.call("GET", f"/projects/{project}/versions")["versions"][0]["label"]
    assert label == "by hand"
    assert sayso("push") == 0
    assert "Nothing has changed here." in sayso.said


def test_what_changed_on_the_server_is_pulled(sayso: Shell, client: Client, app: Path) -> None:
    project = project_of(app)
    client.write(
        project, {"index.html": "<p>theirs</p>", "new/file.txt": "x"}, ["package.json"], client.digests(project)
    )
    assert sayso("pull", "--dry-run") == 0
    assert "index.html would come" in sayso.said
    assert (app / "package.json").exists()
    assert sayso("pull", folder=app / "src") == 0, sayso.complained
    assert (app / "index.html").read_text() == "<p>theirs</p>"
    assert (app / "new" / "file.txt").read_text() == "x"
    assert not (app / "package.json").exists()
    other = app.parent / "other"
    assert sayso("pull", project, "--folder", str(other), folder=app.parent) == 0
    assert (other / "index.html").read_text() == "<p>theirs</p>"


def test_where_both_changed_it_is_named_and_nothing_is_lost(sayso: Shell, client: Client, app: Path) -> None:
    project = project_of(app)
    client.write(project, {"index.html": "theirs"}, [], client.digests(project))
    (app / "index.html").write_text("mine")
    (app / "other.txt").write_text("x")
    assert sayso("push") == 3
    assert "conflict: index.html" in sayso.complained
    assert client.read(project, "index.html") == b"theirs"
    assert "other.txt" not in client.digests(project)
    assert sayso("pull") == 3
    assert (app / "index.html").read_text() == "mine"
    assert (app / "index.html.theirs").read_text() == "theirs"
    (app / "index.html").write_text("mine and theirs")
    assert sayso("push") == 0, sayso.complained
    assert client.read(project, "index.html") == b"mine and theirs"
    assert "index.html.theirs" not in client.digests(project)
    # One removed it, the other went on with it.
    client.write(project, {}, ["index.html"], client.digests(project))
    (app / "index.html").write_text("still mine")
    assert sayso("pull") == 3
    assert sayso("push") == 0, sayso.complained
    assert client.read(project, "index.html") == b"still mine"


def test_a_command_needs_a_running_app_and_says_so(sayso: Shell, app: Path) -> None:
    assert sayso("exec", "--", "ls", "-l") == 1
    assert sayso.complained.strip()
    assert sayso("logs") == 0


def test_a_server_that_asks_for_a_password(sayso: Shell, make_api: Callable[..., ApiProcess]) -> None:
    locked = make_api(PASSWORD)
    assert sayso("login", locked.url) == 1
    sayso.more = {"SAYSO_PASSWORD": "wrong"}
    assert sayso("login", locked.url, "--password") == 1
    sayso.more = {"SAYSO_PASSWORD": PASSWORD}
    assert sayso("login", locked.url, "--password") == 0, sayso.complained
    sayso.more = {}
    assert sayso("new", "Locked") == 0, sayso.complained
    kept = sayso.home / "sayso" / "login.json"
    assert kept.stat().st_mode & 0o077 == 0
    assert PASSWORD not in kept.read_text()


def test_nothing_there_is_a_sentence(sayso: Shell) -> None:
    assert sayso("push") == 1
    assert "sayso new" in sayso.complained
    assert sayso("login", "http://127.0.0.1:9") == 1
    assert "does not answer" in sayso.complained


def test_a_token_goes_with_every_call() -> None:
    with Client("http://127.0.0.1:9", token="a-token") as client:
        assert client.http.headers["Authorization"] == "Bearer a-token"
        with pytest.raises(ApiError) as raised:
            client.project("x")
    assert (raised.value.status, raised.value.code) == (0, "offline")
