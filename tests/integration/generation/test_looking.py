"""Models look at a project through the real SDKs, against local servers that speak the vendors' formats."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.leases import Leases
from builder.base.tables import Event
from builder.billing.budgets import Budgets, Caps
from builder.billing.tables import ModelCall
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.composition.spending import Spending
from builder.generation.models import Models
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelRequest, ToolUsed
from builder.generation.prompts.request import build_request
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.conversation.model import Model
from builder.llm.language_models import LanguageModels
from builder.llm.providers import ANTHROPIC, GOOGLE, OPENAI
from builder.llm.testing import chat_completions_api, generate_content_api, messages_api
from builder.llm.testing.chat_completions_api import ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.generate_content_api import ContentBehaviour, GenerateContentApi
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour
from builder.llm.testing.responses_api import SEALED, ResponseBehaviour, ResponsesApi
from builder.llm.wires.anthropic import AnthropicClient
from builder.llm.wires.chat_completions import ChatCompletionsClient, ChatCompletionsModel
from builder.llm.wires.gemini.generate_content import GeminiClient
from builder.llm.wires.responses import OpenAIClient, ResponsesModel
from preview_runtime.file_tree import FileTree
from tests.integration.conftest import Parts

BIG = FileTree({f"src/part{number:02}.ts": f"export const part{number} = 1;\n" * 300 for number in range(40)})
DRAFT = {"title": "App", "summary": "Done.", "edits": [{"path": "src/part39.ts", "find": "a", "replace": "b"}]}
READ = ("read_file", {"path": "src/part39.ts", "last_line": 2})
SEARCH = ("search_project", {"text": "part38 "})
Calls = Sequence[tuple[str, Mapping[str, Any]]]


async def written(model: Model) -> list[DraftEvent]:
    asked = replace(build_request("Change it", BIG), system="You build apps.")
    return [event async for event in DraftWriter(model).stream(asked)]


def looked(events: Sequence[DraftEvent]) -> list[tuple[str, str]]:
    return [(event.name, event.what) for event in events if isinstance(event, ToolUsed)]


def draft(events: Sequence[DraftEvent]) -> object:
    return json.loads("".join(event.text for event in events if isinstance(event, JsonText)))


async def test_claude_gets_its_thinking_back_unchanged_and_what_it_has_read_stays_cached() -> None:
    thoughts = {"thinking": "Which part is it?", "sealed": "c2VhbGVk", "prose": "Let me look."}
    server = MessagesApi(MessagesBehaviour(calls=(READ, SEARCH), **thoughts), MessagesBehaviour(DRAFT))  # type: ignore[arg-type]
    async with server.serve() as url:
        client = AnthropicClient(ANTHROPIC, messages_api.KEY, url)
        events = await written(client.model("claude-sonnet-5-5"))
        await client.close()
    assert looked(events) == [("read_file", "src/part39.ts"), ("search_project", "part38")]
    assert draft(events) == DRAFT
    assert events[-1] == Finished("end", "tool_use")
    first, second = server.requests
    assert [tool["name"] for tool in first["tools"]] == ["write_app", "list_files", "read_file", "search_project"]
    assert first["tool_choice"] == {"type": "auto"}
    assert first["tools"] == second["tools"]
    opening, said, results = second["messages"]
    assert [block["type"] for block in said["content"]] == [
        "thinking", "redacted_thinking", "text", "tool_use", "tool_use",
    ]  # fmt: skip
    assert said["content"][0] == {"type": "thinking", "thinking": "Which part is it?", "signature": "c2lnbmVk"}
    assert said["content"][3]["input"] == READ[1]
    assert [block["tool_use_id"] for block in results["content"]] == [block["id"] for block in said["content"][3:]]
    assert "export const part39 = 1;" in results["content"][0]["content"][0]["text"]
    assert any("cache_control" in block for block in opening["content"])
    assert results["content"][-1]["cache_control"] == {"type": "ephemeral"}


async def test_a_draft_that_is_said_beside_a_look_is_asked_for_in_the_call() -> None:
    """Only the last answer's words are read."""
    said = f"Here is the change:\n```json\n{json.dumps(DRAFT)}\n```"
    server = MessagesApi(MessagesBehaviour(calls=(READ,), prose=said), MessagesBehaviour(DRAFT))
    async with server.serve() as url:
        client = AnthropicClient(ANTHROPIC, messages_api.KEY, url)
        events = await written(client.model("claude-sonnet-5-5"))
        await client.close()
    assert draft(events) == DRAFT
    told = [block.get("text", "") for block in server.requests[1]["messages"][-1]["content"]]
    assert "What you wrote as text is not taken. Put all of it into your call of write_app." in told


