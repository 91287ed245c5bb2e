"""A model looks before it writes: what it gets to see, what is paid, and that it always comes to writing."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import CallEnded, DraftEvent, Finished, JsonText, ModelRequest, ProseText, ToolUsed
from builder.generation.prompts.request import build_request
from builder.generation.tools.observed import Observed
from builder.llm.conversation.errors import UnknownModel
from builder.llm.conversation.events import AnswerEnded, ModelEvent, TextPiece, ThinkingPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import ModelMessage, TextPart, ThinkingPart, ToolCall, ToolResult
from builder.llm.conversation.model import Profile
from builder.llm.testing.scripted import ScriptedModel
from preview_runtime.file_tree import FileTree

BIG = FileTree({f"src/part{number:02}.ts": f"export const part{number} = 1;\n" * 300 for number in range(40)})
DRAFT = json.dumps({"title": "App", "summary": "Done.", "files": {"src/new.ts": "export {};\n"}})
EAGER = Profile(eager_tools=True, forced_tool=True)
PLAIN = Profile()


def request(tree: FileTree = BIG, prompt: str = "Change part39 please") -> ModelRequest:
    return build_request(prompt, tree)


def call(tool: str, text: str, number: int = 1) -> list[ModelEvent]:
    return [
        ToolInputPiece(f"{tool}{number}", tool, ""),
        *(ToolInputPiece(f"{tool}{number}", tool, text[at : at + 20]) for at in range(0, len(text), 20)),
    ]


def looks(
    *calls: tuple[str, dict[str, object]], read: int = 100, before: Sequence[ModelEvent] = ()
) -> list[ModelEvent]:
    asked = [piece for number, (tool, given) in enumerate(calls) for piece in call(tool, json.dumps(given), number)]
    return [Usage(read, 1), *before, *asked, Usage(read, 10), AnswerEnded("tool_use")]


def writes(text: str = DRAFT) -> list[ModelEvent]:
    return [Usage(200, 1), *call("write_app", text), Usage(200, 20), AnswerEnded("tool_use")]


async def answered(
    model: ScriptedModel, asked: ModelRequest | None = None, explorer: ScriptedModel | None = None
) -> list[DraftEvent]:
    return [event async for event in DraftWriter(model, explorer).stream(asked or request())]


def draft(events: Sequence[DraftEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, JsonText))


def said(message: ModelMessage) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


def results(message: ModelMessage) -> list[ToolResult]:
    return [part for part in message.parts if isinstance(part, ToolResult)]


async def test_a_small_project_is_written_in_one_call_without_tools() -> None:
    model = ScriptedModel([writes()], profile=EAGER)
    events = await answered(model, request(FileTree({"src/a.ts": "export {};\n", "package-lock.json": "{}"})))
    assert draft(events) == DRAFT
    ((_, tools, options),) = model.requests
    assert [tool.name for tool in tools] == ["write_app"]
    assert (options.tool, options.goes_on) == ("write_app", False)


async def test_a_small_project_whose_faults_are_mended_has_tools() -> None:
    asked = build_request("Mend it", FileTree({"src/a.ts": "x\n"}), observed=Observed(console=("x is not defined",)))
    model = ScriptedModel([looks(("read_faults", {})), writes()], profile=EAGER)
    assert draft(await answered(model, asked)) == DRAFT
    assert "x is not defined" in results(model.requests[1][0][2])[0].text


async def test_what_it_looked_at_goes_with_the_next_call_and_the_draft_comes_in_pieces() -> None:
    first = looks(
        ("read_file", {"path": "src/part39.ts"}),
        ("search_project", {"text": "part38"}),
        before=[ThinkingPiece("Hm."), ThinkingPiece(signature="signed"), TextPiece("Let me look.")],
    )
    model = ScriptedModel([first, writes()], profile=EAGER)
    events = await answered(model)
    assert draft(events) == DRAFT
    assert len([event for event in events if isinstance(event, JsonText)]) > 3
    assert [(event.name, event.what, event.ok) for event in events if isinstance(event, ToolUsed)] == [
        ("read_file", "src/part39.ts", True),
        ("search_project", "part38", True),
    ]
    assert not [event for event in events if isinstance(event, ProseText)]
    assert events[-1] == Finished("end")
    opening, answer, given = model.requests[1][0]
    assert opening == model.requests[0][0][0]
    assert answer.parts[:2] == (ThinkingPart("Hm.", "signed"), TextPart("Let me look."))
    assert [part.call for part in results(given)] == ["read_file0", "search_project1"]
    assert "export const part39 = 1;" in results(given)[0].text


async def test_each_call_is_counted_by_itself() -> None:
    model = ScriptedModel(
        [looks(("list_files", {}), read=300_000), looks(("list_files", {}), read=5), writes()], profile=EAGER
    )
    events = await answered(model)
    assert [event for event in events if isinstance(event, CallEnded)] == [
        CallEnded(Usage(300_000, 10), 0.01),
        CallEnded(Usage(5, 10), 0.01),
    ]
    assert [event for event in events if isinstance(event, Usage)][-1] == Usage(200, 20)


async def test_it_is_made_to_write_when_it_has_looked_enough() -> None:
    many = looks(*(("read_file", {"path": f"src/part{number:02}.ts", "last_line": 2}) for number in range(15)))
    model = ScriptedModel([many, writes()], profile=EAGER)
    events = await answered(model)
    assert draft(events) == DRAFT
    assert [event.ok for event in events if isinstance(event, ToolUsed)] == [True] * 12 + [False] * 3
    messages, tools, options = model.requests[1]
    assert (options.tool, options.one_call) == ("write_app", True)
    assert len(tools) > 1  # the same as before, so that what was read stays in the provider's cache
    assert messages[-1].parts[-1] == TextPart("You have looked as much as you may. Call write_app now.")


async def test_a_model_that_only_ever_looks_comes_to_an_end() -> None:
    forever = [looks(("read_file", {"path": f"src/part{number:02}.ts"})) for number in range(40)]
    model = ScriptedModel(forever, profile=Profile(eager_tools=True))
    events = await answered(model)
    assert draft(events) == ""
    assert isinstance(events[-1], Finished)
    assert len(model.requests) <= 16
    assert [tool.name for tool in model.requests[-1][1]] == ["write_app"]


async def test_a_call_that_broke_off_does_not_spoil_the_conversation() -> None:
    cut = [*call("read_file", '{"path": "src/pa'), AnswerEnded("max_tokens")]
    model = ScriptedModel([cut, writes()], profile=EAGER)
    assert draft(await answered(model)) == DRAFT
    assert [part.input for part in model.requests[1][0][1].parts if isinstance(part, ToolCall)] == ["{}"]


async def test_words_instead_of_an_app_are_told() -> None:
    model = ScriptedModel(
        [looks(("list_files", {})), [TextPiece("I would rather not."), AnswerEnded("end")]], profile=EAGER
    )
    events = await answered(model)
    assert [event.text for event in events if isinstance(event, ProseText)] == ["I would rather not."]


async def test_a_model_without_tools_gets_the_request_as_it_is() -> None:
    model = ScriptedModel([[TextPiece(DRAFT), AnswerEnded("end")]], profile=Profile(tools=False))
    assert draft(await answered(model)) == DRAFT
    ((messages, tools, options),) = model.requests
    assert tools == []
    assert said(messages[0]) == request().user
    assert options.json


FOUND = {"paths": ["src/part39.ts", "src/none.ts"], "notes": "part39 is imported by nobody."}


async def test_a_model_that_writes_plain_json_looks_first() -> None:
    model = ScriptedModel(
        [looks(("list_files", {})), [Usage(7, 1), *call("found", json.dumps(FOUND)), AnswerEnded("tool_use")],
         [TextPiece(DRAFT), AnswerEnded("end")]],
        profile=PLAIN,
    )  # fmt: skip
    asked = request(prompt="Change something")
    assert "src/part39.ts" in asked.tools.unseen  # type: ignore[union-attr]
    events = await answered(model, asked)
    assert draft(events) == DRAFT
    messages, tools, options = model.requests[-1]
    assert (tools, options.json) == ([], True)
    text = said(messages[0])
    assert text.startswith(asked.user)
    assert '<file path="src/part39.ts">\nexport const part39 = 1;' in text
    assert "part39 is imported by nobody." in text
    assert "none.ts" not in text


async def test_a_cheap_model_looks_for_a_dear_one() -> None:
    cheap = ScriptedModel(
        [[Usage(9, 1), *call("found", json.dumps(FOUND)), AnswerEnded("tool_use")]], profile=EAGER, price=0.5
    )
    dear = ScriptedModel([writes()], profile=EAGER)
    events = await answered(dear, request(prompt="Change something"), cheap)
    assert [event for event in events if isinstance(event, CallEnded)] == [CallEnded(Usage(9, 1), 0.5)]
    assert draft(events) == DRAFT
    assert [options.operation for _, _, options in cheap.requests] == ["explore"]
    assert "part39 is imported by nobody." in str(dear.requests[0][0][0].parts)


async def test_a_cheap_model_that_fails_is_done_without() -> None:
    cheap = ScriptedModel([[UnknownModel()]], profile=EAGER)
    assert draft(await answered(ScriptedModel([writes()], profile=EAGER), None, cheap)) == DRAFT


async def test_a_cheap_model_has_nothing_to_do_in_a_small_project() -> None:
    cheap = ScriptedModel([looks(("list_files", {}))], profile=EAGER)
    small = request(FileTree({"src/a.ts": "export {};\n"}))
    assert draft(await answered(ScriptedModel([writes()], profile=EAGER), small, cheap)) == DRAFT
    assert cheap.requests == []


@pytest.mark.parametrize("notes", ["x" * 9_000, 7, None])
async def test_whatever_was_found_is_bounded(notes: object) -> None:
    cheap = ScriptedModel(
        [[*call("found", json.dumps({"paths": [*BIG], "notes": notes})), AnswerEnded("end")]], profile=EAGER
    )
    dear = ScriptedModel([writes()], profile=EAGER)
    asked = request()
    await answered(dear, asked, cheap)
    assert len(said(dear.requests[0][0][0])) < len(asked.user) + 170_000
