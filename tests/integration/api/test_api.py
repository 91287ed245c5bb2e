from __future__ import annotations

import asyncio
import base64
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.api import create_api
from builder.base.http.hosts import CLIENT_HEADER
from builder.composition.services import Services
from preview_runtime.file_tree import digest
from tests.integration.server import serving

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def archive(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path, content in files.items():
            made.writestr(path, content)
    return buffer.getvalue()


async def imported(api: httpx.AsyncClient, files: dict[str, str | bytes] | None = None) -> str:
    files = files or {"package.json": "{}", "index.html": "<script>alert(1)</script>", "src/App.tsx": "one"}
    answer = await api.post("/projects/import", params={"title": "Mine"}, content=archive(files))
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()["project"]
    return str(project["id"])


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal; its shape is the same everywhere."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"]


async def finished(services: Services, project_id: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        async for frame in services.events.frames(project_id, 0, services.spools):
            if "event: generation_finished" in frame:
                generation: dict[str, Any] = json.loads(frame.split("data: ")[1])["generation"]
                return generation
    raise AssertionError("the stream ended first")


async def test_a_prompt_becomes_a_project_with_files_messages_and_a_title(
    services: Services, api: httpx.AsyncClient
) -> None:
    answer = await api.post("/projects", json={"prompt": "a kanban board for my bakery"})
    assert answer.status_code == 201
    project_id = answer.json()["project"]["id"]
    assert answer.json()["generation"]["status"] == "running"
    generation = await finished(services, project_id)
    assert (generation["status"], generation["offline"]) == ("done", True)
    stopped = (await api.post(f"/projects/{project_id}/turns/{answer.json()['turn']['id']}/stop")).json()["turn"]
    assert (stopped["status"], stopped["outcome"]) == ("done", "unseen")  # nothing but the looking is left out

    shown = (await api.get(f"/projects/{project_id}")).json()
    assert {file["path"] for file in shown["files"]} >= {"package.json", "index.html"}
    assert [message["role"] for message in shown["messages"]] == ["person", "builder"]
    assert shown["messages"][0]["text"] == "a kanban board for my bakery"
    assert shown["generations"][0]["version"] == shown["project"]["head"]
    assert shown["project"]["preview_url"] == f"http://p-{project_id}.preview.localhost:8000"
    assert shown["engines"]["runtime_url"].startswith("/runtime/")
    assert shown["event"] == await services.events.last(project_id)

    arrived = (await api.get(f"/projects/{project_id}/generations/{generation['id']}")).json()
    assert (arrived["status"], arrived["text_files"]) == ("done", {})


async def test_a_follow_up_is_accepted_and_answers_with_its_message(services: Services, api: httpx.AsyncClient) -> None:
    project_id = (await api.post("/projects", json={"starter": "kanban"})).json()["project"]["id"]
    answer = await api.post(f"/projects/{project_id}/messages", json={"text": "make the header green"})
    assert answer.status_code == 202
    assert answer.json()["message"]["generation"] == answer.json()["generation"]["id"]
    assert (await finished(services, project_id))["status"] == "done"
    versions = (await api.get(f"/projects/{project_id}/versions")).json()["versions"]
    assert [version["kind"] for version in versions] == ["generation", "starter"]


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("", "prompt_empty"), ("  \n", "prompt_empty"), ("a\0b", "prompt_binary"), ("x" * 100_001, "prompt_long")],
)
async def test_a_prompt_that_is_none_is_refused_and_makes_no_project(
    api: httpx.AsyncClient, prompt: str, code: str
) -> None:
    assert error(await api.post("/projects", json={"prompt": prompt})) == (422, code)
    assert (await api.get("/projects")).json() == {"projects": [], "next": None}


