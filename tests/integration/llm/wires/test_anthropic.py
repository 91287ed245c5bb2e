"""The real SDK against a local server that speaks the Messages streaming API: conversations with tools and pictures."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from builder.llm.conversation import errors
from builder.llm.conversation.events import AnswerEnded, ModelEvent, TextPiece, ThinkingPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCall,
    ToolResult,
)
from builder.llm.conversation.reply import Reply, gathered
from builder.llm.providers import ANTHROPIC
from builder.llm.testing.guard import RealRequest
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.llm.wires.anthropic import AnthropicClient, AnthropicModel
from tests.integration.llm.wires.talk import ASKED, CLOCK, OPTIONS, WEATHER, pause, read, replied


@pytest.fixture
async def api() -> AsyncIterator[tuple[MessagesApi, str]]:
    server = MessagesApi(MessagesBehaviour(prose="Yes, it is cold outside.", stop_reason="end_turn"))
    async with server.serve() as url:
        yield server, url


async def say(
    url: str,
    messages: list[ModelMessage] | None = None,
    tools: tuple[Tool, ...] = (),
    options: CallOptions = OPTIONS,
    *,
    model: str = "claude-sonnet-5-5",
    silence: float = 5,
) -> list[ModelEvent]:
    client = AnthropicClient(replace(ANTHROPIC, silence_seconds=silence), KEY, url)
    try:
        asked = AnthropicModel(client, model, pause=pause).stream(messages or ASKED, tools, options)
        return [event async for event in asked]
    finally:
        await client.close()


async def test_text_arrives_in_pieces_as_it_is_sent(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(MessagesBehaviour(prose="Yes, it is cold outside.", stop_reason="end_turn", chunk=5))
    events = await say(url)
    pieces = [event.text for event in events if isinstance(event, TextPiece)]
    assert len(pieces) == 5
    assert "".join(pieces) == "Yes, it is cold outside."
    assert events[-1] == AnswerEnded("end", "end_turn")
    told = replied(events).usage
    assert told is not None
    assert (told.input_tokens, told.cache_read, told.output_tokens) == (1_200, 800, 6)
    assert server.requests[0]["system"][0]["text"] == "You are brief."
    assert "tools" not in server.requests[0]


async def test_a_conversation_goes_on_over_tools_pictures_and_thoughts(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(
        MessagesBehaviour(
            {"city": "Oslo"}, thinking="They mean Oslo, I think.", sealed="c2VhbGVk", prose="I look.", calls=[("clock", {})]
        ),
        MessagesBehaviour(prose="Take one.", stop_reason="end_turn"),
    )  # fmt: skip
    thoughtful = replace(OPTIONS, thinking=True)
    first = await say(url, ASKED, (WEATHER, CLOCK), thoughtful)
    assert first[-1] == AnswerEnded("tool_use", "tool_use")
    assert len([event for event in first if isinstance(event, ThinkingPiece)]) >= 3
    answer = replied(first)
    assert answer.message.parts == (
        ThinkingPart("They mean Oslo, I think.", "c2lnbmVk"),
        ThinkingPart(sealed="c2VhbGVk"),
        TextPart("I look."),
        ToolCall("toolu_1", "weather", '{"city": "Oslo"}'),
        ToolCall("toolu_2", "clock", "{}"),
    )
    picture = ImagePart(b"\x89PNG-sky", "image/png")
    results = ModelMessage(
        "user", (ToolResult("toolu_1", "-8 °C", (picture,)), ToolResult("toolu_2", "no clock here", failed=True))
    )
    second = await say(url, [*ASKED, answer.message, results], (WEATHER, CLOCK), thoughtful)
    assert replied(second).text == "Take one."
    _, said, given = server.requests[1]["messages"]
    assert [block["type"] for block in said["content"]] == [
        "thinking", "redacted_thinking", "text", "tool_use", "tool_use",
    ]  # fmt: skip
    assert said["content"][0]["signature"] == "c2lnbmVk"
    assert said["content"][3]["input"] == {"city": "Oslo"}
    shown = given["content"][0]["content"][1]["source"]
    assert base64.b64decode(shown["data"]) == b"\x89PNG-sky"
    assert [block["is_error"] for block in given["content"]] == [False, True]
    assert [tool["name"] for tool in server.requests[1]["tools"]] == ["weather", "clock"]
    assert server.requests[1]["thinking"]["type"] == "adaptive"


async def test_a_tools_input_arrives_while_it_is_written(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(MessagesBehaviour({"city": "Oslo " * 40}))
    events = await say(url, tools=(WEATHER,))
    pieces = [event for event in events if isinstance(event, ToolInputPiece)]
    assert len(pieces) > 8
    assert {(piece.call, piece.name) for piece in pieces} == {("toolu_1", "weather")}
    assert server.requests[0]["tools"][0]["eager_input_streaming"] is True


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("end_turn", "end"),
        ("tool_use", "tool_use"),
        ("stop_sequence", "stop_sequence"),
        ("max_tokens", "max_tokens"),
        ("refusal", "refusal"),
        ("model_context_window_exceeded", "context"),
        ("pause_turn", "paused"),
    ],
)
async def test_each_ending_has_its_name(api: tuple[MessagesApi, str], reason: str, ending: str) -> None:
    server, url = api
    server.then(MessagesBehaviour(prose="So far", stop_reason=reason))
    assert (await say(url))[-1] == AnswerEnded(ending, reason)  # type: ignore[arg-type]


async def test_a_tool_call_that_is_cut_by_the_limit_says_so(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(MessagesBehaviour({"city": "Oslo"}, stop_after=8, stop_reason="max_tokens"))
    reply = replied(await say(url, tools=(WEATHER,)))
    assert reply.ended == AnswerEnded("max_tokens", "max_tokens")
    with pytest.raises(ValueError):
        reply.calls[0].values()


async def test_an_option_a_model_refuses_is_left_out(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    refusal = "thinking.type: adaptive thinking is not supported on this model"
    server.then(MessagesBehaviour(refuse=400, message=refusal), MessagesBehaviour(prose="Yes", stop_reason="end_turn"))
    events = await say(url, options=replace(OPTIONS, thinking=True), model="claude-brand-new-9")
    assert replied(events).text == "Yes"
    assert "thinking" not in server.requests[1]
    server.requests.clear()
    server.then(MessagesBehaviour(refuse=400, message=refusal))
    with pytest.raises(errors.RequestRefused):
        await say(url, options=replace(OPTIONS, thinking=True))
    assert len(server.requests) == 2  # not for ever


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (MessagesBehaviour({"city": "Oslo " * 40}, drop_after=60), errors.ConnectionLost),
        (MessagesBehaviour({"city": "Oslo " * 40}, error_after=60), errors.Overloaded),
        (MessagesBehaviour({"city": "Oslo " * 40}, hold_after=60), errors.TimedOut),
        (MessagesBehaviour(silent=True), errors.TimedOut),
    ],
)
async def test_a_stream_that_is_cut_keeps_what_came_and_is_not_asked_for_again(
    api: tuple[MessagesApi, str], behaviour: MessagesBehaviour, kind: type[errors.ModelError]
) -> None:
    server, url = api
    server.then(behaviour)
    client = AnthropicClient(replace(ANTHROPIC, silence_seconds=0.3), KEY, url)
    reply = Reply()
    with pytest.raises(kind):
        await read(client.model("claude-sonnet-5-5").stream(ASKED, [WEATHER], OPTIONS), reply)
    await client.close()
    assert bool(reply.calls) != behaviour.silent
    assert len(server.requests) == 1


async def test_what_it_costs_is_known_by_the_models_name() -> None:
    client = AnthropicClient(ANTHROPIC, KEY)
    assert client.model("claude-sonnet-5-5").cost(Usage(1_000_000)) == pytest.approx(2)
    assert client.model("claude-brand-new-9").cost(Usage(1_000_000)) is None


async def test_no_test_can_ask_a_real_model() -> None:
    with pytest.raises((RealRequest, errors.ConnectionLost)):
        await say("https://api.anthropic.com")


async def test_the_whole_answer_can_be_had_at_once(api: tuple[MessagesApi, str]) -> None:
    _, url = api
    client = AnthropicClient(ANTHROPIC, KEY, url)
    reply = await gathered(client.model("claude-sonnet-5-5").stream(ASKED, [], OPTIONS))
    await client.close()
    assert reply.text == "Yes, it is cold outside."