async def test_claude_is_asked_to_cache_four_places_at_most() -> None:
    """It refuses a request with more."""
    asked = replace(build_request("Change it", BIG), marks=(100, 200, 300))
    server = MessagesApi(MessagesBehaviour(calls=(READ,)), MessagesBehaviour(calls=(SEARCH,)), MessagesBehaviour(DRAFT))
    async with server.serve() as url:
        client = AnthropicClient(ANTHROPIC, messages_api.KEY, url)
        assert [event async for event in DraftWriter(client.model("claude-sonnet-5-5")).stream(asked)]
        await client.close()
    counted = [json.dumps([body["system"], body["messages"]]).count("cache_control") for body in server.requests]
    assert counted == [4, 4, 4]
    assert all("cache_control" in body["messages"][-1]["content"][-1] for body in server.requests)


async def test_a_model_that_can_be_forced_is_forced_to_write_in_the_end() -> None:
    many: Calls = [("read_file", {"path": f"src/part{number:02}.ts"}) for number in range(20)]
    server = MessagesApi(MessagesBehaviour(calls=many), MessagesBehaviour(DRAFT))
    async with server.serve() as url:
        client = AnthropicClient(ANTHROPIC, messages_api.KEY, url)
        events = await written(client.model("claude-sonnet-4-6"))
        await client.close()
    assert draft(events) == DRAFT
    assert len([event for event in events if isinstance(event, ToolUsed) and event.ok]) == 12
    assert server.requests[1]["tool_choice"] == {"type": "tool", "name": "write_app", "disable_parallel_tool_use": True}


async def test_openais_responses_get_the_sealed_reasoning_back() -> None:
    server = ResponsesApi(ResponseBehaviour(thinking="Which part?", calls=(READ, SEARCH)), ResponseBehaviour(DRAFT))
    async with server.serve() as url:
        client = OpenAIClient(replace(OPENAI, silence_seconds=5), chat_completions_api.KEY, f"{url}/v1")
        events = await written(ResponsesModel(client, "gpt-6.1-sol"))
        await client.close()
    assert looked(events) == [("read_file", "src/part39.ts"), ("search_project", "part38")]
    assert draft(events) == DRAFT
    first, second = server.requests
    assert "tool_choice" not in first
    assert first.get("parallel_tool_calls") is None
    kinds = [item.get("type", item.get("role")) for item in second["input"]]
    assert kinds == ["user", "reasoning", *["function_call"] * 2, *["function_call_output"] * 2]
    assert second["input"][1]["encrypted_content"] == SEALED
    assert second["input"][2]["call_id"] == second["input"][4]["call_id"]
    assert "export const part39 = 1;" in second["input"][4]["output"]


@pytest.fixture
async def chat() -> AsyncIterator[tuple[ChatCompletionsApi, ChatCompletionsClient]]:
    server = ChatCompletionsApi(ChatBehaviour(DRAFT))
    async with server.serve() as url:
        client = ChatCompletionsClient(replace(OPENAI, silence_seconds=5), chat_completions_api.KEY, f"{url}/v1")
        yield server, client
        await client.close()


async def test_by_chat_completions_it_looks_first_and_then_writes_plain_json(
    chat: tuple[ChatCompletionsApi, ChatCompletionsClient],
) -> None:
    server, client = chat
    found = ("found", {"paths": ["src/part39.ts"], "notes": "Only part39."})
    server.then(
        ChatBehaviour(calls=(READ, SEARCH), finish_reason="tool_calls"),
        ChatBehaviour(calls=(found,), finish_reason="tool_calls"),
        ChatBehaviour(DRAFT),
    )
    events = await written(ChatCompletionsModel(client, "gpt-5.6"))
    assert looked(events) == [("read_file", "src/part39.ts"), ("search_project", "part38")]
    assert draft(events) == DRAFT
    first, second, third = server.requests
    assert first["tools"][0]["function"]["name"] == "found"
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "tool", "tool"]
    assert [call["id"] for call in second["messages"][2]["tool_calls"]] == [
        message["tool_call_id"] for message in second["messages"][3:]
    ]
    assert "tools" not in third
    assert third["response_format"] == {"type": "json_object"}
    assert "Only part39." in third["messages"][1]["content"]
    assert '<file path="src/part39.ts">' in third["messages"][1]["content"]