async def test_a_model_without_a_key_or_without_a_name_makes_no_project(api: httpx.AsyncClient) -> None:
    for model in ("anthropic:claude-sonnet-4-6", "nobody:nothing"):
        answer = await api.post("/projects", json={"prompt": "a quiz", "model": model})
        assert answer.status_code >= 400
        error(answer)
    assert (await api.get("/projects")).json() == {"projects": [], "next": None}


async def test_one_zip_at_a_time_is_read_for_a_person_and_the_next_one_is_told(
    services: Services, api: httpx.AsyncClient
) -> None:
    first_half, go_on = asyncio.Event(), asyncio.Event()
    data = archive({"index.html": "x"})

    async def slowly() -> AsyncIterator[bytes]:
        yield data[:10]
        first_half.set()
        await go_on.wait()
        yield data[10:]

    first = asyncio.create_task(api.post("/projects/import", content=slowly()))
    await first_half.wait()
    assert error(await api.post("/projects/import", content=data)) == (409, "import_running")
    go_on.set()
    assert (await first).status_code == 201
    assert (await api.post("/projects/import", content=data)).status_code == 201
    assert [*(services.settings.data_dir / "imports").iterdir()] == []


async def test_an_import_nobody_waits_for_is_ended_and_leaves_nothing(services: Services, tmp_path: Path) -> None:
    """The reader of zips is a program that never ends; its client leaves."""
    reader = tmp_path / "never.py"
    reader.write_text("import sys, time\nopen(sys.argv[1] + '.began', 'w').close()\ntime.sleep(600)")
    folder = services.settings.data_dir / "imports"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builder.projects.archive.unzip.__file__", str(reader))
        async with serving(create_api(lambda: services)) as address:
            url = f"http://{address}/api/v1/projects/import"
            async with httpx.AsyncClient() as client:
                asking = asyncio.create_task(client.post(url, content=archive({"index.html": "x"})))
                async with asyncio.timeout(20):
                    while not folder.is_dir() or not [*folder.glob("*.began")]:  # noqa: ASYNC110  # another process makes it
                        await asyncio.sleep(0.01)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            async with asyncio.timeout(20):
                while [one for one in folder.iterdir() if one.suffix != ".began"]:  # noqa: ASYNC110  # nobody says that it is gone
                    await asyncio.sleep(0.01)
    assert await services.store.list(LOCAL_OWNER) == []


async def test_a_write_on_what_another_changed_meanwhile_is_refused_whole(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api)}"
    read = (await api.get(f"{project}/files")).json()["digests"]
    assert (await api.get(f"{project}/files/src/App.tsx")).headers["etag"] == f'"{read["src/App.tsx"]}"'
    theirs = {"put": {"src/App.tsx": "theirs"}, "base": read}
    now = (await api.patch(f"{project}/working", json=theirs)).json()["digests"]

    async def changed(write: dict[str, Any]) -> dict[str, str | None]:
        before = (await api.get(f"{project}/files")).json()
        answer = await api.patch(f"{project}/working", json=write)
        assert error(answer) == (409, "changed_meanwhile"), write
        assert "changed elsewhere" in answer.json()["error"]["message"]
        assert (await api.get(f"{project}/files")).json() == before
        found: dict[str, str | None] = answer.json()["error"]["details"]["digests"]
        return found

    both = {"put": {"src/App.tsx": "mine", "index.html": "mine"}, "base": read}
    assert await changed(both) == now
    assert await changed({"delete": ["src/App.tsx"], "base": read}) == now
    assert await changed({"delete": ["src"], "base": {}}) == now
    assert await changed({"rename": {"src/App.tsx": "src/Main.tsx"}, "base": read}) == now
    assert await changed({"rename": {"index.html": "src/App.tsx"}, "base": read | {"src/App.tsx": None}}) == now
    # A name that the base does not know was free as the writer looked.
    assert await changed({"put": {"index.html": "another"}, "base": {}}) == {"index.html": read["index.html"]}
    await api.patch(f"{project}/working", json={"delete": ["index.html"], "base": read})
    gone = {"index.html": None}
    assert await changed({"put": {"index.html": "mine"}, "base": read}) == gone
    assert await changed({"rename": {"index.html": "home.html"}, "base": read}) == gone

    # The same twice, as after an answer that was lost; and on what is there now.
    for _ in range(2):
        assert (await api.patch(f"{project}/working", json=theirs)).status_code == 200
        assert (await api.patch(f"{project}/working", json={"delete": ["index.html"], "base": read})).status_code == 200
        renamed = {"rename": {"package.json": "p.json"}, "base": read}
        assert (await api.patch(f"{project}/working", json=renamed)).status_code == 200
    mine = {"put": {"src/App.tsx": "mine", "index.html": "mine"}, "base": read | now | gone}
    assert (await api.patch(f"{project}/working", json=mine)).json()["digests"] == {
        "src/App.tsx": digest("mine"),
        "index.html": digest("mine"),
    }


