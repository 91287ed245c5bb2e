"""The real SDK against a local server that speaks chat completions: conversations with tools and pictures."""

from __future__ import annotations

import contextlib
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
from builder.llm.conversation.reply import Reply
from builder.llm.providers import OPENAI
from builder.llm.testing.chat_completions_api import KEY, ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.guard import RealRequest
from builder.llm.wires.chat_completions import ChatCompletionsClient, ChatCompletionsModel
from tests.integration.llm.wires.talk import ASKED, CLOCK, OPTIONS, WEATHER, pause, read, replied

MODEL = "gpt-5.6-sol"


@pytest.fixture
async def api() -> AsyncIterator[tuple[ChatCompletionsApi, str]]:
    server = ChatCompletionsApi(ChatBehaviour("Yes, it is cold outside."))
    async with server.serve() as url:
        yield server, f"{url}/v1"


async def say(
    url: str,
    messages: list[ModelMessage] | None = None,
    tools: tuple[Tool, ...] = (),
    options: CallOptions = OPTIONS,
    *,
    model: str = MODEL,
) -> list[ModelEvent]:
    client = ChatCompletionsClient(replace(OPENAI, silence_seconds=5), KEY, url)
    try:
        asked = ChatCompletionsModel(client, model, pause=pause).stream(messages or ASKED, tools, options)
        return [event async for event in asked]
    finally:
        await client.close()


