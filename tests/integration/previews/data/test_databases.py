"""The database of a project over the API: who has one, what is shown, and that nothing is replaced without a copy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import httpx
import pytest

from builder.api import create_api
from builder.base.errors import NotFound
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.data.database_copies import KEPT, Copies
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.database import DatabaseStatus
from preview_runtime.containers.beside.database_content import DatabaseContent, Table
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import verbatim
from tests.integration.api.test_api import error, imported

ASKS: dict[str, str | bytes] = {"main.py": "import psycopg\n"}
ACCESS = Access(("network",), {"DATABASE_URL": "postgresql://app:hidden-word@10.213.0.30:5432/app"})


class World:
    """Databases as bytes: what a dump holds is what is in them."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.built = True
        self.gate: asyncio.Event | None = None
        self.restoring = asyncio.Event()

    async def ensure(self, project: str) -> Access:
        self.data.setdefault(project, b"")
        return ACCESS

    async def access(self, project: str) -> Access | None:
        return ACCESS if project in self.data else None

    async def pause(self, project: str) -> None: ...

    async def resume(self, project: str) -> None: ...

    async def sleep(self, project: str) -> None: ...

    async def stop(self, project: str) -> None: ...

    async def remove(self, project: str) -> None:
        self.data.pop(project, None)

    async def available(self) -> bool:
        return self.built

    async def status(self, project: str) -> DatabaseStatus:
        return DatabaseStatus.RUNNING if project in self.data else DatabaseStatus.ABSENT

    async def usage(self, project: str) -> DatabaseContent:
        data = self.data[project]
        tables = (Table("public", "notes", len(data), True, 8192),) if data else ()
        return DatabaseContent(len(data), len(tables), tables, full=False)

    async def dump(self, project: str) -> AsyncGenerator[bytes]:
        if project not in self.data:
            raise EngineFailed(Fault(FaultKind.PLATFORM, "no_database", verbatim("There are none.")))
        yield b"PGDMP"
        yield self.data[project]

    async def restore(self, project: str, dump: Path) -> None:
        self.restoring.set()
        if self.gate:
            await self.gate.wait()
        content = await asyncio.to_thread(dump.read_bytes)
        if not content.startswith(b"PGDMP"):
            raise EngineFailed(
                Fault(FaultKind.POLICY, "not_a_dump", verbatim("This file is no dump, so nothing was changed."))
            )
        self.data[project] = content.removeprefix(b"PGDMP")

    async def reset(self, project: str) -> None:
        self.data[project] = b""


@pytest.fixture
def world(services: Services) -> World:
    world = World()
    services.docker.databases = world
    return world