async def test_a_write_that_names_no_base_goes_over_nothing_that_another_typed(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api)}"
    path = "src/App.tsx"

    async def write(client: str, program: str = "page", **what: Any) -> httpx.Response:
        headers = {CLIENT_HEADER: program}
        return await api.patch(f"{project}/working", json={"client": client, **what}, headers=headers)

    # What is as the head has it is in a version; what the same client typed is its own.
    assert (await write("tab", put={path: "typed"})).status_code == 200
    assert (await write("tab", put={path: "typed on"})).status_code == 200
    before = (await api.get(f"{project}/files")).json()
    there = {path: digest("typed on")}
    for client, program, what in [
        ("other", "page", {"put": {path: "mine", "index.html": "mine"}}),
        ("other", "page", {"delete": ["src"]}),
        ("other", "page", {"rename": {"index.html": path}}),
        ("other", "page", {"rename": {"src": "lib"}, "delete": ["lib"]}),
        ("", "curl", {"put": {path: "mine"}}),
    ]:
        answer = await write(client, program, **what)
        assert error(answer) == (409, "changed_meanwhile"), what
        assert answer.json()["error"]["details"]["digests"] == there
        assert (await api.get(f"{project}/files")).json() == before
    # With what it read it may; then the text is its own, and so is a file that nobody typed in.
    assert (await write("other", put={path: "both"}, base=there)).status_code == 200
    assert (await write("other", put={path: "both and more", "index.html": "mine"})).status_code == 200
    assert error(await write("tab", put={path: "late"})) == (409, "changed_meanwhile")
    # Moved, a text is as it was, and still the one's who typed it.
    assert (await write("tab", rename={path: "src/Main.tsx"})).status_code == 200
    assert (await api.get(f"{project}/files/src/Main.tsx")).text == "both and more"
    assert error(await write("tab", put={"src/Main.tsx": "late"})) == (409, "changed_meanwhile")
    # A program's name is its client. What is in a version is not lost.
    assert (await write("", "curl", put={"new.txt": "1"})).status_code == 200
    assert (await write("", "curl", put={"new.txt": "2"})).status_code == 200
    assert error(await write("", "wget", put={"new.txt": "3"})) == (409, "changed_meanwhile")
    await api.post(f"{project}/save")
    assert (await write("", "wget", put={"new.txt": "3"})).status_code == 200


async def test_of_two_who_write_at_once_one_is_told(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api)}"
    read = (await api.get(f"{project}/files")).json()["digests"]
    writes = [{"put": {"src/App.tsx": f"by {n}"}, "base": read} for n in range(8)]
    answers = await asyncio.gather(*(api.patch(f"{project}/working", json=write) for write in writes))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    kept = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert (await api.get(f"{project}/files/src/App.tsx")).text == f"by {kept}"


