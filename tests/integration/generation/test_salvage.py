"""What a person gets of an answer that is not quite what was asked for: the change, or the name of what went wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.conversation.events import AnswerEnded, Ending, ModelEvent, TextPiece, ToolInputPiece
from builder.llm.conversation.model import Profile
from builder.llm.testing.scripted import ScriptedModel
from tests.integration.conftest import Parts

APP = {"title": "Todo", "summary": "A list.", "files": {"index.html": "<p>Todo</p>\n", "src/a.ts": "one\ntwo\nthree\n"}}
CHANGE = {"summary": "Changed.", "files": {"src/b.ts": "b"}}
EDIT = {"path": "src/a.ts", "old_string": "two", "new_string": "2"}


def pieces(text: str, size: int = 7) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def in_json(answer: Any, ending: Ending = "end") -> list[ModelEvent]:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return [*map(TextPiece, pieces(text)), AnswerEnded(ending)]


def by_tool(*answers: Any, prose: str = "", ending: Ending = "tool_use") -> list[ModelEvent]:
    said: list[ModelEvent] = [*map(TextPiece, pieces(prose))]
    for number, answer in enumerate(answers):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        said += [ToolInputPiece(f"call{number}", "write_app", piece) for piece in ("", *pieces(text))]
    return [*said, AnswerEnded(ending)]


@dataclass
class ScriptedModels:
    """One model for everybody. Stands in for `Models`."""

    model: DraftWriter

    async def get(self, actor: Actor, name: str) -> DraftWriter:
        return self.model

    async def default(self, actor: Actor) -> str:
        return self.model.name


@dataclass
class House:
    parts: Parts
    settings: Settings
    services: list[GenerationService]

    async def answers(self, *answers: Sequence[ModelEvent], tools: bool) -> tuple[Generation, dict[str, str | bytes]]:
        """What the last of `answers` led to, and the project's files then."""
        parts, settings = self.parts, self.settings
        model = DraftWriter(ScriptedModel(answers, profile=Profile(eager_tools=tools)))
        spools = Spools(settings.data_dir / "spools")
        leases = Leases(parts.db, settings.data_dir / "processes")
        service = GenerationService(parts.store, parts.events, spools, settings, ScriptedModels(model), leases)  # type: ignore[arg-type]
        self.services.append(service)
        project = await parts.store.create(ME, "New app", prompt="a todo app")
        for _ in answers:
            generation = await self._ended(service, spools, await service.start(ME, project.id, "please"))
        return generation, dict(await parts.store.head_tree(ME, project.id))

    async def _ended(self, service: GenerationService, spools: Spools, generation: Generation) -> Generation:
        async with asyncio.timeout(60):
            async for frame in self.parts.events.frames(generation.project, 0, spools):
                if "event: generation_finished" in frame:
                    row = await service.get(ME, generation.id)
                    if row.status != "running":
                        return row
        raise AssertionError("unreachable")


@pytest.fixture
async def house(parts: Parts, settings: Settings) -> AsyncIterator[House]:
    made = House(parts, settings, [])
    yield made
    for service in made.services:
        await service.close()


@pytest.mark.parametrize(
    "answer",
    [
        in_json(f"Sure!\n```json\n{json.dumps(CHANGE)}\n```\nEnjoy!"),
        in_json(f"<think>Perhaps {json.dumps(APP)}? No.</think>{json.dumps(CHANGE)}"),
        in_json(f"<think>{json.dumps(CHANGE)}</think>"),
        in_json(f"<think>{json.dumps(CHANGE)}"),
        in_json({"draft": CHANGE}),
        in_json({"files": [{"path": "./src/b.ts", "content": "b"}]}),
        in_json({"files": json.dumps({"src\\b.ts": "b"})}),
        in_json(f'{{"title": "Todo"}}\n{json.dumps(CHANGE)}'),
        in_json(CHANGE, "max_tokens"),
        in_json("{'files': {'/src/b.ts': 'b',},} // done"),
        in_json(f"{{}}\nSorry: {json.dumps(CHANGE)}"),
    ],
)
async def test_in_json_mode_the_change_is_made(house: House, answer: list[ModelEvent]) -> None:
    generation, tree = await house.answers(in_json(APP), answer, tools=False)
    assert (generation.status, generation.error) == ("done", None)
    assert tree == {**APP["files"], "src/b.ts": "b"}  # type: ignore[dict-item]
    assert generation.files == [{"path": "src/b.ts", "closed": True}]


