"""What an app changed in its files meets what people type, through the API: nobody's text is lost silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.services import Services
from builder.previews.data import changes
from preview_runtime.containers.data.changed_files import Found
from preview_runtime.file_tree import FileTree, digest

BEFORE = {"main.py": "sheep = 7\n", "notes.txt": "one\n"}


class Ran:
    """A container as the engine would show it: what was put there, and what the app made of it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def container(self, *_: object) -> object:
        return self

    async def brought(self, *_: object) -> Mapping[str, str]:
        return {path: digest(text) for path, text in BEFORE.items()}

    async def read_back(self, _: object) -> Found:
        return Found(self.files, 0)

    async def gone_from(self, *_: object) -> set[str]:
        return set()


@pytest.fixture
def ran(services: Services, monkeypatch: pytest.MonkeyPatch) -> Ran:
    made = Ran()
    monkeypatch.setattr(services.shells, "container", made.container)
    monkeypatch.setattr(services.shells, "brought", made.brought)
    monkeypatch.setattr(changes, "read_back", made.read_back)
    monkeypatch.setattr(changes, "gone_from", made.gone_from)
    made.files = {path: text.encode() for path, text in BEFORE.items()} | {"main.py": b"sheep = 9\n"}
    return made


async def project_of(services: Services) -> str:
    project = (await services.store.create(LOCAL_OWNER, "Farm")).id
    await services.store.commit(
        LOCAL_OWNER, project, FileTree(BEFORE), kind="import", label="", expect_head=None
    )  # fmt: skip
    return project


async def shown(api: httpx.AsyncClient, project: str) -> dict[str, Any]:
    found = (await api.get(f"/projects/{project}/server/changes")).json()["files"]
    return {one["path"]: one for one in found}


async def test_what_somebody_typed_since_the_look_is_not_overwritten(
    api: httpx.AsyncClient, services: Services, ran: Ran
) -> None:
    project = await project_of(services)
    picked = {"main.py": (await shown(api, project))["main.py"]["digest"]}
    await services.store.write_working(LOCAL_OWNER, project, {"main.py": "sheep = 8  # counted by Ben\n"}, [], {})
    answer = await api.post(f"/projects/{project}/server/changes", json={"files": picked})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_again")
    assert "main.py" in answer.json()["error"]["message"]
    tree = await services.store.working_tree(LOCAL_OWNER, project)
    assert tree["main.py"] == "sheep = 8  # counted by Ben\n"
    # Whoever looks again sees that it was changed twice, and decides.
    again = (await shown(api, project))["main.py"]
    assert again["yours"] is True
    taken = await api.post(f"/projects/{project}/server/changes", json={"files": {"main.py": again["digest"]}})
    assert taken.status_code == 201
    assert (await services.store.working_tree(LOCAL_OWNER, project))["main.py"] == "sheep = 9\n"
    # What Ben typed has a version of its own.
    versions = (await api.get(f"/projects/{project}/versions")).json()["versions"]
    assert len(versions) == 3


async def test_typing_in_another_file_stands_in_nobody_s_way(
    api: httpx.AsyncClient, services: Services, ran: Ran
) -> None:
    project = await project_of(services)
    picked = {"main.py": (await shown(api, project))["main.py"]["digest"]}
    await services.store.write_working(LOCAL_OWNER, project, {"notes.txt": "one\ntwo\n"}, [], {})
    answer = await api.post(f"/projects/{project}/server/changes", json={"files": picked})
    assert answer.status_code == 201
    tree = await services.store.working_tree(LOCAL_OWNER, project)
    assert (tree["main.py"], tree["notes.txt"]) == ("sheep = 9\n", "one\ntwo\n")