async def test_gemini_gets_the_signature_of_its_thinking_back() -> None:
    found = ("found", {"paths": ["src/part39.ts"], "notes": "Only part39."})
    server = GenerateContentApi(
        ContentBehaviour(thinking="Which part?", calls=(READ, SEARCH), signature="c2lnbmVk"),
        ContentBehaviour(calls=(found,)),
        ContentBehaviour(DRAFT),
    )
    async with server.serve() as url:
        client = GeminiClient(replace(GOOGLE, silence_seconds=5), generate_content_api.KEY, url)
        events = await written(client.model("gemini-3.8-flash"))
        await client.close()
    assert looked(events) == [("read_file", "src/part39.ts"), ("search_project", "part38")]
    assert draft(events) == DRAFT
    _, second, third = server.requests
    _, said, results = second["contents"]
    assert said["parts"][0]["functionCall"]["name"] == "read_file"
    assert said["parts"][0]["thoughtSignature"] == "c2lnbmVk"
    assert "export const part39 = 1;" in results["parts"][0]["functionResponse"]["response"]["result"]
    assert "tools" not in third
    assert "Only part39." in json.dumps(third["contents"])


async def test_a_model_without_tools_is_asked_once(
    chat: tuple[ChatCompletionsApi, ChatCompletionsClient],
) -> None:
    server, client = chat
    events = await written(ChatCompletionsModel(client, "gpt-6.1-sol"))
    assert draft(events) == DRAFT
    assert looked(events) == []
    (only,) = server.requests
    assert "tools" not in only


async def test_a_request_without_tools_is_sent_as_it_always_was() -> None:
    server = MessagesApi(MessagesBehaviour(DRAFT))
    async with server.serve() as url:
        client = AnthropicClient(ANTHROPIC, messages_api.KEY, url)
        writer = DraftWriter(client.model("claude-sonnet-5-5"))
        asked = ModelRequest("first", "a todo app", system="You build apps.", user="Build a todo app.")
        assert [event async for event in writer.stream(asked)]
        await client.close()
    (only,) = server.requests
    assert [tool["name"] for tool in only["tools"]] == ["write_app"]
    assert only["messages"] == [{"role": "user", "content": "Build a todo app."}]


class Writing:
    """The whole service with a usage log, on a large project."""

    def __init__(self, parts: Parts, folder: Path, settings: Settings) -> None:
        self.parts = parts
        leases = Leases(parts.db, folder / "processes")
        self.models = Models(settings, LanguageModels(settings, log=UsageLog(parts.db, leases)))
        spools = Spools(folder / "spools")
        self.service = GenerationService(parts.store, parts.events, spools, settings, self.models, leases)
        self.spools = spools

    @property
    def generations(self) -> GenerationService:
        return self.service

    async def project(self) -> str:
        project = await self.parts.store.create(ME, "Large", prompt="x")
        await self.parts.store.commit(ME, project.id, BIG, kind="import", label="x")
        return project.id

    async def ask(self, project: str = "") -> Generation:
        project = project or await self.project()
        generation = await self.service.start(ME, project, "Change it")
        async for frame in self.parts.events.frames(project, 0, self.spools):
            if "event: generation_finished" in frame and generation.id in frame:
                break
        return await self.service.get(ME, generation.id)

    async def rows(self, table: type[Any], *where: Any) -> list[Any]:
        async with self.parts.db.reader() as session:
            return [*await session.scalars(select(table).where(*where))]


MakeWriting = Callable[..., Writing]


@pytest.fixture
async def make(
    claude: tuple[MessagesApi, str], parts: Parts, settings: Settings, tmp_path: Path
) -> AsyncIterator[MakeWriting]:
    made: list[Writing] = []

    def with_key(**more: Any) -> Writing:
        named = {"anthropic_api_key": SecretStr(messages_api.KEY), "model": "anthropic:claude-sonnet-5-5"}
        told = settings.model_copy(update={"anthropic_base_url": claude[1], **named, **more})
        made.append(Writing(parts, tmp_path, told))
        return made[-1]

    yield with_key
    for writing in made:
        await writing.service.close()
        await writing.models.close()


@pytest.fixture
async def claude() -> AsyncIterator[tuple[MessagesApi, str]]:
    app = {"title": "App", "summary": "Done.", "files": {"src/new.ts": "export {};\n"}}
    server = MessagesApi(MessagesBehaviour(calls=(READ, SEARCH)), MessagesBehaviour(app))
    async with server.serve() as url:
        yield server, url