@pytest.mark.parametrize(
    "answer",
    [
        by_tool({}, CHANGE),
        by_tool({"title": "Todo"}, CHANGE),
        by_tool({"files": {}, "summary": "Changed."}, {"files": [["src/b.ts", "b"]]}),
        by_tool({}, prose=json.dumps(CHANGE)),
        by_tool({"title": "Todo"}, prose=f"Here:\n```json\n{json.dumps(CHANGE)}\n```"),
        by_tool(prose=f"<thinking>{json.dumps(APP)}</thinking>\n{json.dumps(CHANGE)}", ending="end"),
        by_tool({"arguments": json.dumps(CHANGE)}),
        by_tool(CHANGE, ending="max_tokens"),
        by_tool(CHANGE, ending="context"),
        by_tool({"files": {"src": {"b.ts": ["b"]}}}),
        by_tool(json.dumps({"files": {"src/b.ts": "B"}}), CHANGE),
        by_tool({"files": {"src/b.ts": "```ts\nb```"}}, {"files": {"src/b.ts": "b"}}),
        by_tool({"edits": [{"path": "src/b.ts", "find": "", "replace": "b"}]}),
    ],
)
async def test_by_tool_the_change_is_made(house: House, answer: list[ModelEvent]) -> None:
    generation, tree = await house.answers(by_tool(APP), answer, tools=True)
    assert (generation.status, generation.error) == ("done", None)
    assert tree == {**APP["files"], "src/b.ts": "b"}  # type: ignore[dict-item]


@pytest.mark.parametrize("edits", [EDIT, [EDIT], {"src/a.ts": [EDIT]}, json.dumps([EDIT]), {"./src/a.ts": EDIT}])
async def test_edits_in_another_shape_are_made(house: House, edits: Any) -> None:
    generation, tree = await house.answers(by_tool(APP), by_tool({"edits": edits}), tools=True)
    assert generation.status == "done"
    assert tree["src/a.ts"] == "one\n2\nthree\n"


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ({"summary": "Done.", "files": {"src/b.ts": None}}, "unread", "src/b.ts"),
        ({"summary": "Done.", "files": {"a.ts": "x", "src/b.ts": 5}}, "unread", "src/b.ts"),
        ({"summary": "Done.", "files": ["src/b.ts"]}, "unread", "files"),
        ({"summary": "Done.", "edits": ["Make it blue."]}, "unread", "edits"),
        ({"summary": "Done.", "edits": [{"path": "src/a.ts", "find": "two"}]}, "unread", "src/a.ts"),
        ({"summary": "Done.", "page": "<html>\n</html>"}, "unread", "page"),
        ({"files": {"src/b.ts": None}}, "unread", "src/b.ts"),
        ({"edits": [{"path": "src/a.ts", "find": "two"}]}, "unread", "src/a.ts"),
        ({"files": {"src/b.ts": {"content": "eA==", "encoding": "base64"}}}, "unread", "src/b.ts"),
        ({"summary": "Done.", "delete": ["src/none.ts"]}, "nothing_changed", "changes nothing"),
        ({"summary": "Done.", "files": {"src/a.ts": "one\ntwo\nthree\n"}}, "nothing_changed", "changes nothing"),
        ({"title": "Todo"}, "nothing_changed", "changes nothing"),
        ({"summary": "Done.", "files": {"../b.ts": "x"}}, "path_outside", "outside"),
    ],
)
@pytest.mark.parametrize("tools", [True, False], ids=["tool", "json"])
async def test_what_changes_nothing_that_should_have_is_not_done(
    house: House, caplog: pytest.LogCaptureFixture, answer: Any, code: str, says: str, tools: bool
) -> None:
    mode = by_tool if tools else in_json
    generation, tree = await house.answers(mode(APP), mode(answer), tools=tools)
    assert generation.error is not None
    assert (generation.status, generation.error["code"]) == ("failed", code)
    assert says in generation.error["message"]
    assert tree == APP["files"]
    assert code in caplog.text