@pytest.fixture
async def api(services: Services, world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client


def at(project: str) -> str:
    return f"/projects/{project}/database"


async def test_a_project_whose_files_ask_for_one_has_one_and_the_person_has_the_last_word(
    api: httpx.AsyncClient, services: Services
) -> None:
    asks, does_not = await imported(api, ASKS), await imported(api)
    tree, plain = FileTree({"main.py": "import psycopg\n"}), FileTree({"main.py": ""})
    shown = (await api.get(at(asks))).json()
    assert (shown["mode"], shown["wanted"], shown["reason"]) == ("auto", True, "main.py names psycopg.")
    assert (shown["status"], shown["content"], shown["why_not"]) == ("absent", None, None)
    assert await services.databases.ensure(asks, tree) == ACCESS
    assert await services.databases.ensure(does_not, plain) is None
    assert (await api.get(at(does_not))).json()["wanted"] is False
    for mode, wanted in (("off", False), ("on", True), ("auto", True)):
        changed = (await api.patch(at(asks), json={"mode": mode})).json()
        assert (changed["mode"], changed["wanted"]) == (mode, wanted)
        assert (await services.databases.ensure(asks, tree) is not None) is wanted
    await api.patch(at(does_not), json={"mode": "on"})
    assert await services.databases.ensure(does_not, plain) == ACCESS
    assert error(await api.patch(at(asks), json={"mode": "perhaps"})) == (422, "bad_input")


async def test_what_is_in_it_is_shown_and_its_password_is_not(api: httpx.AsyncClient, world: World) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"
    answer = await api.get(at(project))
    assert answer.json()["content"] == {
        "size": 3,
        "full": False,
        "count": 1,
        "tables": [{"schema": "public", "name": "notes", "rows": 3, "exact": True, "size": 8192}],
    }
    assert "hidden-word" not in answer.text
    assert "hidden-word" not in (await api.get(f"/projects/{project}")).text
    assert b"hidden-word" not in (await api.get(f"/projects/{project}/export.zip")).content


async def test_it_is_taken_along_and_put_back_and_what_was_there_is_kept(api: httpx.AsyncClient, world: World) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"
    dump = await api.get(f"{at(project)}/dump")
    assert dump.content == b"PGDMPone"
    assert dump.headers["content-disposition"] == 'attachment; filename="mine.dump"'
    world.data[project] = b"two"
    shown = (await api.post(f"{at(project)}/restore", content=dump.content)).json()
    assert world.data[project] == b"one"
    [copy] = shown["copies"]
    assert (copy["reason"], copy["size"]) == ("restore", 8)
    assert (await api.get(f"{at(project)}/copies/{copy['id']}")).content == b"PGDMPtwo"
    shown = (await api.delete(at(project))).json()
    assert world.data[project] == b""
    assert [kept["reason"] for kept in shown["copies"]] == ["reset", "restore"]
    await api.post(f"{at(project)}/copies/restore", json={"copy_id": copy["id"]})
    assert world.data[project] == b"two"


async def test_only_the_last_copies_are_kept_and_nobody_else_can_read_them(
    api: httpx.AsyncClient, world: World, settings: Settings
) -> None:
    project = await imported(api, ASKS)
    for number in range(KEPT + 2):
        world.data[project] = b"%d" % number
        shown = (await api.delete(at(project))).json()
    contents = [(await api.get(f"{at(project)}/copies/{copy['id']}")).content for copy in shown["copies"]]
    assert contents == [b"PGDMP4", b"PGDMP3", b"PGDMP2"]
    folder = settings.data_dir / "database-copies" / project
    files = await asyncio.to_thread(lambda: [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()])
    assert sorted(files) == sorted((copy["id"], 0o600) for copy in shown["copies"])


async def test_a_copy_that_goes_while_it_is_put_back_is_still_put_back(world: World, tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    world.data["p"] = b"one"
    await copies.keep("p", "reset", world.dump("p"))
    [copy] = await copies.list("p")
    async with copies.held("p", copy.id) as file:
        await asyncio.to_thread((await copies.path("p", copy.id)).unlink)
        assert await asyncio.to_thread(file.read_bytes) == b"PGDMPone"


async def test_a_file_that_is_refused_changes_nothing(api: httpx.AsyncClient, world: World) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"
    assert error(await api.post(f"{at(project)}/restore", content=b"a picture")) == (422, "not_a_dump")
    assert error(await api.post(f"{at(project)}/restore", content=b"")) == (422, "not_a_dump")
    assert world.data[project] == b"one"


async def test_more_than_a_dump_may_have_is_refused_as_it_comes(api: httpx.AsyncClient, world: World) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"

    async def endless() -> AsyncGenerator[bytes]:
        for _ in range(300):
            yield bytes(2**20)

    assert error(await api.post(f"{at(project)}/restore", content=endless())) == (413, "too_large")
    assert world.data[project] == b"one"
    assert (await api.get(at(project))).json()["copies"] == []


async def test_two_restores_at_once_do_not_cross(api: httpx.AsyncClient, world: World) -> None:
    project = await imported(api, ASKS)
    world.gate = asyncio.Event()
    first = asyncio.create_task(api.post(f"{at(project)}/restore", content=b"PGDMPone"))
    await world.restoring.wait()
    refused = await api.post(f"{at(project)}/restore", content=b"PGDMPtwo")
    assert error(refused) == (409, "database_at_work")
    world.gate.set()
    assert (await first).status_code == 200
    assert world.data[project] == b"one"


async def test_where_none_can_run_the_person_reads_why(
    api: httpx.AsyncClient, world: World, services: Services
) -> None:
    project = await imported(api, ASKS)
    assert error(await api.get(f"{at(project)}/dump")) == (404, "no_database")
    assert error(await api.get(f"{at(project)}/copies/20260101T000000000000Z-reset.dump")) == (404, "no_copy")
    assert error(await api.get(f"{at(project)}/copies/..%2F..%2Fsayso.db")) == (404, "not_found")
    world.built = False
    assert "script/images postgres" in (await api.get(at(project))).json()["why_not"]
    services.docker.databases = None
    assert (await api.get(at(project))).json()["why_not"] == "Docker is not installed or does not answer."
    assert error(await api.delete(at(project))) == (409, "no_engine")


async def test_a_project_of_nobodys_is_not_found(api: httpx.AsyncClient) -> None:
    missing = at("aaaaaaaaaaaaaaaa")
    answers = [
        await api.get(missing),
        await api.patch(missing, json={"mode": "on"}),
        await api.delete(missing),
        await api.get(f"{missing}/dump"),
        await api.post(f"{missing}/restore", content=b"PGDMP"),
        await api.post(f"{missing}/copies/restore", json={"copy_id": "x"}),
        await api.get(f"{missing}/copies/x"),
    ]
    assert {error(answer) for answer in answers} == {(404, "not_found")}


async def test_what_is_removed_leaves_no_copy(api: httpx.AsyncClient, world: World, services: Services) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"
    await api.delete(at(project))
    await services.databases.remove(project)
    shown = (await api.get(at(project))).json()
    assert (shown["status"], shown["copies"]) == ("absent", [])


async def test_a_restore_whose_data_are_removed_meanwhile_is_told_so(
    api: httpx.AsyncClient, world: World, services: Services
) -> None:
    project = await imported(api, ASKS)
    world.data[project] = b"one"
    world.gate = asyncio.Event()
    restoring = asyncio.create_task(api.post(f"{at(project)}/restore", content=b"PGDMPtwo"))
    async with asyncio.timeout(20):
        await world.restoring.wait()
    await services.databases.remove(project)
    world.gate.set()
    assert error(await restoring) == (409, "data_removed")
    assert project not in world.data


async def test_a_copy_is_read_to_its_end_even_when_it_goes_meanwhile(world: World, tmp_path: Path) -> None:
    copies = Copies(tmp_path)
    world.data["p"] = b"one"
    await copies.keep("p", "reset", world.dump("p"))
    [copy] = await copies.list("p")
    file = await copies.open("p", copy.id)
    await copies.remove("p")
    with file:
        assert file.read() == b"PGDMPone"
    with pytest.raises(NotFound):
        await copies.open("p", copy.id)
