"""What a model shortened unasked, twice: the person looks at the difference and decides."""

from __future__ import annotations

from typing import Any

import pytest

from builder.base.errors import Conflict
from builder.generation.turns.shapes import CheckReport, TurnView
from builder.llm.testing.messages_api import MessagesBehaviour
from builder.projects.tables import Project
from tests.integration.generation.turns.conftest import APP, ME, House
from tests.integration.generation.turns.test_steps import BROKEN, Watch

LINES = [f"export const part{number} = {number};" for number in range(20)]
WHOLE = "\n".join(LINES) + "\n"
SHORT = "export const part0 = 'zero';\n// ... rest of the code unchanged\n"
BOOKS = {**APP, "files": {**APP["files"], "src/parts.ts": WHOLE, "src/notes.ts": WHOLE.replace("part", "note")}}
ELIDED = {
    "title": "Todo list",
    "summary": "Zero is a word.",
    "files": {"src/parts.ts": SHORT, "src/new.ts": "export const fresh = 1;\n"},
}


async def deciding(house: House, answer: Any = ELIDED, again: Any = ELIDED) -> tuple[Project, TurnView, TurnView]:
    """A project, its first turn, and one that waits for a decision."""
    project = await house.project()
    house.api.then(MessagesBehaviour(BOOKS))
    first = await house.until(await house.send(project))
    house.api.then(MessagesBehaviour(answer), MessagesBehaviour(again))
    turn = await house.until(await house.send(project, "call the first one zero"), "deciding", "done", "failed")
    return project, first, turn


async def files(house: House, project: Project) -> dict[str, Any]:
    return dict(await house.store.head_tree(ME, project.id))


async def test_the_person_is_asked_and_nothing_changes_meanwhile(house: House) -> None:
    project, first, turn = await deciding(house)
    assert (turn.status, turn.error, turn.version) == ("deciding", None, None)
    assert len(house.api.requests) == 3  # it was asked once more first
    decision = await house.service.decision(ME, project.id, turn.id)
    assert (decision.head, decision.others) == (first.version, ["src/new.ts"])
    [file] = decision.files
    assert (file.path, file.choice, file.is_new) == ("src/parts.ts", "", False)
    assert "rest of the code unchanged" in file.reason
    assert file.lines
    assert [line.text for line in file.lines if line.kind == "add"] == SHORT.splitlines()
    assert [line.text for line in file.lines if line.kind == "remove"] == LINES
    assert await files(house, project) == BOOKS["files"]
    with pytest.raises(Conflict, match="are undecided"):
        await house.service.decide(ME, project.id, turn.id, decision.head)


async def test_a_file_that_is_kept_stays_and_the_rest_comes_as_one_version(house: House) -> None:
    project, first, turn = await deciding(house)
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "mine"})
    await house.service.decide(ME, project.id, turn.id, first.version)
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.status, turn.outcome) == (["write", "check"], "done", "unseen")
    assert await files(house, project) == {**BOOKS["files"], "src/new.ts": "export const fresh = 1;\n"}
    assert (await house.generations.earlier(project.id))[-1].text == "Zero is a word."
    await house.store.undo(ME, project.id)
    assert await files(house, project) == BOOKS["files"]


async def test_a_file_that_is_taken_is_the_new_one(house: House, watch: Watch) -> None:
    project, first, turn = await deciding(house)
    watch(project, lambda number, version: CheckReport(version=version, painted=True))
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "new"})
    await house.service.decide(ME, project.id, turn.id, first.version)
    turn = await house.until(turn)
    assert (turn.status, turn.outcome) == ("done", "runs")
    assert (await files(house, project))["src/parts.ts"] == SHORT
    await house.store.undo(ME, project.id)
    assert await files(house, project) == BOOKS["files"]


async def test_where_everything_is_kept_nothing_changes_and_that_is_said(house: House) -> None:
    only = {**ELIDED, "files": {"src/parts.ts": SHORT}}
    project, first, turn = await deciding(house, only, only)
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "mine"})
    await house.service.decide(ME, project.id, turn.id, first.version)
    turn = await house.turn(turn)
    assert (turn.status, turn.outcome, turn.version) == ("done", "", None)
    assert (await house.store.get(ME, project.id)).head == first.version
    assert (await house.generations.earlier(project.id))[-1].text.startswith("You kept your files")


async def test_it_outlives_the_process_with_what_was_chosen_so_far(house: House) -> None:
    project, first, turn = await deciding(house)
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "new", "src/other.ts": "mine"})
    house.open()
    assert (await house.turn(turn)).status == "deciding"
    [file] = (await house.service.decision(ME, project.id, turn.id)).files
    assert file.choice == "new"
    await house.service.decide(ME, project.id, turn.id, first.version)
    await house.until(turn)
    assert (await files(house, project))["src/parts.ts"] == SHORT


async def test_it_is_stopped_and_gone_on_with(house: House) -> None:
    project, _, turn = await deciding(house)
    await house.service.stop(ME, project.id, turn.id)
    assert (await house.turn(turn)).status == "stopped"
    with pytest.raises(Conflict):
        await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "new"})
    await house.service.continue_(ME, project.id, turn.id)
    assert (await house.turn(turn)).status == "deciding"
    await house.service.stop(ME, project.id, turn.id)
    house.api.then(MessagesBehaviour({**ELIDED, "files": {"src/parts.ts": WHOLE.replace("= 0", "= 'zero'")}}))
    await house.service.continue_(ME, project.id, turn.id, anew=True)
    assert (await house.until(turn)).status == "done"
    assert "'zero'" in (await files(house, project))["src/parts.ts"]
    with pytest.raises(Conflict):
        await house.service.decision(ME, project.id, turn.id)


async def test_who_changed_the_project_meanwhile_looks_again(house: House) -> None:
    project, first, turn = await deciding(house)
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "mine"})
    await house.store.write_working(ME, project.id, {"src/mine.ts": "export {};\n"})
    with pytest.raises(Conflict, match="changed since you looked"):
        await house.service.decide(ME, project.id, turn.id, first.version)
    seen = await house.service.decision(ME, project.id, turn.id)
    await house.service.decide(ME, project.id, turn.id, seen.head)
    await house.until(turn)
    assert {"src/mine.ts", "src/new.ts"} <= (await files(house, project)).keys()


async def test_what_came_first_is_decided_on_where_nothing_comes_instead(house: House) -> None:
    _, _, turn = await deciding(house, again={"title": "Todo list", "summary": "There.", "files": {}})
    assert turn.status == "deciding"


async def test_a_mend_is_decided_on_as_well(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(BOOKS), MessagesBehaviour(ELIDED), MessagesBehaviour(ELIDED))
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN] if number == 1 else []))  # fmt: skip
    turn = await house.until(await house.send(project), "deciding", "done", "failed")
    assert ([step.kind for step in turn.steps], turn.status) == (["write", "check", "mend"], "deciding")
    head = (await house.service.decision(ME, project.id, turn.id)).head
    await house.service.choose_files(ME, project.id, turn.id, {"src/parts.ts": "new"})
    await house.service.decide(ME, project.id, turn.id, head)
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check", "mend", "check"], "runs")
