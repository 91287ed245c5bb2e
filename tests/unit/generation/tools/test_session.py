"""However a model asks, it looks at no more than the bounds allow, and is told so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from builder.generation.tools.observed import SeenPage
from builder.generation.tools.project_tools import ProjectTools
from builder.generation.tools.session import Bounds, ToolSession
from builder.llm.conversation.messages import ToolCall
from builder.projects.walks.steps import WalkStep
from preview_runtime.file_tree import FileTree

LONG = "".join(f"line {number} ä\n" for number in range(5_000))
TREE = FileTree({"long.txt": LONG, "one-line.txt": "ä" * 60_000, **{f"{n}.txt": f"file {n}\n" for n in range(40)}})


def session(**bounds: float) -> ToolSession:
    return ToolSession(ProjectTools(TREE, lambda path, text: text), Bounds(**bounds))  # type: ignore[arg-type]


def read(path: str, **more: object) -> ToolCall:
    return ToolCall("call_1", "read_file", json.dumps({"path": path, **more}))


async def test_after_the_last_call_no_other_is_answered() -> None:
    looking = session(calls=3)
    answers = [await looking.answer(read(f"{number}.txt")) for number in range(5)]
    assert [answer.ok for answer in answers] == [True, True, True, False, False]
    assert looking.spent
    assert "file 3" not in answers[3].text


@pytest.mark.parametrize("path", ["long.txt", "one-line.txt"])
async def test_a_long_result_is_cut_and_says_so(path: str) -> None:
    answer = await session().answer(read(path))
    assert len(answer.text.encode()) <= 20_000
    assert answer.text.endswith("ask for the rest by its lines]")


async def test_all_results_together_are_bounded() -> None:
    looking = session(bytes=50_000)
    answers = [await looking.answer(read("long.txt", first_line=number)) for number in range(1, 9)]
    assert sum(len(answer.text.encode()) for answer in answers if answer.ok) <= 50_200
    assert looking.spent


async def test_the_same_call_is_answered_once() -> None:
    looking = session()
    first = await looking.answer(ToolCall("a", "read_file", '{"path": "1.txt", "first_line": 1}'))
    again = await looking.answer(ToolCall("b", "read_file", '{"first_line":1,"path":"1.txt"}'))
    assert first.ok
    assert again.text == "The same as before: see the answer to your earlier call."


@pytest.mark.parametrize("given", ["", "[]", '{"path": ', "null", "NaN"])
async def test_input_that_is_no_object_is_said(given: str) -> None:
    assert not (await session().answer(ToolCall("a", "read_file", given))).ok


async def test_when_the_time_is_over_no_call_is_answered() -> None:
    now = [0.0]
    looking = ToolSession(ProjectTools(TREE, lambda path, text: text), Bounds(seconds=60), lambda: now[0])
    assert (await looking.answer(read("1.txt"))).ok
    now[0] = 61
    assert not (await looking.answer(read("2.txt"))).ok


class SilentPage:
    async def look(self, steps: Sequence[WalkStep], *, width: int, picture: bool) -> SeenPage:
        await asyncio.Event().wait()
        return SeenPage("", True)


@pytest.mark.parametrize(
    ("tool", "given"), [("run_walk", '{"steps": [{"click": {"text": "Add"}}]}'), ("see_page", "{}")]
)
async def test_a_page_that_does_not_answer_is_not_waited_for(tool: str, given: str) -> None:
    tools = ProjectTools(TREE, lambda path, text: text, page=SilentPage())
    answer = await ToolSession(tools, Bounds(call_seconds=0.01)).answer(ToolCall("a", tool, given))
    assert (answer.ok, answer.text) == (False, "There was no answer in time.")