@pytest.mark.parametrize("around", ["{}", "Here is the edit:\n```json\n{}\n```\nand the file:"])
async def test_an_edit_beside_a_call_is_made_as_well(house: House, around: str) -> None:
    said = around.replace("{}", json.dumps({"edits": [EDIT], "files": {"src/b.ts": "another"}}))
    generation, tree = await house.answers(by_tool(APP), by_tool(CHANGE, prose=said), tools=True)
    assert (generation.status, generation.error) == ("done", None)
    assert tree == {**APP["files"], "src/a.ts": "one\n2\nthree\n", "src/b.ts": "b"}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "said",
    [
        json.dumps(CHANGE),
        f"<thinking>{json.dumps({'edits': [EDIT]})}</thinking>",
        f"An edit is {json.dumps({'edits': [EDIT]})} in short.",
        f"{json.dumps({'edits': [EDIT]})}</thinking>Well.",
        'The package has {"name": "x", "files": []}.',
    ],
)
async def test_what_is_said_beside_a_call_and_is_no_change_changes_nothing(house: House, said: str) -> None:
    generation, tree = await house.answers(by_tool(APP), by_tool(CHANGE, prose=said), tools=True)
    assert (generation.status, tree) == ("done", {**APP["files"], "src/b.ts": "b"})  # type: ignore[dict-item]


async def test_a_draft_in_a_thought_that_nothing_opened_is_not_made(house: House) -> None:
    said = f"Perhaps {json.dumps({'files': {'src/c.ts': 'c'}, 'edits': [EDIT]})}? No.</think>\n{json.dumps(CHANGE)}"
    for answer, tools in ((in_json(said), False), (by_tool(prose=said, ending="end"), True)):
        generation, tree = await house.answers(in_json(APP) if not tools else by_tool(APP), answer, tools=tools)
        assert (generation.status, tree) == ("done", {**APP["files"], "src/b.ts": "b"})  # type: ignore[dict-item]
        assert generation.files == [{"path": "src/b.ts", "closed": True}]


async def test_what_was_odd_and_understood_is_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    answer = '{"files": [{"path": "./b.ts", "content": "\\d"},]}'
    generation, tree = await house.answers(by_tool(answer), tools=True)
    assert (generation.status, tree) == ("done", {"b.ts": "\\d"})
    for words in ("as a list", "written as './b.ts'", "Escapes that JSON does not have", "comma"):
        assert words in caplog.text


async def test_an_answer_to_a_question_is_done_and_the_first_app_is_not_only_promised(house: House) -> None:
    words = {"summary": "It counts sheep."}
    generation, _ = await house.answers(by_tool(APP), by_tool(words), tools=True)
    assert (generation.status, generation.version) == ("done", None)
    generation, tree = await house.answers(by_tool({"title": "Sheep", **words}), tools=True)
    assert generation.error is not None
    assert (generation.status, generation.error["code"], tree) == ("failed", "text_answer", {})
    assert "It counts sheep." in generation.error["message"]


async def test_words_with_braces_in_them_are_shown_to_the_person(house: House) -> None:
    answer = in_json('Use `{"port": 1}`, or function f() { return {"b": 2} }.')
    generation, _ = await house.answers(in_json(APP), answer, tools=False)
    assert generation.error is not None
    assert generation.error["code"] == "text_answer"
    assert "function f()" in generation.error["message"]


async def test_an_answer_that_its_limit_cut_is_cut_off(house: House) -> None:
    for answer in (in_json(json.dumps(CHANGE)[:-1], "max_tokens"), in_json('{"title": "T"}', "max_tokens")):
        generation, tree = await house.answers(in_json(APP), answer, tools=False)
        assert generation.error is not None
        assert (generation.error["code"], tree) == ("cut_off", APP["files"])


async def test_a_call_that_breaks_off_is_not_gone_on_with_by_another(house: House) -> None:
    generation, tree = await house.answers(by_tool(APP), by_tool('{"files": {"src/b.ts": "b', CHANGE), tools=True)
    assert generation.error is not None
    assert (generation.error["code"], tree) == ("cut_off", APP["files"])