async def test_how_a_server_starts_is_written_beside_what_is_typed_in_the_same_file(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = await imported(api, {"app.py": "", "sayso.json": '{"run": {}, "mine": 1}'})
    read, typed = services.store.read_working, iter(('{"mine": 2}', '{"mine": 3}'))

    async def read_before_typing(*arguments: Any, **options: Any) -> Any:
        found = await read(*arguments, **options)
        if text := next(typed, ""):
            await services.store.write_working(LOCAL_OWNER, project_id, {"sayso.json": text})
        return found

    monkeypatch.setattr(services.store, "read_working", read_before_typing)
    answer = await api.put(f"/projects/{project_id}/run", json={"start": "python app.py"})
    assert answer.status_code == 200, answer.text
    kept = json.loads((await api.get(f"/projects/{project_id}/files/sayso.json")).text)
    assert kept == {"mine": 3, "run": {"start": "python app.py"}}


async def test_typing_saving_undoing_and_restoring_over_http(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api)}"
    first = (await api.get(project)).json()["project"]["head"]
    write = {
        "put": {"src/App.tsx": "two", "a.bin": {"base64": base64.b64encode(b"\0\1").decode()}},
        "rename": {"index.html": "home.html"},
        "client": "tab",
    }
    assert (await api.patch(f"{project}/working", json=write)).json() == {
        "revision": 1,
        "digests": {
            "src/App.tsx": digest("two"),
            "a.bin": digest(b"\0\1"),
            "index.html": None,
            "home.html": digest("<script>alert(1)</script>"),
        },
    }
    shown = (await api.get(project)).json()
    assert shown["working"] == {"revision": 1, "dirty": ["a.bin", "home.html", "index.html", "src/App.tsx"]}
    assert {f["path"]: f["binary"] for f in shown["files"]} == {
        "a.bin": True,
        "home.html": False,
        "package.json": False,
        "src/App.tsx": False,
    }
    files = (await api.get(f"{project}/files")).json()
    assert files["files"]["a.bin"] == {"base64": "AAE="}
    assert files["revision"] == 1

    saved = (await api.post(f"{project}/save", json={"label": "mine"})).json()["version"]
    assert (saved["label"], saved["number"], saved["files"]) == ("mine", 2, 4)
    assert (await api.post(f"{project}/save")).json() == {"version": None}
    assert (await api.post(f"{project}/undo")).json()["version"]["number"] == 1
    assert error(await api.post(f"{project}/undo")) == (409, "conflict")
    assert (await api.get(f"{project}/files/src/App.tsx")).text == "one"
    assert (await api.post(f"{project}/redo")).json()["version"]["number"] == 2
    assert (await api.post(f"{project}/versions/{first}/restore")).json()["version"]["kind"] == "restore"
    assert (await api.get(f"{project}/versions/{saved['id']}/files")).json()["files"]["src/App.tsx"] == "two"
    assert (await api.post(f"{project}/versions/{saved['id']}/restore", json={"path": "src/App.tsx"})).json() == {
        "revision": 2
    }
    assert (await api.get(f"{project}/files/src/App.tsx")).text == "two"
    assert [v["number"] for v in (await api.get(f"{project}/versions")).json()["versions"]] == [3, 2, 1]


async def test_what_a_project_holds_never_comes_as_a_page(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api, {'index.html': '<script>alert(1)</script>', 'x.svg': '<svg onload=alert(1)>', 'b.html': b'<b>' + bytes([0])})}"
    for path in ("index.html", "x.svg", "b.html"):
        answer = await api.get(f"{project}/files/{path}")
        assert answer.headers["content-type"] in ("text/plain; charset=utf-8", "application/octet-stream")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    for path in ("nope.txt", "..%2f..%2fetc%2fpasswd"):
        assert error(await api.get(f"{project}/files/{path}")) == (404, "not_found")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/abs", "a\0b", "CON", "x" * 300, ""])
