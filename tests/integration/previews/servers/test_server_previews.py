"""The server part of a project: what a person sees of it, whatever its engine does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.base.errors import Conflict, NotFound
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.previews import NoServerEngines
from builder.texts import said
from preview_runtime.engines import EngineStatus, Fault, FaultKind, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import verbatim
from preview_runtime.routes.route_table import Route
from tests.integration.conftest import Parts
from tests.integration.servers import BadEngine, Engines, GoodEngine, SlowEngine, SlowToEnd, Stage, World, WrongEngine


@pytest.fixture
def engine_type() -> type[GoodEngine]:
    return GoodEngine


@pytest.fixture
async def stage(parts: Parts, engine_type: type[GoodEngine], tmp_path: Path) -> AsyncIterator[Stage]:
    world = World()
    stage = Stage(parts, world, Engines(world, engine_type), tmp_path / "logs")
    yield stage
    stage.engines.gate.set()
    await stage.servers.close()


def engine(kind: type[GoodEngine]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("engine_type", [kind])


async def test_a_server_is_started_and_routed(stage: Stage) -> None:
    project = await stage.project()
    assert (await stage.state(project)).state.status is EngineStatus.ABSENT
    assert (await stage.servers.bring_up(LOCAL_OWNER, project)).state.status is EngineStatus.PENDING
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.routes.find(project) == Route("http://127.0.0.1:1", whole=True)
    assert stage.world.starts == [(project, {"app.py": "1"})]


async def test_it_is_started_the_way_the_project_says(stage: Stage) -> None:
    project = await stage.project()
    await stage.parts.store.write_working(LOCAL_OWNER, project, {"sayso.json": '{"run": {"start": "python app.py"}}'})
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.world.hints == [RunHints(start="python app.py")]


async def test_asked_again_without_a_change_nothing_is_started(stage: Stage) -> None:
    project = await stage.up()
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
    assert [(await stage.state(p)).ahead for p in (first, second, third)] == [0, 1, 2]
    stage.engines.gate.set()
    for project in (first, second, third):
        await stage.until(project, EngineStatus.RUNNING)


@engine(BadEngine)
async def test_an_app_that_does_not_start_says_why_to_who_asks_for_it_too(stage: Stage) -> None:
    project = await stage.project()
    told: list[tuple[str, str]] = []

    async def heard(runnable: Runnable, fault: Fault) -> None:
        told.append((runnable.id, said(fault.says)))

    stage.servers.on_failed(heard)
    stage.routes.put(project, Route("http://127.0.0.1:1"))
    await stage.servers.bring_up(LOCAL_OWNER, project)
    state = (await stage.until(project, EngineStatus.FAILED)).state
    assert told == [(project, said(state.fault.says) if state.fault else "")]
    assert state.fault is not None
    assert "no module named flask" in said(state.fault.says)
    route = stage.routes.find(project)
    assert route is not None
    assert (route.awake, route.problem) == (False, state.fault.says)
    await stage.servers.stop(LOCAL_OWNER, project)
    assert stage.routes.find(project) is None


@engine(WrongEngine)
async def test_a_mistake_of_ours_is_said_in_plain_words(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    state = (await stage.until(project, EngineStatus.FAILED)).state
    assert state.fault is not None
    assert (state.fault.kind, "mistake in Sayso" in said(state.fault.says)) == (FaultKind.PLATFORM, True)
    assert "KeyError" in caplog.text


@engine(SlowEngine)
async def test_a_stop_ends_a_start_under_way(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.servers.stop(LOCAL_OWNER, project)
    stage.engines.gate.set()
    await asyncio.sleep(0.05)
    assert stage.world.containers == {}
    assert (await stage.state(project)).state.status is EngineStatus.ABSENT


@engine(SlowToEnd)
async def test_a_start_from_another_tab_while_the_server_ends_leaves_one_that_runs(stage: Stage) -> None:
    project = await stage.up()
    ending = asyncio.create_task(stage.servers.stop(LOCAL_OWNER, project))
    await asyncio.sleep(0.05)
    await stage.servers.bring_up(LOCAL_OWNER, project)
    stage.engines.gate.set()
    await ending
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.world.running == {project}
    assert stage.routes.find(project) == Route("http://127.0.0.1:2", whole=True)
    later = stage.again()
    await later.servers.recovery.recover()
    assert later.routes.find(project) == stage.routes.find(project)
    await later.servers.close()


async def test_nobody_starts_or_sees_the_server_of_somebody_else(stage: Stage) -> None:
    project = await stage.up()
    stranger = Actor("somebody-else")
    servers = stage.servers
    for ask in (servers.bring_up, servers.state, servers.stop, servers.pause, servers.remove_data, servers.reading):
        with pytest.raises(NotFound):
            await ask(stranger, project)
    with pytest.raises(NotFound):
        async with servers.use(stranger, project):
            pass
    with pytest.raises(NotFound):
        _ = [line async for line in servers.logs(stranger, project)]
    assert await servers.listed(stranger) == []


async def test_where_nothing_runs_servers_the_answer_says_why(parts: Parts, tmp_path: Path) -> None:
    stage = Stage(parts, World(), NoServerEngines("Docker is not installed"), tmp_path)  # type: ignore[arg-type]
    project = await stage.project()
    with pytest.raises(Conflict) as refused:
        await stage.servers.bring_up(LOCAL_OWNER, project)
    assert "Docker is not installed" in refused.value.message


async def test_a_tree_that_is_refused_is_not_started_and_what_ran_of_it_ends(parts: Parts, tmp_path: Path) -> None:
    async def admits(_: Runnable, tree: FileTree) -> tuple[FileTree, Fault | None]:
        trap = "trap" in (tree.text("app.py") or "")
        return tree, Fault(FaultKind.POLICY, "package_held", verbatim("No.")) if trap else None

    world = World()
    stage = Stage(parts, world, Engines(world, GoodEngine), tmp_path / "logs", admits=admits)
    refused = await stage.project(app="trap")
    await stage.servers.bring_up(LOCAL_OWNER, refused)
    found = (await stage.until(refused, EngineStatus.FAILED)).state.fault
    assert found is not None
    assert (found.kind, found.code) == (FaultKind.POLICY, "package_held")
    assert world.starts == []
    running = await stage.up(app="1")
    await parts.store.write_working(LOCAL_OWNER, running, {"app.py": "trap"})
    await stage.servers.bring_up(LOCAL_OWNER, running)
    await stage.until(running, EngineStatus.FAILED)
    assert running not in world.running
    await parts.store.write_working(LOCAL_OWNER, running, {"app.py": "2"})
    await stage.servers.bring_up(LOCAL_OWNER, running)
    await stage.until(running, EngineStatus.RUNNING)
    assert world.starts[-1] == (running, {"app.py": "2"})
    await stage.servers.close()
