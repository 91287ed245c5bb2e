"""The four wires with a recorded answer of each, in which text, thinking, two tool calls and counts come."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from builder.llm.conversation import errors
from builder.llm.conversation.events import ModelEvent, Waiting
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool, user_message
from builder.llm.conversation.model import Model
from builder.llm.conversation.provider import Client
from builder.llm.conversation.reply import Reply
from builder.llm.providers import ANTHROPIC, GOOGLE, OPENAI
from builder.llm.testing import chat_completions_api, generate_content_api, messages_api, responses_api
from builder.llm.testing.local_api import LocalApi
from builder.llm.wires.anthropic import AnthropicClient, AnthropicModel
from builder.llm.wires.chat_completions import ChatCompletionsClient, ChatCompletionsModel
from builder.llm.wires.gemini.generate_content import GeminiClient, GeminiModel
from builder.llm.wires.openai_sdk import OpenAIConnection
from builder.llm.wires.responses import ResponsesModel
from builder.llm.wires.retries import Pause

TEXT = 'Grüezi 👋 "quoted"\n\u2028 and \\d, twice: aa aa'
THOUGHT = "Is it cold? Ja, 2 °C."
CALLS = [("weather", {"city": "Zürich", "note": "0123456789" * 8}), ("clock", {})]
TOOLS = (Tool("weather", "The weather.", {"type": "object"}), Tool("clock", "The time.", {"type": "object"}))
ASKED = [user_message("Shall I take a coat?")]
OPTIONS = CallOptions("chat", thinking=True, max_output_tokens=4_000)


@dataclass(frozen=True, slots=True)
class Wire:
    """`record` gives the bytes of the answer, `client` a client of an address with a limit of silence in seconds,
    `model` its model, `error` the body of an error, `overloaded` the status that says so."""

    name: str
    record: Callable[[], AsyncIterator[bytes]]
    client: Callable[[str, float], Any]
    model: Callable[[Any, Pause], Model]
    error: Callable[[int], Mapping[str, Any]]
    overloaded: int


def _recorded(api: LocalApi[Any], path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Any:
    async def record() -> AsyncIterator[bytes]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://local") as http:
            yield (await http.post(path, headers=dict(headers), json=dict(body))).content

    return record


async def recorded(wire: Wire) -> bytes:
    return b"".join([piece async for piece in wire.record()])


def _anthropic(url: str, silence: float) -> AnthropicClient:
    return AnthropicClient(replace(ANTHROPIC, silence_seconds=silence), "k", url)


def _openai(url: str, silence: float) -> ChatCompletionsClient:
    return ChatCompletionsClient(replace(OPENAI, silence_seconds=silence), "k", f"{url}/v1")


def _responses(url: str, silence: float) -> OpenAIConnection:
    return _openai(url, silence)


def _google(url: str, silence: float) -> GeminiClient:
    return GeminiClient(replace(GOOGLE, silence_seconds=silence), "k", url)


_CHAT = {"answer": TEXT, "thinking": THOUGHT, "calls": CALLS, "chunk": 7, "finish_reason": "tool_calls"}
_BEARER = {"authorization": f"Bearer {chat_completions_api.KEY}"}
WIRES = {
    wire.name: wire
    for wire in (
        Wire(
            "messages",
            _recorded(
                messages_api.MessagesApi(
                    messages_api.MessagesBehaviour(
                        CALLS[0][1],
                        prose=TEXT,
                        thinking=THOUGHT,
                        calls=CALLS[1:],
                        chunk=7,
                        stop_reason="tool_use",
                    )
                ),
                "/v1/messages",
                {"x-api-key": messages_api.KEY},
                {"model": "claude-sonnet-5-5", "tools": [{"name": "weather"}]},
            ),
            _anthropic,
            lambda client, pause: AnthropicModel(client, "claude-sonnet-5-5", pause=pause),
            lambda status: {"type": "error", "error": {"type": "api_error", "message": "as told"}},
            529,
        ),
        Wire(
            "chat",
            _recorded(
                chat_completions_api.ChatCompletionsApi(chat_completions_api.ChatBehaviour(**_CHAT)),  # type: ignore[arg-type]
                "/v1/chat/completions",
                _BEARER,
                {"model": "gpt-5.6-sol", "stream_options": {"include_usage": True}},
            ),
            _openai,
            lambda client, pause: ChatCompletionsModel(client, "gpt-5.6-sol", pause=pause),
            lambda status: {"error": {"message": "as told", "type": "server_error", "param": None, "code": None}},
            503,
        ),
        Wire(
            "responses",
            _recorded(
                responses_api.ResponsesApi(responses_api.ResponseBehaviour(**_CHAT)),  # type: ignore[arg-type]
                "/v1/responses",
                _BEARER,
                {"model": "gpt-6.1-sol"},
            ),
            _responses,
            lambda client, pause: ResponsesModel(client, "gpt-6.1-sol", pause=pause),
            lambda status: {"error": {"message": "as told", "type": "server_error", "param": None, "code": None}},
            503,
        ),
        Wire(
            "generate_content",
            _recorded(
                generate_content_api.GenerateContentApi(
                    generate_content_api.ContentBehaviour(TEXT, thinking=THOUGHT, calls=CALLS, signature="s", chunk=7)
                ),
                "/v1beta/models/gemini-3.8-flash:streamGenerateContent",
                {"x-goog-api-key": generate_content_api.KEY},
                {},
            ),
            _google,
            lambda client, pause: GeminiModel(client, "gemini-3.8-flash", pause=pause),
            lambda status: {"error": {"code": status, "message": "as told", "status": "UNKNOWN"}},
            503,
        ),
    )
}


@dataclass(slots=True)
class Heard:
    """What came of an answer: all of it, or up to the fault."""

    reply: Reply
    waits: list[Waiting]
    fault: errors.ModelError | None = None

    @property
    def texts(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Text, thinking and the calls' inputs, as far as they came."""
        message: ModelMessage = self.reply.message
        thoughts = "".join(getattr(part, "text", "") for part in message.parts if type(part).__name__ == "ThinkingPart")
        return self.reply.text, thoughts, tuple((call.name, call.input) for call in self.reply.calls)