async def test_a_path_outside_the_project_is_refused_with_a_sentence(api: httpx.AsyncClient, path: str) -> None:
    project = f"/projects/{await imported(api)}"
    status, code = error(await api.patch(f"{project}/working", json={"put": {path: "x"}}))
    assert (status, code.split("_")[0]) == (422, "path")
    assert (await api.get(project)).json()["working"] == {"revision": 0, "dirty": []}


async def test_rename_duplicate_delete_and_bring_back(api: httpx.AsyncClient) -> None:
    project_id = await imported(api)
    assert (await api.patch(f"/projects/{project_id}", json={"title": "Bread"})).json()["project"]["title"] == "Bread"
    copy = (await api.post(f"/projects/{project_id}/duplicate")).json()["project"]
    assert copy["title"] == "Bread (copy)"
    assert (await api.delete(f"/projects/{project_id}")).json()["project"]["deleted_at"]
    assert [p["id"] for p in (await api.get("/projects")).json()["projects"]] == [copy["id"]]
    assert error(await api.get(f"/projects/{project_id}")) == (404, "not_found")
    await api.post(f"/projects/{project_id}/undelete")
    assert (await api.get(f"/projects/{project_id}/files/src/App.tsx")).text == "one"


async def test_an_export_is_the_whole_project_with_what_was_typed(api: httpx.AsyncClient) -> None:
    project_id = await imported(api)
    await api.patch(f"/projects/{project_id}/working", json={"put": {"src/App.tsx": "two", ".env": "SECRET=1"}})
    answer = await api.get(f"/projects/{project_id}/export.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="mine.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        assert sorted(made.namelist()) == [".gitignore", "README.md", "index.html", "package.json", "src/App.tsx"]
        assert made.read("src/App.tsx") == b"two"


async def test_an_export_runs_on_any_machine_with_docker_or_says_that_nothing_can_be_run(
    api: httpx.AsyncClient,
) -> None:
    project_id = await imported(api)
    answer = await api.get(f"/projects/{project_id}/export.zip?form=docker")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        assert {"Dockerfile", "compose.yaml", "nginx.conf", ".dockerignore", "index.html"} <= {*made.namelist()}
        assert b"docker compose up --build" in made.read("README.md")
    await api.patch(
        f"/projects/{project_id}/working",
        json={"put": {"notes.txt": "x"}, "delete": ["index.html", "package.json", "src/App.tsx"]},
    )
    answer = await api.get(f"/projects/{project_id}/export.zip?form=docker")
    assert error(answer) == (409, "nothing_to_run")
    assert "zip file" in answer.json()["error"]["message"]


async def test_a_zip_that_cannot_be_a_project_is_refused(api: httpx.AsyncClient) -> None:
    assert error(await api.post("/projects/import", content=b"")) == (422, "bad_input")
    assert error(await api.post("/projects/import", content=b"<html>")) == (422, "bad_input")
    assert error(await api.post("/projects/import", content=archive({"../evil": "x", "a": "b"}))) == (
        422,
        "path_outside",
    )
    assert error(await api.post("/projects/import", content=b"x" * (20 * 1024 * 1024 + 1))) == (413, "too_large")


async def test_a_body_is_counted_as_it_comes_whatever_its_headers_say(api: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    async with asyncio.timeout(20):
        assert error(await api.post("/projects", content=endless())) == (413, "too_large")
        assert error(await api.post("/projects/import", content=endless())) == (413, "too_large")


async def test_the_preview_of_a_tab_is_served_and_thumbnails_are_kept(
    services: Services, api: httpx.AsyncClient
) -> None:
    project_id = await imported(api)
    project = f"/projects/{project_id}"
    output = {
        "revision": 1,
        "replace": True,
        "files": {
            "index.html": {"type": "text/html", "body": "<p>é"},
            "x.png": {"type": "image/png", "base64": "AAE="},
        },
        "delete": [],
    }
    assert (await api.put(f"{project}/preview", json=output)).json() == {"same": False}
    assert (await api.put(f"{project}/preview", json=output)).json() == {"same": True}
    change = {
        "revision": 2,
        "replace": False,
        "files": {"a.js": {"type": "text/javascript", "body": "1"}},
        "delete": ["x.png"],
    }
    assert (await api.put(f"{project}/preview", json=change)).json() == {"same": False}
    found = await services.output_source.find(project_id)
    assert found is not None
    assert {path: (file.type, file.body) for path, file in found.items()} == {
        "index.html": ("text/html", "<p>é".encode()),
        "a.js": ("text/javascript", b"1"),
    }
    assert error(
        await api.put(f"{project}/preview", json=output | {"files": {"../x": {"type": "a/b", "body": ""}}})
    ) == (422, "path_outside")
    assert error(
        await api.put(f"{project}/preview", json=output | {"files": {"x": {"type": "text/html\r\nX: y", "body": ""}}})
    ) == (422, "bad_input")
    assert await services.output_source.find("nonsense") is None

    assert error(await api.get(f"{project}/thumbnail")) == (404, "not_found")
    assert error(await api.put(f"{project}/thumbnail", content=b"<svg onload=alert(1)>")) == (422, "bad_input")
    assert error(await api.put(f"{project}/thumbnail", content=PNG + b"x" * 200_000)) == (413, "bad_input")
    assert (await api.put(f"{project}/thumbnail", content=PNG)).status_code == 204
    url = (await api.get(project)).json()["project"]["thumbnail"]
    answer = await api.get(f"http://localhost:8000{url}")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")


async def test_a_starters_picture_is_its_projects_until_a_model_has_changed_the_app(
    services: Services, api: httpx.AsyncClient
) -> None:
    project = (await api.post("/projects", json={"starter": "kanban"})).json()["project"]
    picture = await api.get(f"http://localhost:8000{project['thumbnail']}")
    assert picture.content == (await api.get("/starters/kanban/screenshot.webp")).content
    assert picture.headers["content-type"] == "image/webp"
    copy = (await api.post(f"/projects/{project['id']}/duplicate")).json()["project"]
    await api.post(f"/projects/{project['id']}/messages", json={"text": "make the header green"})
    await finished(services, project["id"])
    found = {one["id"]: one["thumbnail"] for one in (await api.get("/projects")).json()["projects"]}
    assert found[project["id"]] is None
    assert (await api.get(f"http://localhost:8000{found[copy['id']]}")).content == picture.content


async def test_every_refusal_has_the_same_shape(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert error(await api.get("/nope")) == (404, "not_found")
    assert error(await api.get("http://localhost:8000/api/other")) == (404, "not_found")
    assert error(await api.get(f"/projects/{'a' * 16}")) == (404, "not_found")
    assert error(await api.post("/projects", content=b"{", headers={"content-type": "application/json"})) == (
        422,
        "bad_input",
    )
    assert error(await api.post("/projects", json={"prompt": 7})) == (422, "bad_input")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(services.store, "list", broken)
    answer = await api.get("/projects")
    assert error(answer) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.json()["error"]["details"]["reference"] in answer.json()["error"]["message"]


async def test_the_api_describes_itself(api: httpx.AsyncClient) -> None:
    assert (await api.get("/health")).json() == {"ok": True, "name": "sayso", "version": "0.1.0"}
    paths = (await api.get("/openapi.json")).json()["paths"]
    assert {"/api/v1/projects/{project_id}/events", "/api/v1/projects/{project_id}/working"} <= set(paths)
    assert (await api.get("/docs")).status_code == 200
    models = (await api.get("/models")).json()
    assert models["default"] == "starter:offline"
    assert models["models"][-1]["offline"]
    starters = (await api.get("/starters")).json()["starters"]
    assert {"kanban"} <= {starter["name"] for starter in starters}
    assert error(await api.get("/starters/..%2f..%2f/screenshot.webp"))[0] == 404
    assert error(await api.post("/projects", json={"starter": "../x"})) == (404, "not_found")
