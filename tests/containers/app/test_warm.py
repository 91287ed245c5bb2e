"""Containers that wait for a project: given away in milliseconds, made again in the background, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
from collections.abc import AsyncIterator

import aiodocker
import aiohttp
import pytest

from preview_runtime.containers.agents import client
from preview_runtime.containers.app import warm as warm_module
from preview_runtime.containers.app.parts import EngineParts, Sidecars
from preview_runtime.containers.app.warm import PREFIX, WarmPool
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.docker.labels import ROLE, Role, filters
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.reconciler import Known, Reconciler
from preview_runtime.engines import EngineFailed, EngineStatus
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from tests.containers.app.test_engine import FASTAPI, NODE, PYTHON, eventually, get

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-warm-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE, start_seconds=40)


class Warm:
    """A pool that fills itself, and engines that use it."""

    def __init__(self, docker: aiodocker.Docker, **sizes: int) -> None:
        self.docker = docker
        self.networks = Networks(docker, SETTINGS)
        self.slots = Slots(docker, SETTINGS, self.networks)
        self.pool = WarmPool(self.slots, {Runtime(name): size for name, size in sizes.items()})
        self.kept: list[dict[str, object]] = []
        self.made: list[ContainerEngine] = []

    def engine(self, project: str = "", sidecars: Sidecars | None = None) -> ContainerEngine:
        async def keep() -> None:
            self.kept.append(engine.get_state())

        engine = ContainerEngine(
            self.docker,
            project or f"p-{secrets.token_hex(4)}",
            SETTINGS,
            networks=self.networks,
            parts=EngineParts(pool=self.pool, sidecars=sidecars),
            keep=keep,
        )
        self.made.append(engine)
        return engine

    async def left(self) -> list[str]:
        wanted = filters(INSTANCE)
        containers = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        volumes = (await self.docker.volumes.list(filters=wanted))["Volumes"] or []
        networks = await self.docker.networks.list(filters=wanted)
        return [
            *[container["Names"][0] for container in containers],
            *[network["Name"] for network in networks],
            *[volume["Name"] for volume in volumes if volume["Labels"][ROLE] != Role.LAYERS],
        ]


@pytest.fixture
async def warm(docker: aiodocker.Docker, python_image: str, node_image: str) -> AsyncIterator[Warm]:
    made = Warm(docker, python=1, node=1)
    filling = asyncio.create_task(made.pool.run())
    try:
        await eventually(lambda: _full(made), 60)
        yield made
    finally:
        filling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await filling
        for engine in made.made:
            await engine.remove()
    assert await made.left() == []


async def _full(warm: Warm) -> bool:
    return set(warm.pool.waiting.values()) == {1}


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"server.py": PYTHON}, "hello from python"),
        ({"main.py": FASTAPI}, '"hello from fastapi"'),
        ({"server.js": NODE}, "hello from node"),
    ],
    ids=["python", "fastapi", "node"],
)
async def test_a_new_project_runs_in_a_container_that_waited(warm: Warm, files: dict[str, str], answer: str) -> None:
    engine = warm.engine()
    address = await engine.start(FileTree(files))
    assert await get(address) == answer
    assert engine.slot.startswith(PREFIX)
    # Whose it is was stored before anything of the project was in it.
    assert (warm.kept[0]["slot"], warm.kept[0]["files"]) == (engine.slot, {})
    [path] = files
    edited = FileTree({path: files[path].replace("hello", "good morning")})
    assert await engine.start(edited) == address
    assert await get(address) == answer.replace("hello", "good morning")
    await eventually(lambda: _full(warm), 60)


async def test_an_app_says_farewell_before_its_next_version_begins(warm: Warm) -> None:
    farewell = """
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    yield
    with Path("ends.txt").open("a") as ends:
        ends.write("version 1\\n")


app = FastAPI(lifespan=lifespan)


@app.get("/")
def home() -> list[str]:
    return Path("ends.txt").read_text().splitlines() if Path("ends.txt").exists() else []