async def hear(model: Model) -> Heard:
    heard = Heard(Reply(), [])
    try:
        async for event in model.stream(ASKED, TOOLS, OPTIONS):
            _add(heard, event)
    except errors.ModelError as fault:
        heard.fault = fault
    return heard


def _add(heard: Heard, event: ModelEvent) -> None:
    if isinstance(event, Waiting):
        heard.waits.append(event)
    heard.reply.add(event)


@asynccontextmanager
async def connected(wire: Wire, url: str, silence: float = 5) -> AsyncIterator[Model]:
    """The wire's model; it does not wait before it asks again."""
    client: Client = wire.client(url, silence)

    async def pause(seconds: float) -> None:
        """Nobody waits in a test."""

    try:
        yield wire.model(client, pause)
    finally:
        await client.close()


def whole(heard: Heard) -> None:
    """Asserts that nothing is missing, doubled or out of place."""
    assert heard.fault is None
    text, thought, calls = heard.texts
    assert (text, thought) == (TEXT, THOUGHT)
    assert [(name, json.loads(given)) for name, given in calls] == CALLS
    assert heard.reply.ended is not None
    assert heard.reply.ended.ending == "tool_use"


def begins(part: Heard, all_of_it: Heard) -> bool:
    """Whether `part` is a beginning of `all_of_it`: nothing in it is doubled, changed or skipped."""
    text, thought, calls = part.texts
    whole_text, whole_thought, whole_calls = all_of_it.texts
    if not (whole_text.startswith(text) and whole_thought.startswith(thought) and len(calls) <= len(whole_calls)):
        return False
    *closed, last = calls or (("", ""),)
    known = dict(enumerate(whole_calls))
    return all(known[at] == call for at, call in enumerate(closed)) and (
        not calls or known[len(closed)][1].startswith(last[1]) or last[1] == "{}"
    )