async def test_text_arrives_in_pieces_as_it_is_sent(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(ChatBehaviour("Yes, it is cold outside.", chunk=5))
    events = await say(url)
    pieces = [event.text for event in events if isinstance(event, TextPiece)]
    assert len(pieces) == 5
    assert "".join(pieces) == "Yes, it is cold outside."
    assert events[-1] == AnswerEnded("end", "stop")
    assert replied(events).usage == Usage(1_200, 6, 800, 100)
    assert server.requests[0]["messages"][0] == {"role": "system", "content": "You are brief."}
    assert "response_format" not in server.requests[0]


async def test_a_conversation_goes_on_over_tools_and_pictures(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(
        ChatBehaviour("I look.", calls=[("weather", {"city": "Oslo"}), ("clock", {})], finish_reason="tool_calls", chunk=6),
        ChatBehaviour("Take one."),
    )  # fmt: skip
    first = await say(url, ASKED, (WEATHER, CLOCK))
    assert first[-1] == AnswerEnded("tool_use", "tool_calls")
    assert len([event for event in first if isinstance(event, ToolInputPiece)]) > 4
    answer = replied(first)
    assert answer.message.parts == (
        TextPart("I look."),
        ToolCall("call_1x", "weather", '{"city": "Oslo"}'),
        ToolCall("call_2x", "clock", "{}"),
    )
    sky = ImagePart(b"\x89PNG-sky", "image/png")
    results = ModelMessage(
        "user", (ToolResult("call_1x", "-8 °C", (sky,)), ToolResult("call_2x", "no clock here", failed=True))
    )
    second = await say(url, [*ASKED, answer.message, results], (WEATHER, CLOCK))
    assert replied(second).text == "Take one."
    _, _, said, weather, clock, shown = server.requests[1]["messages"]
    assert [call["function"]["name"] for call in said["tool_calls"]] == ["weather", "clock"]
    assert (weather["tool_call_id"], weather["content"]) == ("call_1x", "-8 °C")
    assert (clock["tool_call_id"], clock["content"]) == ("call_2x", "Error: no clock here")
    assert shown["content"][0]["image_url"]["url"].startswith("data:image/png;base64,")
    assert [tool["function"]["name"] for tool in server.requests[1]["tools"]] == ["weather", "clock"]


async def test_what_other_servers_tell_of_the_models_thoughts_is_told_apart(
    api: tuple[ChatCompletionsApi, str],
) -> None:
    server, url = api
    server.then(ChatBehaviour("Yes.", thinking="Oslo is cold in November."))
    events = await say(url, options=replace(OPTIONS, thinking=True), model="llama-9:70b")
    assert [event for event in events if isinstance(event, ThinkingPiece)]
    assert replied(events).message.parts == (ThinkingPart("Oslo is cold in November."), TextPart("Yes."))
    assert server.requests[0]["reasoning_effort"] == "high"


async def test_a_refusal_in_words_is_marked(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(ChatBehaviour(refusal="I cannot help with that."))
    pieces = [event for event in await say(url) if isinstance(event, TextPiece)]
    assert all(piece.refusal for piece in pieces)
    assert "".join(piece.text for piece in pieces) == "I cannot help with that."


@pytest.mark.parametrize(
    ("reason", "ending"),
    [("stop", "end"), ("length", "max_tokens"), ("content_filter", "refusal"), ("tool_calls", "tool_use")],
)
async def test_each_ending_has_its_name(api: tuple[ChatCompletionsApi, str], reason: str, ending: str) -> None:
    server, url = api
    server.then(ChatBehaviour("So far", finish_reason=reason))
    assert (await say(url))[-1] == AnswerEnded(ending, reason)  # type: ignore[arg-type]


async def test_tools_are_not_sent_to_a_model_that_takes_none_here(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    with pytest.raises(errors.RequestRefused):
        await say(url, tools=(WEATHER,), model="gpt-6.1-sol")
    assert server.requests == []


async def test_options_a_server_refuses_are_left_out(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(
        ChatBehaviour(refuse=400, parameter="reasoning_effort", message="not supported"),
        ChatBehaviour(refuse=400, parameter="parallel_tool_calls", message="not supported"),
        ChatBehaviour("Yes."),
    )
    options = replace(OPTIONS, thinking=True, one_call=True)
    assert replied(await say(url, tools=(WEATHER,), options=options)).text == "Yes."
    assert not {"reasoning_effort", "parallel_tool_calls"} & {*server.requests[-1]}


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (ChatBehaviour("It is cold. " * 20, drop_after=60), errors.ConnectionLost),
        (ChatBehaviour("It is cold. " * 20, stop_after=60, finish_reason=None), errors.ConnectionLost),
        (ChatBehaviour("It is cold. " * 20, error_after=60), errors.ProviderFailed),
        (ChatBehaviour("It is cold. " * 20, hold_after=60), errors.TimedOut),
    ],
)
async def test_a_stream_that_is_cut_keeps_what_came_and_is_not_asked_for_again(
    api: tuple[ChatCompletionsApi, str], behaviour: ChatBehaviour, kind: type[errors.ModelError]
) -> None:
    server, url = api
    server.then(behaviour)
    client = ChatCompletionsClient(replace(OPENAI, silence_seconds=0.3), KEY, url)
    reply = Reply()
    with pytest.raises(kind):
        await read(client.model(MODEL).stream(ASKED, [], OPTIONS), reply)
    await client.close()
    assert reply.text.startswith("It is cold.")
    assert reply.usage is None
    assert len(server.requests) == 1


async def test_no_test_can_ask_a_real_model() -> None:
    with pytest.raises((RealRequest, errors.ConnectionLost)):
        await say("https://api.openai.com/v1")


@pytest.mark.parametrize(
    ("status", "message", "left_out"),
    [
        (400, "This response_format type is unavailable now", "response_format"),  # DeepSeek
        (400, "'response_format.type' must be 'json_schema' or 'text'", "response_format"),  # LM Studio
        (422, "Extra inputs are not permitted: parallel_tool_calls", "parallel_tool_calls"),
        (400, "Unrecognized request argument supplied: stream_options", "stream_options"),
        (400, "Unknown parameter: reasoning_effort", "reasoning_effort"),
    ],
)
async def test_what_another_server_does_not_take_is_left_out_once_and_for_all(
    api: tuple[ChatCompletionsApi, str], status: int, message: str, left_out: str
) -> None:
    server, url = api
    tools, options = (WEATHER,), replace(OPTIONS, json=True, thinking=True, one_call=True)
    client = ChatCompletionsClient(replace(OPENAI, silence_seconds=5), KEY, url)
    server.then(ChatBehaviour(refuse=status, message=message, error_type="BadRequestError"), ChatBehaviour("Yes."))
    for _ in range(2):
        async with contextlib.aclosing(client.model("llama-9:70b").stream(ASKED, tools, options)) as events:
            assert replied([event async for event in events]).text == "Yes."
    await client.close()
    assert [left_out in request for request in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "registry.ollama.ai/library/gemma:latest does not support tools"),  # Ollama
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),  # vLLM
        (500, "tools param requires --jinja flag"),  # llama.cpp
        (404, "No endpoints found that support tool use."),  # OpenRouter
    ],
)
async def test_a_model_without_tools_says_so_and_its_profile_from_then_on(
    api: tuple[ChatCompletionsApi, str], status: int, message: str
) -> None:
    server, url = api
    client = ChatCompletionsClient(replace(OPENAI, silence_seconds=5), KEY, url)
    server.then(ChatBehaviour(refuse=status, message=message, error_type="api_error"))
    model = client.model("gemma:latest")
    assert model.profile.tools
    for _ in range(2):
        with pytest.raises(errors.NoTools):
            await read(model.stream(ASKED, (WEATHER,), OPTIONS), Reply())
    await client.close()
    assert len(server.requests) == 1
    assert not model.profile.tools
    assert not client.model("gemma:latest").profile.tools
    assert client.model("llama-9:70b").profile.tools