async def test_a_change_tells_what_was_looked_at_and_what_all_calls_cost(make: MakeWriting, parts: Parts) -> None:
    writing = make()
    generation = await writing.ask()
    assert (generation.status, generation.error) == ("done", None)
    tree = await parts.store.head_tree(ME, generation.project)
    assert tree["src/new.ts"] == "export {};\n"
    facts = [row.data for row in await writing.rows(Event, Event.kind == "tool_used")]
    told = [fact if isinstance(fact, dict) else json.loads(fact) for fact in facts]
    assert [(fact["name"], fact["what"], fact["ok"]) for fact in told] == [
        ("read_file", "src/part39.ts", True),
        ("search_project", "part38", True),
    ]
    calls = await writing.rows(ModelCall)
    assert [(call.operation, call.status) for call in calls] == [("generate", "settled")] * 2
    assert generation.input_tokens == 2_400
    assert generation.output_tokens == sum(call.output_tokens for call in calls)
    assert generation.cost_usd == pytest.approx(sum(call.cost_usd for call in calls), abs=2e-6)


async def test_an_estimate_counts_a_change_once_however_often_it_looked(
    claude: tuple[MessagesApi, str], make: MakeWriting, parts: Parts
) -> None:
    server, writing = claude[0], make()
    project = await writing.project()
    behaviours = [*server.behaviours]
    for number in range(3):
        summary = {"title": "App", "summary": "Done.", "files": {"src/new.ts": f"export const n = {number};\n" * 40}}
        server.then(behaviours[0], behaviours[0], MessagesBehaviour(summary))
        assert (await writing.ask(project)).status == "done"
    calls = await writing.rows(ModelCall)
    assert len(calls) == 9
    whole = sum(call.output_tokens for call in calls[-3:])
    estimate = await Spending(parts.db, writing).estimate(ME, project, "anthropic:claude-sonnet-5-5", 100)
    assert (estimate.similar, estimate.output_tokens) == (2, whole)


async def test_a_budget_that_is_reached_while_it_looks_ends_it_before_the_next_call(
    claude: tuple[MessagesApi, str], make: MakeWriting, parts: Parts
) -> None:
    server, writing = claude[0], make()
    server.then(MessagesBehaviour(calls=(READ,), usage={"input_tokens": 400_000}))
    await Budgets(parts.db).put(ME.id, ME.workspace, "", Caps.model_validate({"turn_usd": 0.81}))
    generation = await writing.ask()
    assert generation.status == "failed"
    assert generation.error is not None
    assert generation.error["code"] == "budget_reached"
    assert len(server.requests) == 1
    assert generation.input_tokens == 400_000  # what it did use is told
    assert await parts.store.head_tree(ME, generation.project) == BIG


async def test_a_cheap_sibling_looks_where_the_setting_says_so(
    claude: tuple[MessagesApi, str], make: MakeWriting
) -> None:
    server, writing = claude[0], make(explore_cheaply=True)
    found = MessagesBehaviour(calls=(("found", {"paths": ["src/part39.ts"], "notes": "Only part39."}),))
    server.then(found, server.behaviours[-1])
    generation = await writing.ask()
    assert generation.status == "done"
    assert [request["model"] for request in server.requests] == ["claude-haiku-5-5", "claude-sonnet-5-5"]
    assert "Only part39." in json.dumps(server.requests[1]["messages"])
    calls = await writing.rows(ModelCall)
    assert [call.operation for call in calls] == ["explore", "generate"]
    assert generation.cost_usd == pytest.approx(sum(call.cost_usd for call in calls), abs=2e-6)


async def test_no_model_looks_where_the_setting_says_so(claude: tuple[MessagesApi, str], make: MakeWriting) -> None:
    server, writing = claude[0], make(look_by_tools=False, explore_cheaply=True)
    server.then(server.behaviours[-1])
    assert (await writing.ask()).status == "done"
    (only,) = server.requests
    assert [tool["name"] for tool in only["tools"]] == ["write_app"]


async def test_it_is_stopped_while_it_looks_and_asked_anew(
    claude: tuple[MessagesApi, str], make: MakeWriting, parts: Parts
) -> None:
    server, writing = claude[0], make()
    looks, app = server.behaviours
    server.then(looks, MessagesBehaviour(silent=True))
    project = await writing.project()
    generation = await writing.service.start(ME, project, "Change it")
    async for frame in parts.events.frames(project, 0, writing.spools):
        if "event: tool_used" in frame:
            break
    stopped = await writing.service.stop(ME, generation.id)
    assert (stopped.status, stopped.error and stopped.error["remedy"]) == ("stopped", "retry")
    assert stopped.input_tokens == 1_200
    assert await parts.store.head_tree(ME, project) == BIG
    server.then(looks, app)
    again = await writing.service.retry(ME, generation.id)
    async for frame in parts.events.frames(project, 0, writing.spools):
        if "event: generation_finished" in frame and (await writing.service.get(ME, again.id)).status == "done":
            break
    assert "src/new.ts" in await parts.store.head_tree(ME, project)