"""
    engine = warm.engine()
    address = await engine.start(FileTree({"main.py": farewell}))
    assert '"title":"FastAPI"' in await get(address, "/openapi.json")
    # Kept open, as a router keeps its connections: the end does not wait for it.
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as first:
            assert await first.json() == []
        await engine.start(FileTree({"main.py": farewell.replace("version 1", "version 2")}))
        async with session.get(address) as second:
            assert await second.json() == ["version 1"]
    # Also after it has slept, when the program in the container is another one.
    await engine.sleep()
    await engine.resume()
    await engine.start(FileTree({"main.py": farewell.replace("version 1", "version 3")}))
    assert json.loads(await get(address)) == ["version 1", "version 2", "version 2"]


async def test_its_data_is_found_again_after_a_stop_and_by_another_process(warm: Warm) -> None:
    engine = warm.engine()
    tree = FileTree({"server.py": PYTHON})
    await engine.start(tree)
    await engine.exec(["sh", "-c", "echo kept > data.db"])
    await engine.stop()
    again = warm.engine(engine.project)
    again.load_state(json.loads(json.dumps(engine.get_state())))
    await again.start(tree)
    assert (await again.exec(["cat", "data.db"])).output == "kept\n"
    await again.remove()
    assert (await again.poll()).status is EngineStatus.ABSENT


async def test_a_container_that_waited_and_died_costs_time_and_no_start(warm: Warm) -> None:
    wanted = filters(INSTANCE, role=Role.APP)
    for container in await warm.docker.containers.list(filters=json.dumps(wanted)):
        await container.kill()
    engine = warm.engine()
    assert await get(await engine.start(FileTree({"server.py": PYTHON}))) == "hello from python"


async def test_a_container_that_waited_in_vain_takes_nothing_away_that_runs_beside_the_app(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Beside()
    engine = warm.engine(sidecars=beside)

    async def refuse(*_: object, **__: object) -> None:
        raise client.AgentFailed("it ended in this moment")

    with monkeypatch.context() as patch:
        patch.setattr(client, "send", refuse)
        assert await get(await engine.start(FileTree({"server.py": PYTHON}))) == "hello from python"
    assert beside.calls == ["ensure"]


class Beside:
    """What runs beside an app, on no network of its own."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def ensure(self, project: str, tree: FileTree) -> Access:
        self.calls.append("ensure")
        return Access((), {})

    async def access(self, project: str) -> Access:
        return Access((), {})

    async def pause(self, project: str) -> None:
        self.calls.append("pause")

    async def resume(self, project: str) -> None:
        self.calls.append("resume")

    async def sleep(self, project: str) -> None:
        self.calls.append("sleep")

    async def stop(self, project: str) -> None:
        self.calls.append("stop")

    async def remove(self, project: str) -> None:
        self.calls.append("remove")


async def test_a_first_start_that_fails_leaves_nothing_of_the_container_that_waited(warm: Warm) -> None:
    engine = warm.engine()
    with pytest.raises(EngineFailed) as failed:
        await engine.start(FileTree({"main.py": "raise ValueError('no such table')\n"}))
    fault = failed.value.fault
    assert (fault.code, fault.file, fault.line) == ("app_crashed", "main.py", 1)
    assert fault.frame.splitlines()[0] == "ValueError: no such table"
    assert "agent" not in fault.frame
    assert engine.slot == engine.project
    await eventually(lambda: _full(warm), 60)
    assert len([title for title in await warm.left() if title.startswith("/")]) == 2


async def test_the_pool_stays_within_its_memory(docker: aiodocker.Docker, python_image: str, node_image: str) -> None:
    made = Warm(docker)
    made.pool = WarmPool(made.slots, {Runtime.PYTHON: 5}, memory=101 * MEGABYTE)
    filling = asyncio.create_task(made.pool.run())

    async def one() -> bool:
        return made.pool.waiting == {Runtime.PYTHON: 1}

    try:
        await eventually(one, 60)
        await asyncio.sleep(1)
        assert await one()
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
    assert await made.left() == []


async def test_what_a_killed_process_left_is_removed_and_what_is_known_stays(
    docker: aiodocker.Docker, python_image: str, node_image: str
) -> None:
    made = Warm(docker, python=1)
    filling = asyncio.create_task(made.pool.run())
    await eventually(lambda: _full(made), 60)
    running, resting, gone = made.engine(), made.engine(), made.engine()
    for engine in (running, resting, gone):
        await engine.start(FileTree({"server.py": PYTHON}))
    await resting.stop()
    await gone.stop()

    async def known() -> Known:
        return Known(frozenset({running.slot, resting.slot} | made.pool.known), frozenset({running.project}))

    reconciler = Reconciler(made.slots, known)
    assert not await reconciler.once()  # all of it is young: it may be on its way
    await eventually(lambda: _full(made), 60)
    removed = await reconciler.once(grace=0)
    assert removed.volumes == [made.slots.title(gone.slot)]
    assert not removed.containers
    assert (await running.poll()).status is EngineStatus.RUNNING
    filling.cancel()
    await asyncio.gather(filling, return_exceptions=True)
    for engine in made.made:
        await engine.remove()
    assert await made.left() == []


async def test_containers_that_nobody_will_take_are_removed_by_the_next_process(
    docker: aiodocker.Docker, python_image: str, node_image: str
) -> None:
    made = Warm(docker, python=1)
    filling = asyncio.create_task(made.pool.run())
    await eventually(lambda: _full(made), 60)
    [orphan] = made.pool.known

    async def known() -> Known:
        return Known(frozenset(), frozenset())

    title = made.slots.title(orphan)
    try:
        removed = await Reconciler(made.slots, known).once(grace=0)
        assert (removed.containers, removed.networks, removed.volumes) == ([title], [title], [title])
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
    assert await made.left() == []


async def test_no_start_waits_for_the_proof_that_apps_are_kept_from_this_computer(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = warm.networks.proved_until
    monkeypatch.setattr(warm_module, "AHEAD_SECONDS", 600)
    await eventually(lambda: _renewed(warm, before), 30)
    assert warm.networks.proved_until > before


async def _renewed(warm: Warm, before: float) -> bool:
    return warm.networks.proved_until > before
