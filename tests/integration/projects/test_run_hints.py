"""How an app is started, said by a model in its answer or by a person: kept with the files, undone with them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.projects.engine_choice import engine_for
from preview_runtime.file_tree import FileTree
from tests.integration.api.test_api import archive
from tests.integration.generation.test_service import APP, ME, House, MessagesBehaviour, house

__all__ = ["house"]

SERVER = {"package.json": "{}", "src/App.tsx": "1", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    services = Services(settings)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client
    await services.close()


async def imported(api: httpx.AsyncClient) -> str:
    answer = await api.post("/projects/import", params={"title": "API"}, content=archive(dict(SERVER)))
    return f"/projects/{answer.json()['project']['id']}"


async def test_a_person_sees_what_was_found_and_says_otherwise(api: httpx.AsyncClient) -> None:
    project = await imported(api)
    seen = (await api.get(f"{project}/run")).json()
    assert seen["given"] == {"install": "", "start": "", "port": None, "dockerfile": None}
    assert seen["dockerfile"] is None
    assert seen["detected"]["port"] == 8000
    assert "uvicorn main:app" in seen["detected"]["start"]
    assert seen["reason"] == "FastAPI runs on Python in a container."
    changed = (await api.put(f"{project}/run", json={"start": "python main.py", "port": 9000})).json()
    assert changed["given"] == {"install": "", "start": "python main.py", "port": 9000, "dockerfile": None}
    assert changed["detected"] == seen["detected"]
    files = (await api.get(f"{project}/files")).json()["files"]
    assert "python main.py" in str(files["sayso.json"])
    await api.post(f"{project}/save", json={})
    await api.post(f"{project}/undo")
    assert (await api.get(f"{project}/run")).json()["given"] == seen["given"]
    await api.post(f"{project}/redo")
    assert (await api.put(f"{project}/run", json={})).json()["given"] == seen["given"]
    assert "sayso.json" not in (await api.get(f"{project}/files")).json()["files"]


async def test_a_person_chooses_whether_the_own_dockerfile_counts(api: httpx.AsyncClient) -> None:
    files = {**SERVER, "Dockerfile": "FROM python:3.11-slim\nCMD python main.py\n"}
    answer = await api.post("/projects/import", params={"title": "API"}, content=archive(files))
    project = f"/projects/{answer.json()['project']['id']}"
    seen = (await api.get(f"{project}/run")).json()
    assert seen["reason"] == "The project's own Dockerfile says how it runs."
    assert (seen["dockerfile"]["path"], seen["dockerfile"]["used"]) == ("Dockerfile", True)
    changed = (await api.put(f"{project}/run", json={"dockerfile": False})).json()
    assert (changed["given"]["dockerfile"], changed["dockerfile"]["used"]) == (False, False)
    assert changed["reason"] == "FastAPI runs on Python in a container."
    assert (await api.put(f"{project}/run", json={})).json()["given"] == seen["given"]


async def test_what_cannot_be_kept_is_refused_with_a_sentence(api: httpx.AsyncClient) -> None:
    project = await imported(api)
    answer = await api.put(f"{project}/run", json={"port": 80})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "The port is a whole number from 1024 to 65535."
    assert (await api.get("/projects/aaaaaaaaaaaaaaaa/run")).status_code == 404


async def test_a_project_without_anything_to_start_says_what_is_missing(api: httpx.AsyncClient) -> None:
    answer = await api.post("/projects/import", params={"title": "x"}, content=archive({"notes.md": "x"}))
    seen = (await api.get(f"/projects/{answer.json()['project']['id']}/run")).json()
    assert seen["detected"] is None
    assert "nothing to start" in seen["reason"]


async def test_what_a_model_says_of_the_start_becomes_part_of_the_version(house: House) -> None:
    said = APP | {"files": SERVER, "run": {"start": "python seed.py && uvicorn main:app"}}
    project = await house.project(MessagesBehaviour(said))
    assert project.id
    tree = await house.store.head_tree(ME, project.id)
    assert "seed.py" in (tree.text("sayso.json") or "")
    # An answer that changes nothing but the start is a change as well.
    house.api.then(MessagesBehaviour({"summary": "It starts on another port.", "run": {"port": 9000}}))
    generation = await house.ask(project, "use port 9000")
    assert generation.version
    assert "9000" in ((await house.store.head_tree(ME, project.id)).text("sayso.json") or "")
    house.api.then(MessagesBehaviour({"files": {"sayso.json": '{"run": {}}'}, "summary": "Back to the usual."}))
    await house.ask(project, "as before")
    assert "seed.py" not in ((await house.store.head_tree(ME, project.id)).text("sayso.json") or "")


async def test_a_start_command_counts_when_the_engine_is_chosen(settings: Settings) -> None:
    files = {"index.html": "<p>", "tools/data.py": "print(1)"}
    assert engine_for(FileTree(files), (), settings).kind == "instant"
    told = files | {"sayso.json": '{"run": {"start": "python tools/data.py"}}'}
    assert engine_for(FileTree(told), (), settings).kind == "docker"
