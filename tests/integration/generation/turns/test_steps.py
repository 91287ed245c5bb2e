"""From a message to an app that is shown to work: question, plan, writing, check and mend, with the real SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from builder.generation.turns.choices import StepChoices
from builder.generation.turns.forms import AppPlan
from builder.generation.turns.parts import FreeMends
from builder.generation.turns.shapes import CheckReport, FailedWalk, MendView, SeenFault
from builder.llm.testing.messages_api import MessagesBehaviour
from builder.projects.tables import Project
from preview_runtime.engines import FaultKind
from preview_runtime.file_tree import FileTree
from tests.integration.generation.turns.conftest import APP, ME, House, Page, asked

Watch = Callable[[Project, Callable[[int, str], CheckReport | None]], Page]
BROKEN = SeenFault(kind=FaultKind.RUNTIME, message="x is not defined", path="src/App.tsx", line=3)
OPENS = '{"title": "Opens", "steps": [{"see": {"text": "Shelf"}}]}\n'
EDIT = {
    "title": "Todo list",
    "summary": "It works.",
    "edits": [{"path": "src/App.tsx", "find": "null", "replace": "1"}],
}
AGAIN = {
    "title": "Todo list",
    "summary": "It works.",
    "edits": [{"path": "src/App.tsx", "find": "1;", "replace": "2;"}],
}
PLAN = {
    "title": "Books",
    "pages": [{"name": "Shelf", "what": "all books"}],
    "checks": [
        {
            "title": "Add a book",
            "how": "Type Dune and press Add",
            "steps": [{"type": "Dune", "into": {"label": "Title"}}, {"see": {"text": "Dune"}}],
        },
        {"title": "No steps", "how": "looks fine", "steps": [{"dance": True}]},
    ],
}


def fine(number: int, version: str) -> CheckReport:
    return CheckReport(version=version, painted=True, walked=2)


async def test_what_is_written_is_looked_at_before_it_is_called_done(house: House, watch: Watch) -> None:
    project = await house.project()
    watch(project, fine)
    turn = await house.until(await house.send(project))
    assert (turn.status, turn.outcome) == ("done", "shown")
    assert [(step.kind, step.status) for step in turn.steps] == [("write", "done"), ("check", "done")]
    seen = turn.steps[1].seen
    assert seen
    assert (seen.painted, seen.walked) == (True, 2)
    assert turn.tokens.input == 1_200
    assert turn.cost_usd
    assert turn.version == (await house.store.get(ME, project.id)).head


@pytest.mark.parametrize(
    "walks", [{}, {"not_walked": "no Docker"}, {"walked": 0}], ids=["none", "not walked", "no walk"]
)
async def test_what_no_walk_tried_runs_and_is_not_said_to_work(
    house: House, watch: Watch, walks: dict[str, Any]
) -> None:
    project = await house.project()
    watch(project, lambda number, version: CheckReport(version=version, painted=True, **walks))
    turn = await house.until(await house.send(project))
    assert (turn.status, turn.outcome) == ("done", "runs")


async def test_a_walk_that_was_changed_with_the_request_is_told_of(house: House, watch: Watch) -> None:
    project = await house.project()
    files = FileTree({**APP["files"], "walks/opens.json": OPENS, "walks/stays.json": OPENS})
    await house.store.commit(ME, project.id, files, kind="generation", label="one")
    changed = OPENS.replace("Shelf", "Books")
    house.api.then(MessagesBehaviour({**APP, "files": {**APP["files"], "walks/opens.json": changed}}))
    watch(project, fine)
    turn = await house.until(await house.send(project, "the walk opens should look for Books"))
    assert turn.outcome == "shown"
    assert turn.steps[-1].walks == ["walks/opens.json"]


async def test_what_nobody_looked_at_is_not_said_to_work(house: House) -> None:
    project = await house.project()
    turn = await house.until(await house.send(project))
    assert (turn.status, turn.outcome) == ("done", "unseen")
    assert turn.steps[-1].seen is None


async def test_a_fault_is_mended_by_the_model_and_looked_at_again(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT))
    watch(
        project,
        lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN] if number == 1 else []),
    )
    turn = await house.until(await house.send(project, "a todo app"))
    assert [step.kind for step in turn.steps] == ["write", "check", "mend", "check"]
    assert (turn.status, turn.outcome, turn.steps[2].attempt) == ("done", "runs", 1)
    words = asked(house.api.requests[-1])
    assert "x is not defined" in words
    assert "src/App.tsx:3" in words
    versions = await house.store.versions(ME, project.id)
    assert [version.label for version in versions] == ["Mend: x is not defined", "a todo app"]


async def test_the_same_fault_twice_ends_it_and_says_so(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT))
    moved = BROKEN.model_copy(update={"line": 9, "message": "x is not defined"})
    watch(
        project,
        lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN if number == 1 else moved]),
    )
    turn = await house.until(await house.send(project))
    assert [step.kind for step in turn.steps] == ["write", "check", "mend", "check"]
    assert (turn.status, turn.outcome) == ("done", "faulty")
    said = await house.generations.earlier(project.id)
    assert said[-1].text.startswith("I could not mend this: after one attempt")
    assert said[-1].text.endswith("What was tried: – It works.")


async def test_three_attempts_are_the_most(house: House, watch: Watch) -> None:
    project = await house.project()
    edits = [
        {"title": "T", "summary": "S", "edits": [{"path": "src/App.tsx", "find": before, "replace": after}]}
        for before, after in (("null", "1"), ("1;", "2;"), ("2;", "3;"))
    ]
    house.api.then(MessagesBehaviour(APP), *map(MessagesBehaviour, edits))
    words = ["one", "two", "three", "four", "five"]
    watch(
        project,
        lambda number, version: CheckReport(
            version=version, painted=True, faults=[BROKEN.model_copy(update={"message": f"{words[number]} is gone"})]
        ),
    )
    turn = await house.until(await house.send(project))
    assert [step.kind for step in turn.steps].count("mend") == 3
    assert turn.outcome == "faulty"
    assert len(house.api.requests) == 4


async def test_a_walk_that_fails_is_mended_and_its_file_is_shown_to_the_mend_alone(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(PLAN, chunk=400), MessagesBehaviour(APP), MessagesBehaviour(EDIT))
    failed = FailedWalk(path="walks/add-a-book.json", title="Add a book", step=2, what="There is no “Dune”.")
    watch(project, lambda number, version: CheckReport(
        version=version, painted=True, walked=0 if number == 1 else 1, failed_walks=[failed] if number == 1 else []
    ))  # fmt: skip
    turn = await house.until(await house.send(project, "a shelf", mode="plan"))
    assert (turn.status, [step.kind for step in turn.steps]) == ("planned", ["plan"])
    assert turn.plan
    assert turn.plan.pages[0].name == "Shelf"
    plan = turn.plan.model_copy(update={"summary": "And it is green."})
    await house.service.build(ME, project.id, turn.id, plan)
    turn = await house.until(turn)
    assert [step.kind for step in turn.steps] == ["plan", "write", "check", "mend", "check"]
    assert turn.outcome == "shown"
    wrote, mended = map(asked, house.api.requests[1:])
    assert "And it is green." in wrote
    assert "Type Dune and press Add" in wrote
    assert "walks/" not in wrote
    assert '"into"' not in wrote
    assert "walks/add-a-book.json" in mended
    assert "There is no “Dune”." in mended
    assert [path for path in await house.store.head_tree(ME, project.id) if path.startswith("walks/")] == [
        "walks/add-a-book.json"
    ]


async def test_what_is_certain_is_mended_without_a_model(house: House, watch: Watch) -> None:
    def mend(tree: FileTree, before: FileTree, faults: tuple[SeenFault, ...]) -> FreeMends:
        text = tree.text("src/App.tsx") or ""
        if "null" not in text:
            return FreeMends(tree)
        view = MendView(path="src/App.tsx", code="null", says="null is 0")
        return FreeMends(tree.replace({"src/App.tsx": text.replace("null", "0")}), (view,))

    house.mend = mend
    house.open()
    project = await house.project()
    watch(project, fine)
    turn = await house.until(await house.send(project))
    assert [step.kind for step in turn.steps] == ["write", "free_mend", "check"]
    assert turn.steps[1].mends[0].says == "null is 0"
    assert [version.kind for version in await house.store.versions(ME, project.id)] == ["mend", "generation"]
    await house.store.undo(ME, project.id)
    assert "null" in str((await house.store.head_tree(ME, project.id))["src/App.tsx"])


async def test_a_vague_prompt_is_asked_back_and_the_answers_are_read(house: House) -> None:
    project = await house.project()
    question = {"questions": [{"question": "For whom?", "choices": ["me", "a team"]}], "large": False}
    house.api.then(MessagesBehaviour(question, chunk=100), MessagesBehaviour(APP))
    turn = await house.until(await house.send(project, "a list", mode="auto"))
    assert (turn.status, [step.kind for step in turn.steps]) == ("asking", ["understand"])
    assert turn.questions[0].choices == ["me", "a team"]
    assert turn.cost_usd
    await house.service.answer(ME, project.id, turn.id, ["a team"])
    turn = await house.until(turn)
    assert (turn.status, [step.kind for step in turn.steps]) == ("done", ["understand", "write", "check"])
    assert "For whom? a team" in asked(house.api.requests[-1])


async def test_a_question_can_be_skipped_and_a_clear_prompt_is_not_asked(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour({"questions": [{"question": "Why?"}]}), MessagesBehaviour(APP))
    turn = await house.until(await house.send(project, "a list", mode="auto"))
    await house.service.answer(ME, project.id, turn.id, [])
    turn = await house.until(turn)
    assert turn.status == "done"
    assert "Why?" not in asked(house.api.requests[-1])
    clear = "a list of the books that I have read, with author, year, stars and a search by any of them"
    turn = await house.until(await house.send(await house.project(), clear, mode="auto"))
    assert [step.kind for step in turn.steps] == ["write", "check"]


async def test_an_understanding_that_cannot_be_read_keeps_nobody_waiting(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(prose="Sure, let me think."), MessagesBehaviour(APP))
    turn = await house.until(await house.send(project, "a list", mode="auto"))
    assert (turn.status, [step.kind for step in turn.steps]) == ("done", ["understand", "write", "check"])


async def test_a_discussion_changes_no_file(house: House) -> None:
    project = await house.project()
    await house.until(await house.send(project))
    head = (await house.store.get(ME, project.id)).head
    house.api.then(MessagesBehaviour(prose="You keep it in the browser."))
    turn = await house.until(await house.send(project, "Where is it kept?", mode="discuss"))
    assert (turn.status, [step.kind for step in turn.steps]) == ("done", ["discuss"])
    assert (await house.store.get(ME, project.id)).head == head
    assert (await house.generations.earlier(project.id))[-1].text == "You keep it in the browser."
    assert "export const App" in asked(house.api.requests[-1])
    assert not house.api.requests[-1].get("tools")


async def test_steps_can_be_switched_off(house: House, watch: Watch) -> None:
    project = await house.project()
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN]))
    await house.service.choose(ME, project.id, StepChoices(mends=0))
    turn = await house.until(await house.send(project))
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check"], "faulty")
    await house.service.choose(ME, project.id, StepChoices(checks=False))
    house.api.then(MessagesBehaviour(EDIT))
    turn = await house.until(await house.send(project, "change it"))
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write"], "unseen")


async def test_a_plan_with_nothing_in_it_is_an_error_with_a_next_step(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour({"title": "x"}), MessagesBehaviour(PLAN, chunk=400))
    turn = await house.until(await house.send(project, "a shelf", mode="plan"))
    assert turn.status == "failed"
    assert turn.error
    assert turn.error.remedy == "retry"
    await house.service.continue_(ME, project.id, turn.id)
    assert (await house.until(turn)).status == "planned"
    await house.service.build(ME, project.id, turn.id, AppPlan.model_validate(PLAN))


async def test_a_prompt_is_improved(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour({"prompt": "A list of books that I own."}))
    assert await house.service.improve(ME, project.id, "books") == "A list of books that I own."
