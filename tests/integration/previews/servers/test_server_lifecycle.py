"""What happens to a server by itself: it rests when nobody uses it, wakes for who asks, comes back when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import Conflict
from builder.previews.servers import starts, suspension
from builder.previews.servers.places import PlaceLimits, Waits
from builder.previews.servers.rows import ServerRows
from builder.previews.servers.server import Stage as At
from builder.texts import said
from preview_runtime.engines import EngineFailed, EngineStatus, Fault
from preview_runtime.phrases import verbatim
from preview_runtime.routes.route_table import Route
from tests.integration.conftest import Parts
from tests.integration.servers import (
    AWAY,
    CRASHED,
    DISK_FULL,
    OUT_OF_MEMORY,
    Engines,
    GoodEngine,
    SlowEngine,
    Stage,
    World,
)

PAUSED, ASLEEP, REMOVED = 700.0, 2000.0, 90_000.0  # idle seconds after which each is due


@pytest.fixture
def engine_type() -> type[GoodEngine]:
    return GoodEngine


@pytest.fixture
def limits() -> PlaceLimits:
    return PlaceLimits()


@pytest.fixture
async def stage(
    parts: Parts, engine_type: type[GoodEngine], limits: PlaceLimits, tmp_path: Path
) -> AsyncIterator[Stage]:
    world = World()
    stage = Stage(parts, world, Engines(world, engine_type), tmp_path / "logs", limits)
    yield stage
    stage.engines.gate.set()
    await stage.servers.close()


falling = asyncio.Event()


def limited(**limits: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("limits", [PlaceLimits(**limits)])


def at(stage: Stage, project: str) -> At:
    return next(server.stage for server in stage.servers.register.all if server.id == project)


@pytest.mark.parametrize(("idle", "state", "stage_name"), [(PAUSED, "paused", At.PAUSED), (ASLEEP, "slept", At.ASLEEP)])
async def test_what_nobody_uses_rests_and_the_next_request_wakes_it(
    stage: Stage, idle: float, state: str, stage_name: At
) -> None:
    project = await stage.up()
    await stage.look(idle=idle)
    assert stage.world.containers[project].state == state
    shown = await stage.state(project)
    assert (shown.state.status, shown.stage) == (EngineStatus.ASLEEP, stage_name)
    assert stage.routes.find(project) == Route("", asleep=True)
    assert await stage.servers.standby.wake(project, 20)
    assert stage.world.running == {project}
    assert stage.routes.find(project) == Route("http://127.0.0.1:1", whole=True)
    assert len(stage.world.starts) == 1


async def test_it_pauses_then_sleeps_then_loses_its_container_and_keeps_its_data(stage: Stage) -> None:
    project = await stage.up()
    await stage.look(idle=PAUSED)
    await stage.look(idle=ASLEEP - PAUSED)
    assert stage.world.containers[project].state == "slept"
    await stage.look(idle=REMOVED - ASLEEP)
    assert stage.world.containers == {}
    assert stage.world.data == {project}
    assert (await stage.state(project)).state.status is EngineStatus.ASLEEP
    assert await stage.servers.standby.wake(project, 20)
    assert stage.world.running == {project}
    assert len(stage.world.starts) == 2


async def test_what_is_used_stays_awake(stage: Stage) -> None:
    asked, connected, in_terminal = [await stage.up() for _ in range(3)]
    for server in stage.servers.register.all:
        server.used -= PAUSED
    stage.visits.of(asked).last = asyncio.get_running_loop().time()  # a request a moment ago
    stage.visits.of(connected).open = 1  # a websocket
    async with stage.servers.use(LOCAL_OWNER, in_terminal):
        await stage.look()
    assert at(stage, asked) is At.AWAKE
    assert at(stage, connected) is At.AWAKE
    assert at(stage, in_terminal) is At.AWAKE
    stage.visits.of(connected).open = 0
    await stage.look(idle=PAUSED)
    assert at(stage, connected) is At.PAUSED


async def test_opening_the_project_wakes_what_rests_and_brings_what_was_typed_meanwhile(stage: Stage) -> None:
    same, edited = await stage.up(), await stage.up()
    await stage.look(idle=PAUSED)
    await stage.parts.store.write_working(LOCAL_OWNER, edited, {"app.py": "2"})
    for project in (same, edited):
        await stage.servers.bring_up(LOCAL_OWNER, project)
        await stage.until(project, EngineStatus.RUNNING)
    assert [start for start in stage.world.starts if start[0] == same] == [(same, {"app.py": "1"})]
    assert stage.world.starts[-1] == (edited, {"app.py": "2"})


async def test_a_hundred_requests_wake_it_once(stage: Stage) -> None:
    project = await stage.up()
    await stage.look(idle=ASLEEP)
    woken = await asyncio.gather(*(stage.servers.standby.wake(project, 20) for _ in range(100)))
    assert all(woken)
    assert stage.world.resumed == [project]


async def test_a_request_in_the_moment_of_falling_asleep_is_answered(stage: Stage) -> None:
    project = await stage.up()
    falling = asyncio.create_task(stage.look(idle=PAUSED))
    async with asyncio.timeout(60):
        while at(stage, project) is At.AWAKE:  # noqa: ASYNC110 - a person asks too
            await asyncio.sleep(0)
    assert await stage.servers.standby.wake(project, 20)
    await falling
    assert stage.world.running == {project}
    assert stage.routes.find(project) is not None


async def test_what_a_person_stopped_stays_stopped_for_requests(stage: Stage) -> None:
    project = await stage.up()
    await stage.servers.stop(LOCAL_OWNER, project)
    assert not await stage.servers.standby.wake(project, 20)
    assert not await stage.servers.standby.wake("unknown", 20)
    assert stage.world.containers == {}


async def test_a_wake_that_fails_is_seen_and_tried_again_when_the_engine_is_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starts, "RETRY_SECONDS", 0.0)
    project = await stage.up()
    await stage.look(idle=ASLEEP)
    stage.world.away = True
    assert not await stage.servers.standby.wake(project, 20)
    fault = (await stage.state(project)).state.fault
    assert fault == AWAY
    assert stage.routes.find(project) == Route("", asleep=True)
    stage.world.away = False
    assert await stage.servers.standby.wake(project, 20)
    assert (await stage.state(project)).state.status is EngineStatus.RUNNING


async def test_a_machine_too_busy_to_freeze_an_app_is_asked_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspension, "PAUSE_AGAIN_SECONDS", 0.0)
    project = await stage.up()
    real, refusals = GoodEngine.pause, [1, 1]

    async def pause(self: GoodEngine) -> None:
        if refusals:
            refusals.pop()
            raise EngineFailed(AWAY)
        await real(self)

    monkeypatch.setattr(GoodEngine, "pause", pause)
    assert (await stage.servers.pause(LOCAL_OWNER, project)).stage is At.PAUSED
    await stage.servers.standby.wake(project, 20)
    refusals += [1, 1, 1]
    with pytest.raises(Conflict, match="goes on running"):
        await stage.servers.pause(LOCAL_OWNER, project)
    assert (await stage.state(project)).state.status is EngineStatus.RUNNING


async def test_a_person_pauses_and_stops_and_a_terminal_needs_a_running_server(stage: Stage) -> None:
    project = await stage.up()
    assert (await stage.servers.pause(LOCAL_OWNER, project)).stage is At.PAUSED
    assert stage.world.containers[project].state == "paused"
    async with stage.servers.use(LOCAL_OWNER, project):
        assert stage.world.running == {project}
    await stage.servers.stop(LOCAL_OWNER, project)
    with pytest.raises(Conflict):
        async with stage.servers.use(LOCAL_OWNER, project):
            pass


# Limits


@limited(per_person=2)
async def test_the_least_recently_used_server_makes_room_for_the_next(stage: Stage) -> None:
    older, newer = await stage.up(), await stage.up()
    for server in stage.servers.register.all:
        server.used -= 300 if server.id == older else 200
    third = await stage.up()
    assert stage.world.running == {newer, third}
    assert stage.world.containers[older].state == "slept"


class SlowToSleep(GoodEngine):
    async def sleep(self) -> None:
        falling.set()
        await asyncio.sleep(0.1)
        await super().sleep()


@limited(per_person=1)
@pytest.mark.parametrize("engine_type", [SlowToSleep])
async def test_who_gives_up_while_room_is_made_takes_no_place_away(stage: Stage) -> None:
    falling.clear()
    first = await stage.up()
    for server in stage.servers.register.all:
        server.used -= 200
    second = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, second)
    await falling.wait()
    await stage.servers.stop(LOCAL_OWNER, second)
    assert at(stage, first) is At.ASLEEP
    third = await stage.up()
    assert stage.world.running == {third}


@limited(per_person=2)
async def test_where_all_are_used_the_next_waits_and_says_for_what(stage: Stage) -> None:
    first, second = await stage.up(), await stage.up()
    waiting = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, waiting)
    async with asyncio.timeout(60):
        while (shown := await stage.state(waiting)).waits_for is not Waits.PERSON:  # noqa: ASYNC110 - a person asks too
            await asyncio.sleep(0.005)
    assert (shown.state.status, shown.ahead) == (EngineStatus.PENDING, 1)
    assert stage.world.running == {first, second}
    await stage.servers.stop(LOCAL_OWNER, first)
    await stage.until(waiting, EngineStatus.RUNNING)
    assert stage.world.running == {second, waiting}


@limited(per_person=1)
async def test_waking_keeps_to_the_limits_too(stage: Stage) -> None:
    sleeper = await stage.up()
    await stage.look(idle=ASLEEP)
    awake = await stage.up()
    assert not await stage.servers.standby.wake(sleeper, 0.1)
    assert stage.world.running == {awake}
    for server in stage.servers.register.all:
        server.used -= 100
    assert await stage.servers.standby.wake(sleeper, 20)
    assert stage.world.running == {sleeper}


@limited(total=1)
async def test_what_waits_can_be_given_up(stage: Stage) -> None:
    first, waiting = await stage.up(), await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, waiting)
    await asyncio.sleep(0.02)
    await stage.servers.stop(LOCAL_OWNER, waiting)
    assert (await stage.state(waiting)).state.status is EngineStatus.ABSENT
    await stage.servers.stop(LOCAL_OWNER, first)
    await asyncio.sleep(0.05)
    assert stage.world.running == set()


# Losses


@pytest.mark.parametrize("fault", [None, OUT_OF_MEMORY], ids=["gone", "out of memory"])
async def test_a_server_that_is_lost_comes_back_by_itself(stage: Stage, fault: object) -> None:
    project = await stage.up()
    stage.world.lose(project, fault)  # type: ignore[arg-type]
    await stage.look()
    await stage.until(project, EngineStatus.RUNNING)
    assert stage.world.running == {project}
    assert stage.routes.find(project) == Route("http://127.0.0.1:2", whole=True)


async def test_a_server_that_ran_out_of_memory_says_so_until_its_contents_change(stage: Stage) -> None:
    project = await stage.up()
    assert (await stage.state(project)).loss is None
    stage.world.lose(project, OUT_OF_MEMORY)
    await stage.look()
    await stage.until(project, EngineStatus.RUNNING)
    loss = (await stage.state(project)).loss
    assert loss is not None
    assert (loss.fault, bool(loss.at)) == (OUT_OF_MEMORY, True)
    await stage.servers.bring_up(LOCAL_OWNER, project)  # the same contents: as it was
    assert (await stage.state(project)).loss == loss
    await stage.parts.store.write_working(LOCAL_OWNER, project, {"app.py": "2"})
    await stage.servers.bring_up(LOCAL_OWNER, project)
    assert (await stage.state(project)).loss is None


async def test_a_server_that_was_ended_from_outside_is_not_the_apps_own_loss(stage: Stage) -> None:
    project = await stage.up()
    stage.world.lose(project)
    await stage.look()
    await stage.until(project, EngineStatus.RUNNING)
    assert (await stage.state(project)).loss is None


async def test_one_that_is_lost_again_and_again_is_let_be_with_a_reason(stage: Stage) -> None:
    project = await stage.up()
    for _ in range(3):
        stage.world.lose(project, OUT_OF_MEMORY)
        await stage.look()
        await stage.until(project, EngineStatus.RUNNING)
    stage.world.lose(project, OUT_OF_MEMORY)
    await stage.look()
    shown = (await stage.state(project)).state
    assert shown.fault is not None
    assert (shown.status, shown.fault.code) == (EngineStatus.FAILED, "crash_loop")
    assert "more memory" in said(shown.fault.says)
    await stage.look()
    assert len(stage.world.starts) == 4
    assert not await stage.servers.standby.wake(project, 20)


@pytest.mark.parametrize("fault", [CRASHED, DISK_FULL], ids=["crashed", "over its limit"])
async def test_an_app_that_ends_with_an_error_of_its_own_is_shown_and_not_started_again(
    stage: Stage, fault: Fault
) -> None:
    project = await stage.up()
    stage.world.lose(project, fault)
    await stage.look()
    shown = (await stage.state(project)).state
    assert (shown.status, shown.fault) == (EngineStatus.FAILED, fault)
    assert stage.routes.find(project) == Route("", asleep=True, problem=fault.says)
    await stage.look()
    assert len(stage.world.starts) == 1
    await stage.servers.bring_up(LOCAL_OWNER, project)  # the person's way on
    await stage.until(project, EngineStatus.RUNNING)


async def test_an_engine_that_is_away_loses_nothing(stage: Stage) -> None:
    project = await stage.up()
    stage.world.away = True
    await stage.look()
    assert (await stage.state(project)).state.fault == AWAY
    stage.world.away = False
    await stage.look()
    assert (await stage.state(project)).state.status is EngineStatus.RUNNING
    assert len(stage.world.starts) == 1


async def test_what_is_lost_while_the_engine_is_restarted_is_started_again_once_it_answers(stage: Stage) -> None:
    project = await stage.up()
    stage.world.lose(project)
    await stage.look()
    stage.world.away = True  # the engine goes away once more before the start is through
    await stage.until(project, EngineStatus.FAILED)
    stage.world.away = False
    await stage.look()
    await stage.until(project, EngineStatus.RUNNING)


async def test_a_start_that_the_end_of_the_engine_cut_off_is_made_again_once_it_answers(stage: Stage) -> None:
    project = await stage.project()
    stage.world.away = True
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.FAILED)
    await stage.look()
    assert (await stage.state(project)).state.fault == AWAY
    stage.world.away = False
    await stage.look()
    await stage.until(project, EngineStatus.RUNNING)


async def test_a_container_that_has_another_address_is_found_there(stage: Stage) -> None:
    project = await stage.up()
    stage.world.containers[project].address = "http://127.0.0.1:99"
    await stage.look()
    assert stage.routes.find(project) == Route("http://127.0.0.1:99", whole=True)


async def test_what_rests_and_vanishes_is_started_by_the_next_request(stage: Stage) -> None:
    project = await stage.up()
    await stage.look(idle=PAUSED)
    stage.world.lose(project)
    assert await stage.servers.standby.wake(project, 20)
    assert stage.world.running == {project}


# Our own restart


async def test_after_our_restart_what_runs_is_routed_again_and_what_is_gone_comes_back(stage: Stage) -> None:
    stays, goes = await stage.up(), await stage.up()
    await stage.servers.close()
    stage.world.lose(goes)
    later = stage.again()
    await later.servers.recovery.recover()
    assert later.routes.find(stays) == Route("http://127.0.0.1:1", whole=True)
    # We may have been killed while it was held still.
    assert stage.world.resumed == [stays]
    await later.until(goes, EngineStatus.RUNNING)
    assert (await later.servers.bring_up(LOCAL_OWNER, stays)).state.status is EngineStatus.RUNNING
    assert [project for project, _ in stage.world.starts] == [stays, goes, goes]
    await later.servers.close()


async def test_after_our_restart_what_rests_goes_on_resting_and_wakes(stage: Stage) -> None:
    paused, asleep, removed, stopped = [await stage.up() for _ in range(4)]
    for project, idle in ((removed, REMOVED), (asleep, ASLEEP), (paused, PAUSED)):
        next(server for server in stage.servers.register.all if server.id == project).used -= idle
    await stage.look()
    await stage.servers.stop(LOCAL_OWNER, stopped)
    await stage.servers.close()
    later = stage.again()
    await later.servers.recovery.recover()
    assert [at(later, p) for p in (paused, asleep, removed, stopped)] == [At.PAUSED, At.ASLEEP, At.REMOVED, At.STOPPED]
    assert [await later.servers.standby.wake(p, 20) for p in (paused, asleep, removed, stopped)] == [
        True,
        True,
        True,
        False,
    ]
    assert later.servers.places.held() == 3
    await later.servers.close()


async def test_what_runs_on_another_machine_is_left_alone_by_our_start(parts: Parts, tmp_path: Path) -> None:
    here, there = (
        Stage(parts, world, Engines(world), tmp_path, place=at) for world, at in ((World(), "a"), (World(), "b"))
    )
    project = await here.up()
    await there.servers.recovery.recover()
    await there.look()
    assert (there.servers.register.all, there.routes.find(project)) == ([], None)
    # Nothing of what is known to be somebody's may be removed, wherever it is.
    assert project in (await there.servers.register.known()).projects
    [row] = await ServerRows(parts.db).all()
    assert (row.stage, row.place) == (At.AWAKE, "a")
    for stage in (here, there):
        await stage.servers.close()


async def test_an_engine_that_answers_only_later_gives_them_back_then(stage: Stage) -> None:
    project = await stage.up()
    await stage.servers.close()
    later = stage.again()
    later.engines.why_not = verbatim("Docker does not answer")
    await later.servers.recovery.recover()
    state = (await later.state(project)).state
    assert state.fault is not None
    assert "Docker does not answer" in said(state.fault.says)
    assert later.routes.find(project) == Route("", asleep=True)
    assert f"slot-{project}" in (await later.servers.register.known()).slots
    later.engines.why_not = None
    await later.look()
    assert (await later.state(project)).state.status is EngineStatus.RUNNING
    assert len(stage.world.starts) == 1
    await later.servers.close()


@pytest.mark.parametrize("engine_type", [SlowEngine])
async def test_a_start_that_was_cut_off_by_our_end_is_done_again(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    async with asyncio.timeout(60):
        while at(stage, project) is not At.STARTING or not await ServerRows(stage.parts.db).all():  # noqa: ASYNC110 - a person asks too
            await asyncio.sleep(0.005)
    await stage.servers.close()
    later = stage.again()
    await later.servers.recovery.recover()
    await later.until(project, EngineStatus.RUNNING)
    assert stage.world.starts == [(project, {"app.py": "1"})]
    await later.servers.close()


@limited(total=1)
@pytest.mark.parametrize("before", ["never", "stopped"])
async def test_a_start_that_still_waited_when_our_process_was_killed_is_not_forgotten(
    stage: Stage, before: str
) -> None:
    asked = await stage.project()
    if before == "stopped":
        await stage.servers.bring_up(LOCAL_OWNER, asked)
        await stage.until(asked, EngineStatus.RUNNING)
        await stage.servers.stop(LOCAL_OWNER, asked)
    await stage.up()  # takes the only place
    await stage.servers.bring_up(LOCAL_OWNER, asked)
    later = stage.again()  # nothing was said to the one before: a killed process writes no more
    await later.servers.recovery.recover()
    assert await later.servers.standby.wake(asked, 20)
    assert asked in stage.world.running
    await later.servers.close()


async def test_everything_that_may_run_is_known_to_who_tidies_the_engine(stage: Stage) -> None:
    runs, stopped = await stage.up(), await stage.up()
    await stage.servers.stop(LOCAL_OWNER, stopped)
    never = await stage.project()
    known = await stage.servers.register.known()
    assert {f"slot-{runs}", f"slot-{stopped}"} <= known.slots
    assert known.projects == {runs, stopped, never}
    assert known.present >= known.projects


async def test_a_deleted_project_keeps_its_data_but_no_image(stage: Stage) -> None:
    kept, deleted, never = await stage.up(), await stage.up(), await stage.project()
    for project in (deleted, never):
        await stage.parts.store.delete(LOCAL_OWNER, project)
    known = await stage.servers.register.known()
    assert known.projects == {kept, deleted, never}
    assert kept in known.present
    assert not known.present & {deleted, never}


# Data


async def test_the_data_goes_when_a_person_says_so_or_the_project_is_gone_for_good(stage: Stage) -> None:
    cleared, deleted, kept = [await stage.up() for _ in range(3)]
    await stage.servers.remove_data(LOCAL_OWNER, cleared)
    assert cleared not in stage.world.data
    assert (await stage.state(cleared)).state.status is EngineStatus.ABSENT
    await stage.parts.store.delete(LOCAL_OWNER, deleted)
    await stage.look()
    assert deleted not in stage.world.containers
    assert deleted in stage.world.data, "a deleted project can be brought back"
    await stage.servers.removal.forget([deleted])
    assert stage.world.data == {kept}
    assert stage.world.running == {kept}


async def test_what_was_stopped_while_no_engine_answered_is_ended_when_one_does(stage: Stage) -> None:
    project = await stage.up()
    stage.world.away, stage.engines.why_not = True, verbatim("Docker does not answer")
    await stage.servers.stop(LOCAL_OWNER, project)
    stage.world.away, stage.engines.why_not = False, None
    assert stage.world.running == {project}
    await stage.look()
    assert stage.world.containers == {}


# What a person sees of all of them


async def test_the_list_shows_each_server_and_measures_only_what_is_asked_for(stage: Stage) -> None:
    runs, rests = await stage.up(), await stage.up()
    await stage.servers.pause(LOCAL_OWNER, rests)
    assert stage.world.measured == 0
    stage.visits.of(runs).requests, stage.visits.of(runs).open = 7, 2
    listed = {server.project: server for server in await stage.servers.listed(LOCAL_OWNER)}
    assert set(listed) == {runs, rests}
    reading = listed[runs].reading
    assert reading is not None
    assert (reading.cpu, reading.memory, reading.connections) == (None, 64 * 1024**2, 2)
    assert listed[rests].reading is None
    measured = stage.world.measured
    await asyncio.gather(*(stage.servers.reading(LOCAL_OWNER, runs) for _ in range(20)))
    assert stage.world.measured <= measured + 1
