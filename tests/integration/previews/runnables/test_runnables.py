"""Whatever runs has one id and one row; a further kind is a word and what it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.accounts.access import Action, Subject, may
from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.errors import NotFound
from builder.base.ids import new_id, now
from builder.previews.runnables.contents import Key
from builder.previews.runnables.runnables import PROJECT, Runnable, RunnableKind
from builder.previews.servers.server import Stage as At
from preview_runtime.engines import EngineStatus
from preview_runtime.file_tree import FileTree
from tests.integration.conftest import Parts
from tests.integration.servers import Engines, Stage, World

REHEARSAL = RunnableKind("rehearsal")
PAUSED = 700.0  # idle seconds after which it is due


class Rehearsals:
    """`Contents` of a kind that nobody knows of: one tree for all."""

    tree = FileTree({"play.py": "act 1"})

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        may(actor, action, Subject(runnable.workspace, runnable.id))
        return "play", 0

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        return ("play", 0), self.tree

    def private(self, runnable: Runnable) -> bool:
        return True


def process(parts: Parts, world: World, folder: Path) -> Stage:
    return Stage(parts, world, Engines(world), folder, kinds={REHEARSAL: Rehearsals()})


async def add(parts: Parts) -> str:
    """A rehearsal of a project of its own."""
    project = await parts.store.create(ME, "Play")
    runnable = Runnable(new_id(), REHEARSAL, project.owner, project.id, now())
    async with parts.db.session() as session:
        parts.runnables.add(session, runnable)
    return runnable.id


async def test_a_project_has_its_runnable_from_the_first(parts: Parts) -> None:
    project = await parts.store.create(ME, "App")
    copy = await parts.store.duplicate(ME, project.id)
    for made in (project, copy):
        assert await parts.runnables.find(made.id) == Runnable(made.id, PROJECT, ME.id, made.id, made.created_at)
    assert await parts.runnables.find("unknown") is None


async def test_a_further_kind_runs_rests_wakes_and_is_found_again(parts: Parts, tmp_path: Path) -> None:
    world = World()
    stage = process(parts, world, tmp_path)
    play = await add(parts)
    await stage.servers.bring_up(ME, play)
    await stage.until(play, EngineStatus.RUNNING)
    assert world.starts == [(play, {"play.py": "act 1"})]
    route = stage.routes.find(play)
    assert route is not None
    assert route.private

    await stage.look(idle=PAUSED)
    assert [server.stage for server in stage.servers.register.all] == [At.PAUSED]
    assert await stage.servers.standby.wake(play, 20)
    assert [line.text async for line in stage.servers.logs(ME, play, follow=False)]
    await stage.servers.close()

    later = process(parts, world, tmp_path)
    await later.servers.recovery.recover()
    assert (await later.state(play)).state.status is EngineStatus.RUNNING
    known = await later.servers.register.known()
    assert play in known.projects
    assert f"slot-{play}" in known.slots
    await later.servers.close()


async def test_a_further_kind_is_nothing_to_strangers_and_no_project(parts: Parts, tmp_path: Path) -> None:
    stage = process(parts, World(), tmp_path)
    play = await add(parts)
    with pytest.raises(NotFound):
        await stage.servers.bring_up(Actor("stranger"), play)
    await stage.servers.bring_up(ME, play)
    await stage.until(play, EngineStatus.RUNNING)
    assert await stage.servers.listed(ME) == []
    await stage.servers.close()


async def test_what_ended_for_good_keeps_no_server_and_no_data(parts: Parts, tmp_path: Path) -> None:
    stage = process(parts, World(), tmp_path)
    play = await add(parts)
    await stage.servers.bring_up(ME, play)
    await stage.until(play, EngineStatus.RUNNING)
    async with parts.db.session() as session:
        await parts.runnables.end(session, play)
    rows = stage.servers.register.rows
    assert (play in await rows.lasting(), await rows.over(REHEARSAL)) == (False, {play})
    await stage.servers.removal.forget([play])
    assert (await rows.all(), stage.world.data, stage.world.running) == ([], set(), set())
    await stage.servers.close()
