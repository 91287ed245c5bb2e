"""The server part of a project: what a person sees of it, whatever its engine does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.errors import Conflict, NotFound
from builder.previews.servers import NoServerEngines, ServerPreviews, ServerState
from preview_runtime.engines import (
    EngineFailed,
    EngineKind,
    EngineState,
    EngineStatus,
    Fault,
    FaultKind,
    Phase,
    RunHints,
)
from preview_runtime.file_tree import FileTree
from preview_runtime.routes.route_table import Route, RouteTable

from .conftest import Parts


class World:
    """What runs outside of our process: project id → address."""

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        self.starts: list[tuple[str, dict[str, str]]] = []
        self.hints: list[RunHints] = []


@dataclass(frozen=True)
class Line:
    stream: str
    text: str
    at: str


class GoodEngine:
    """Starts at once, keeps what it was given."""

    kind = EngineKind.DOCKER

    def __init__(self, world: World, project_id: str) -> None:
        self.world, self.project_id = world, project_id
        self.hints = RunHints()

    async def start(self, tree: FileTree) -> str:
        texts = {path: str(tree[path]) for path in tree}
        self.world.starts.append((self.project_id, texts))
        self.world.hints.append(self.hints)
        self.world.running[self.project_id] = "http://127.0.0.1:9"
        return self.world.running[self.project_id]

    async def stop(self) -> None:
        self.world.running.pop(self.project_id, None)

    async def poll(self) -> EngineState:
        address = self.world.running.get(self.project_id)
        if address is None:
            return EngineState(EngineStatus.ABSENT)
        return EngineState(EngineStatus.RUNNING, Phase.LISTENING, address)

    async def logs(self, *, follow: bool = True, tail: int = 1000) -> AsyncIterator[Line]:
        yield Line("stdout", f"{self.project_id} listens, {tail} lines at most", "2026-01-01T00:00:00Z")

    def get_state(self) -> dict[str, Any]:
        return {"container": f"c-{self.project_id}"}

    def load_state(self, state: Mapping[str, Any]) -> None:
        assert state == {"container": f"c-{self.project_id}"}


class SlowEngine(GoodEngine):
    """Starts when it is let."""

    gate: asyncio.Event

    async def start(self, tree: FileTree) -> str:
        await self.gate.wait()
        return await super().start(tree)


class BadEngine(GoodEngine):
    """The app ends with an error each time."""

    async def start(self, tree: FileTree) -> str:
        raise EngineFailed(Fault(FaultKind.RUNTIME, "exited", "The app ended: no module named flask."))


class WrongEngine(GoodEngine):
    """Has a mistake of its own."""

    async def start(self, tree: FileTree) -> str:
        raise KeyError("mistake")


class Engines:
    why_not = ""

    def __init__(self, world: World, make: type[GoodEngine] = GoodEngine) -> None:
        self.world, self.make = world, make
        self.gate = asyncio.Event()

    def engine(self, project_id: str) -> GoodEngine:
        engine = self.make(self.world, project_id)
        if isinstance(engine, SlowEngine):
            engine.gate = self.gate
        return engine


class Stage:
    def __init__(self, parts: Parts, world: World, engines: Engines) -> None:
        self.parts, self.world, self.engines, self.routes = parts, world, engines, RouteTable()
        self.servers = ServerPreviews(parts.db, parts.store, self.routes, engines, whole=lambda _: True, starts=1)

    async def project(self, **files: str) -> str:
        project = await self.parts.store.create(LOCAL_OWNER, "App")
        tree = FileTree({f"{name}.py": text for name, text in (files or {"app": "1"}).items()})
        await self.parts.store.commit(LOCAL_OWNER, project.id, tree, kind="import", label="", expect_head=None)
        return project.id

    async def until(self, project: str, status: EngineStatus) -> ServerState:
        async with asyncio.timeout(5):
            while (state := await self.servers.state(LOCAL_OWNER, project)).state.status is not status:  # noqa: ASYNC110 - a person asks too
                await asyncio.sleep(0.005)
        return state

    def again(self) -> Stage:
        """Our process after a restart: the world outside goes on."""
        return Stage(self.parts, self.world, Engines(self.world))


@pytest.fixture
def engine_type() -> type[GoodEngine]:
    return GoodEngine


@pytest.fixture
async def stage(parts: Parts, engine_type: type[GoodEngine]) -> AsyncIterator[Stage]:
    world = World()
    stage = Stage(parts, world, Engines(world, engine_type))
    yield stage
    await stage.servers.close()


def engine(kind: type[GoodEngine]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("engine_type", [kind])


async def test_a_server_is_started_and_routed(stage: Stage) -> None:
    project = await stage.project()
    assert (await stage.servers.state(LOCAL_OWNER, project)).state.status is EngineStatus.ABSENT
    assert (await stage.servers.bring_up(LOCAL_OWNER, project)).state.status is EngineStatus.PENDING
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.routes.find(project) == Route("http://127.0.0.1:9", whole=True)
    assert stage.world.starts == [(project, {"app.py": "1"})]


async def test_it_is_started_the_way_the_project_says(stage: Stage) -> None:
    project = await stage.project()
    await stage.parts.store.write_working(LOCAL_OWNER, project, {"sayso.json": '{"run": {"start": "python app.py"}}'})
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.world.hints == [RunHints(start="python app.py")]


async def test_asked_again_without_a_change_nothing_is_started(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    assert (await stage.servers.bring_up(LOCAL_OWNER, project)).state.status is EngineStatus.RUNNING
    assert len(stage.world.starts) == 1


@engine(SlowEngine)
async def test_what_was_typed_during_a_start_is_brought_up_next(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await asyncio.sleep(0.05)
    await stage.parts.store.write_working(LOCAL_OWNER, project, {"app.py": "2"})
    await stage.servers.bring_up(LOCAL_OWNER, project)
    stage.engines.gate.set()
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.world.starts[-1] == (project, {"app.py": "2"})
    assert len(stage.world.starts) <= 2


@engine(SlowEngine)
async def test_who_waits_for_a_turn_is_told_how_many_come_first(stage: Stage) -> None:
    first, second, third = [await stage.project() for _ in range(3)]
    for project in (first, second, third):
        await stage.servers.bring_up(LOCAL_OWNER, project)
        await asyncio.sleep(0.02)
    assert [(await stage.servers.state(LOCAL_OWNER, p)).ahead for p in (first, second, third)] == [0, 1, 2]
    stage.engines.gate.set()
    for project in (first, second, third):
        await stage.until(project, EngineStatus.RUNNING)


@engine(BadEngine)
async def test_an_app_that_does_not_start_says_why_and_has_no_route(stage: Stage) -> None:
    project = await stage.project()
    stage.routes.put(project, Route("http://127.0.0.1:1"))
    await stage.servers.bring_up(LOCAL_OWNER, project)
    state = (await stage.until(project, EngineStatus.FAILED)).state
    assert state.fault is not None
    assert "no module named flask" in state.fault.message
    assert stage.routes.find(project) is None


@engine(WrongEngine)
async def test_a_mistake_of_ours_is_said_in_plain_words(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    state = (await stage.until(project, EngineStatus.FAILED)).state
    assert state.fault is not None
    assert (state.fault.kind, "mistake in Sayso" in state.fault.message) == (FaultKind.PLATFORM, True)
    assert "KeyError" in caplog.text


async def test_a_server_that_vanished_is_noticed_and_comes_back_when_asked(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    stage.world.running.clear()
    assert (await stage.servers.state(LOCAL_OWNER, project)).state.status is EngineStatus.ABSENT
    assert stage.routes.find(project) is None
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.routes.find(project) is not None


async def test_after_our_restart_what_runs_is_routed_again_and_the_rest_forgotten(stage: Stage) -> None:
    stays, ends = await stage.project(), await stage.project()
    for project in (stays, ends):
        await stage.servers.bring_up(LOCAL_OWNER, project)
        await stage.until(project, EngineStatus.RUNNING)
    await stage.servers.close()
    del stage.world.running[ends]
    later = stage.again()
    await later.servers.recover()
    assert later.routes.find(stays) == Route("http://127.0.0.1:9", whole=True)
    assert later.routes.find(ends) is None
    assert (await later.servers.bring_up(LOCAL_OWNER, stays)).state.status is EngineStatus.RUNNING
    assert len(stage.world.starts) == 2


@engine(SlowEngine)
async def test_a_stop_ends_a_start_under_way(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.servers.stop(LOCAL_OWNER, project)
    stage.engines.gate.set()
    await asyncio.sleep(0.05)
    assert stage.world.running == {}
    assert (await stage.servers.state(LOCAL_OWNER, project)).state.status is EngineStatus.ABSENT


async def test_what_the_app_writes_can_be_followed(stage: Stage) -> None:
    project = await stage.project()
    assert [line async for line in stage.servers.logs(LOCAL_OWNER, project)] == []
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    lines = [line.text async for line in stage.servers.logs(LOCAL_OWNER, project, tail=5)]
    assert lines == [f"{project} listens, 5 lines at most"]


async def test_nobody_starts_or_sees_the_server_of_somebody_else(stage: Stage) -> None:
    project = await stage.project()
    stranger = Actor("somebody-else")
    for ask in (stage.servers.bring_up, stage.servers.state, stage.servers.stop):
        with pytest.raises(NotFound):
            await ask(stranger, project)


async def test_where_nothing_runs_servers_the_answer_says_why(parts: Parts) -> None:
    stage = Stage(parts, World(), NoServerEngines("Docker is not installed"))  # type: ignore[arg-type]
    project = await stage.project()
    with pytest.raises(Conflict) as refused:
        await stage.servers.bring_up(LOCAL_OWNER, project)
    assert "Docker is not installed" in refused.value.message
