"""What a person does with turns: queue, stop, go on, go another way, take back; and what a crash leaves of them."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import select, text

from builder.base.errors import Conflict
from builder.base.leases import Leases
from builder.billing.budgets import Budgets, Caps
from builder.generation.asking import PromptOptions
from builder.generation.turns.parts import FreeMends
from builder.generation.turns.run import TurnRun
from builder.generation.turns.shapes import CheckReport, SeenFault, TurnView
from builder.llm.testing.messages_api import MessagesBehaviour
from builder.safety.tables import SafetyEvent
from preview_runtime.file_tree import FileTree
from tests.integration.generation.turns.conftest import APP, ME, House, asked
from tests.integration.generation.turns.test_steps import BROKEN, EDIT, PLAN, Watch


def held(release: asyncio.Event) -> MessagesBehaviour:
    return MessagesBehaviour(APP, hold_after=120, release=release)


async def test_what_is_sent_meanwhile_waits_and_then_begins_by_itself(house: House) -> None:
    project, release = await house.project(), asyncio.Event()
    house.api.then(held(release), MessagesBehaviour(EDIT))
    first = await house.send(project)
    with pytest.raises(Conflict):
        await house.send(project, "and now")
    second = await house.send(project, "and now", queue=True)
    assert second.status == "queued"
    assert [message.text for message in await house.generations.earlier(project.id)] == ["a todo app"]
    release.set()
    assert (await house.until(first)).status == "done"
    second = await house.until(second, "done")
    assert second.base == (await house.turn(first)).version
    assert "return 1" not in str(second)
    assert asked(house.api.requests[-1]).count("and now") >= 1


async def test_what_waits_can_be_taken_out(house: House) -> None:
    project, release = await house.project(), asyncio.Event()
    house.api.then(held(release))
    first = await house.send(project)
    second = await house.send(project, "and now", queue=True)
    await house.service.stop(ME, project.id, second.id)
    release.set()
    assert (await house.until(first)).status == "done"
    assert (await house.turn(second)).status == "stopped"
    assert len(house.api.requests) == 1


async def test_what_cannot_begin_any_more_says_why_and_lets_the_next_one_begin(house: House) -> None:
    project, release = await house.project(), asyncio.Event()
    house.api.then(held(release), MessagesBehaviour(EDIT))
    await house.send(project)
    gone = PromptOptions(attachments=("a" * 16,))
    second = await house.send(project, "like this picture", queue=True, options=gone)
    third = await house.send(project, "and now", queue=True)
    release.set()
    assert (await house.until(third)).status == "done"
    second = await house.turn(second)
    assert second.status == "failed"
    assert second.error
    assert second.error.code == "attachment_gone"


async def test_what_was_taken_out_can_be_asked_for_after_all(house: House) -> None:
    project, release = await house.project(), asyncio.Event()
    house.api.then(held(release), MessagesBehaviour(EDIT))
    first = await house.send(project)
    second = await house.send(project, "and now", queue=True)
    await house.service.stop(ME, project.id, second.id)
    release.set()
    await house.until(first)
    await house.service.continue_(ME, project.id, second.id)
    assert (await house.until(second, "done")).base == (await house.turn(first)).version


async def test_a_sixth_request_does_not_wait(house: House) -> None:
    project, release = await house.project(), asyncio.Event()
    house.api.then(held(release))
    await house.send(project)
    for _ in range(5):
        await house.send(project, "more", queue=True)
    with pytest.raises(Conflict, match="5 requests are waiting"):
        await house.send(project, "more", queue=True)


async def test_stopped_and_gone_on_with_it_ends_as_if_nothing_had_been(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP, hold_after=145))
    turn = await house.send(project)
    async with asyncio.timeout(60):
        while "src/App.tsx" not in (await house.generations.arrived(ME, turn.steps[0].generation or "")).files:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await house.service.stop(ME, project.id, turn.id)
    turn = await house.turn(turn)
    assert (turn.status, turn.steps[0].status) == ("stopped", "stopped")
    house.api.then(MessagesBehaviour(APP))
    await house.service.continue_(ME, project.id, turn.id, anew=True)
    turn = await house.until(turn)
    assert (turn.status, [step.kind for step in turn.steps]) == ("done", ["write", "check"])
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_a_turn_is_taken_back_as_one(house: House, watch: Watch) -> None:
    project = await house.project()
    await house.until(await house.send(project))
    before = await house.store.head_tree(ME, project.id)
    fixed = {**EDIT, "edits": [{"path": "src/App.tsx", "find": "1;", "replace": "2;"}]}
    house.api.then(MessagesBehaviour(EDIT), MessagesBehaviour(fixed))
    watch(project, lambda n, version: CheckReport(version=version, painted=True, faults=[BROKEN] if n == 1 else []))
    turn = await house.until(await house.send(project, "return one"))
    assert [step.kind for step in turn.steps] == ["write", "check", "mend", "check"]
    await house.service.take_back(ME, project.id, turn.id)
    assert await house.store.head_tree(ME, project.id) == before
    await house.store.undo(ME, project.id)
    assert "2;" in str((await house.store.head_tree(ME, project.id))["src/App.tsx"])


async def test_going_another_way_from_an_earlier_message(house: House) -> None:
    project = await house.project()
    await house.until(await house.send(project))
    house.api.then(MessagesBehaviour(EDIT))
    left = await house.until(await house.send(project, "return one"))
    other = {**EDIT, "edits": [{"path": "src/App.tsx", "find": "null", "replace": "3"}]}
    house.api.then(MessagesBehaviour(other))
    turn = await house.until(await house.send(project, "return three", instead_of=left.id))
    assert turn.status == "done"
    assert "3" in str((await house.store.head_tree(ME, project.id))["src/App.tsx"])
    assert (await house.turn(left)).followed_by == turn.id
    assert "return one" not in asked(house.api.requests[-1])
    said = [message.text for message in await house.generations.earlier(project.id)]
    assert "return one" not in said
    assert "return three" in said


async def test_a_budget_ends_a_mend_and_more_of_it_goes_on(house: House, watch: Watch) -> None:
    project, budgets = await house.project(), Budgets(house.db)
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT))
    watch(project, lambda number, version: None)
    turn = await checking(house, await house.send(project))
    await budgets.put(ME.id, ME.workspace, project.id, Caps(turn_usd=0.001))
    faulty = CheckReport(version=turn.version or "", painted=True, faults=[BROKEN])
    assert await house.service.seen(ME, project.id, faulty)
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.status) == (["write", "check", "mend"], "failed")
    assert turn.error
    assert turn.error.remedy == "budget"
    assert len(house.api.requests) == 1
    await budgets.put(ME.id, ME.workspace, project.id, Caps(turn_usd=5))
    await house.service.continue_(ME, project.id, turn.id)
    turn = await checking(house, turn)
    assert await house.service.seen(ME, project.id, CheckReport(version=turn.version or "", painted=True))
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check", "mend", "check"], "runs")


async def checking(house: House, turn: TurnView) -> TurnView:
    """The turn once it waits for a page."""
    async with asyncio.timeout(60):
        while (found := await house.turn(turn)).steps[-1].kind != "check" or found.steps[-1].status != "running":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


async def test_a_turn_whose_process_died_is_found_and_gone_on_with(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP, hold_after=145))
    turn = await house.send(project)
    async with asyncio.timeout(60):
        while "src/App.tsx" not in (await house.generations.arrived(ME, turn.steps[0].generation or "")).files:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    dead = house.leases.id
    house.leases = Leases(house.db, house.folder / "others")
    house.open()
    assert await house.generations.recover() == 0  # its holder may still live
    async with house.db.session() as session:
        for table in ("generation", "turn"):
            await session.execute(text(f"UPDATE {table} SET leased_until = '2020'"))
    await house.generations.recover()
    assert await house.service.recover([dead]) == 1
    turn = await house.turn(turn)
    assert (turn.status, turn.steps[0].status) == ("interrupted", "interrupted")
    house.api.then(MessagesBehaviour(APP))
    await house.service.continue_(ME, project.id, turn.id, anew=True)
    assert (await house.until(turn)).status == "done"
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_a_new_request_does_not_wait_until_somebody_looks(house: House, watch: Watch) -> None:
    project = await house.project()
    watch(project, lambda number, version: None)  # a page that never says anything
    first = await checking(house, await house.send(project))
    house.api.then(MessagesBehaviour(EDIT))
    second = await house.send(project, "return one")
    assert (await house.turn(first)).outcome == "unseen"
    await house.service.stop(ME, project.id, second.id)


async def test_a_question_that_was_answered_is_not_answered_again(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(PLAN, chunk=400))
    turn = await house.until(await house.send(project, "a shelf", mode="plan"))
    with pytest.raises(Conflict):
        await house.service.answer(ME, project.id, turn.id, ["x"])
    await house.service.stop(ME, project.id, turn.id)
    assert (await house.turn(turn)).status == "stopped"


async def test_the_kill_switch_ends_a_discussion_too(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(silent=True))
    turn = await house.send(project, "Where is it kept?", mode="discuss")
    async with asyncio.timeout(60):
        while not house.api.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await house.service.stop_all("another-workspace")
    assert (await house.turn(turn)).status == "running"
    await house.service.stop_all(ME.workspace, project.id)
    assert (await house.turn(turn)).status == "stopped"


async def test_who_goes_on_while_something_is_mended_does_not_wait_for_a_model(
    house: House, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, gate, hurry = threading.Event(), threading.Event(), TurnRun.hurry

    def hurried(run: TurnRun) -> None:
        hurry(run)
        gate.set()

    monkeypatch.setattr(TurnRun, "hurry", hurried)

    def mend(tree: FileTree, before: FileTree, faults: tuple[SeenFault, ...]) -> FreeMends:
        if faults:
            looks.set()
            gate.wait(10)
        return FreeMends(tree)

    house.mend = mend
    house.open()
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT))
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN]))
    turn = await house.send(project)
    assert await asyncio.to_thread(looks.wait, 10)
    going_on = await house.send(project, "return one")
    assert (await house.turn(turn)).outcome == "faulty"
    await house.until(going_on)
    assert "return one" in asked(house.api.requests[1])


async def test_what_a_discussion_hides_is_noted(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(prose="Your key is sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789."))
    await house.until(await house.send(project, "What is my key?", mode="discuss"))
    assert "sk-ant-api03" not in (await house.generations.earlier(project.id))[-1].text
    async with house.db.reader() as session:
        assert [row.direction for row in await session.scalars(select(SafetyEvent))] == ["said"]


async def test_what_is_looked_at_is_undone_at_once_and_nobody_waits_for_the_look(house: House, watch: Watch) -> None:
    project = await house.project()
    watch(project, lambda number, version: None)  # a page that never says anything
    first = await checking(house, await house.send(project))
    assert await house.service.seen(ME, project.id, CheckReport(version=first.version or "", painted=True))
    await house.until(first)
    house.api.then(MessagesBehaviour(EDIT))
    turn = await checking(house, await house.send(project, "return one"))
    await house.store.undo(ME, project.id)
    async with asyncio.timeout(5):
        turn = await house.until(turn)
    assert (turn.status, turn.outcome) == ("done", "unseen")
    assert (await house.store.get(ME, project.id)).head == first.version


async def test_what_was_undone_meanwhile_is_not_mended(house: House, watch: Watch) -> None:
    looks, gate = threading.Event(), threading.Event()

    def mend(tree: FileTree, before: FileTree, faults: tuple[SeenFault, ...]) -> FreeMends:
        if faults:
            looks.set()
            gate.wait(10)
        return FreeMends(tree)

    project = await house.project()
    first = await house.until(await house.send(project))
    house.mend = mend
    house.open()
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN]))
    house.api.then(MessagesBehaviour(EDIT))
    turn = await house.send(project, "return one")
    assert await asyncio.to_thread(looks.wait, 10)
    await house.store.undo(ME, project.id)
    gate.set()
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check"], "unseen")
    assert len(house.api.requests) == 2
    assert (await house.store.get(ME, project.id)).head == first.version
