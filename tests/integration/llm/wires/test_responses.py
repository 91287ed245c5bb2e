"""The real SDK against a local server that speaks OpenAI's Responses: conversations, endings, and streams cut anywhere."""

from __future__ import annotations

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
from builder.llm.testing.chat_completions_api import KEY
from builder.llm.testing.responses_api import SEALED, ResponseBehaviour, ResponsesApi
from builder.llm.wires.responses import OpenAIClient, ResponsesModel
from tests.integration.llm.wires.talk import ASKED, CLOCK, OPTIONS, WEATHER, pause, replied

MODEL = "gpt-6.1-sol"
LONG = "It is cold. " * 20


@pytest.fixture
async def api() -> AsyncIterator[tuple[ResponsesApi, str]]:
    server = ResponsesApi(ResponseBehaviour("Yes, it is cold outside."))
    async with server.serve() as url:
        yield server, f"{url}/v1"


async def say(
    url: str,
    messages: list[ModelMessage] | None = None,
    tools: tuple[Tool, ...] = (),
    options: CallOptions = OPTIONS,
    *,
    reply: Reply | None = None,
    key: str = KEY,
    silence: float = 5,
) -> list[ModelEvent]:
    """What arrived; `reply` has it as well where the answer breaks off."""
    client = OpenAIClient(replace(OPENAI, silence_seconds=silence), key, url)
    events: list[ModelEvent] = []
    try:
        async for event in ResponsesModel(client, MODEL, pause=pause).stream(messages or ASKED, tools, options):
            events.append(event)
            if reply:
                reply.add(event)
    finally:
        await client.close()
    return events


async def test_text_arrives_in_pieces_and_nothing_stays_with_the_provider(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    server.then(ResponseBehaviour("Yes, it is cold outside.", chunk=5))
    events = await say(url)
    pieces = [event.text for event in events if isinstance(event, TextPiece)]
    assert len(pieces) == 5
    assert "".join(pieces) == "Yes, it is cold outside."
    assert events[-1] == AnswerEnded("end", "completed")
    assert replied(events).usage == Usage(1_200, 6, 800, 100)
    body = server.requests[0]
    assert body["instructions"] == "You are brief."
    assert (body["store"], body["include"]) == (False, ["reasoning.encrypted_content"])
    assert body["max_output_tokens"] == 4_000


async def test_a_conversation_goes_on_over_thinking_tools_and_pictures(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    server.then(
        ResponseBehaviour(
            "I look.",
            thinking="Oslo is cold.\nThe clock helps.",
            calls=[("weather", {"city": "Oslo"}), ("clock", {})],
            chunk=6,
        ),
        ResponseBehaviour("Take one."),
    )
    first = await say(url, ASKED, (WEATHER, CLOCK), replace(OPTIONS, thinking=True))
    assert first[-1] == AnswerEnded("tool_use", "completed")
    assert len([event for event in first if isinstance(event, ToolInputPiece)]) > 4
    assert len([event for event in first if isinstance(event, ThinkingPiece)]) > 4
    answer = replied(first)
    thought, *rest = answer.message.parts
    assert isinstance(thought, ThinkingPart)
    assert thought.text == "Oslo is cold.\n\nThe clock helps."
    assert rest == [
        TextPart("I look."),
        ToolCall("call_2x", "weather", '{"city": "Oslo"}'),
        ToolCall("call_3x", "clock", "{}"),
    ]
    sky = ImagePart(b"\x89PNG-sky", "image/png")
    results = ModelMessage(
        "user", (ToolResult("call_2x", "-8 °C", (sky,)), ToolResult("call_3x", "no clock here", failed=True))
    )
    second = await say(url, [*ASKED, answer.message, results], (WEATHER, CLOCK))
    assert replied(second).text == "Take one."
    asked, reasoning, said, weather, clock, cold, late = server.requests[1]["input"]
    assert asked["role"] == "user"
    # As it came: the same item with its seal, before the calls that it led to.
    assert reasoning == {
        "id": "rs_0",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": line} for line in ("Oslo is cold.", "The clock helps.")],
        "encrypted_content": SEALED,
    }
    assert said == {"role": "assistant", "content": "I look."}
    assert [(call["call_id"], call["name"]) for call in (weather, clock)] == [
        ("call_2x", "weather"),
        ("call_3x", "clock"),
    ]
    assert cold["output"][0] == {"type": "input_text", "text": "-8 °C"}
    assert cold["output"][1]["image_url"].startswith("data:image/png;base64,")
    assert late == {"type": "function_call_output", "call_id": "call_3x", "output": "Error: no clock here"}
    assert server.requests[0]["reasoning"] == {"effort": "high", "summary": "auto"}
    assert [(tool["name"], tool["strict"]) for tool in server.requests[1]["tools"]] == [
        ("weather", False),
        ("clock", False),
    ]


async def test_a_refusal_in_words_is_marked(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    server.then(ResponseBehaviour(refusal="I cannot help with that."))
    pieces = [event for event in await say(url) if isinstance(event, TextPiece)]
    assert all(piece.refusal for piece in pieces)
    assert "".join(piece.text for piece in pieces) == "I cannot help with that."


@pytest.mark.parametrize(
    ("reason", "ending", "detail"),
    [
        ("stop", "end", "completed"),
        ("length", "max_tokens", "max_output_tokens"),
        ("content_filter", "refusal", "content_filter"),
        ("max_messages", "paused", "max_messages"),
        ("a reason of tomorrow", "paused", "a reason of tomorrow"),
    ],
)
async def test_each_ending_has_its_name(api: tuple[ResponsesApi, str], reason: str, ending: str, detail: str) -> None:
    server, url = api
    server.then(ResponseBehaviour("So far", finish_reason=reason))
    events = await say(url)
    assert events[-1] == AnswerEnded(ending, detail)  # type: ignore[arg-type]
    assert replied(events).usage is not None


@pytest.mark.parametrize("code", ["bio_policy", "misalignment_policy_violation"])
async def test_a_response_that_a_policy_ends_is_a_refusal(api: tuple[ResponsesApi, str], code: str) -> None:
    server, url = api
    server.then(ResponseBehaviour(LONG, error_after=60, fails=True, code=code))
    assert (await say(url))[-1] == AnswerEnded("refusal", code)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("server_error", errors.ProviderFailed),
        ("rate_limit_exceeded", errors.RateLimited),
        ("server_is_overloaded", errors.Overloaded),
        ("insufficient_quota", errors.NoCredit),
        ("context_length_exceeded", errors.TooLong),
        ("invalid_prompt", errors.RequestRefused),
        ("image_too_large", errors.RequestRefused),
        ("a_code_of_tomorrow", errors.ProviderFailed),
    ],
)
async def test_an_error_in_the_stream_is_told_by_its_name(
    api: tuple[ResponsesApi, str], code: str, kind: type[errors.ModelError], fails: bool
) -> None:
    server, url = api
    server.then(ResponseBehaviour(LONG, error_after=60, code=code, fails=fails))
    reply = Reply()
    with pytest.raises(kind) as caught:
        await say(url, reply=reply)
    assert type(caught.value) is kind
    assert reply.text.startswith("It is cold.")
    assert len(server.requests) == 1
    assert KEY not in caught.value.message + caught.value.detail


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests"),
    [
        (ResponseBehaviour(refuse=401), errors.BadKey, 1),
        (ResponseBehaviour(refuse=402), errors.NoCredit, 1),
        (ResponseBehaviour(refuse=403), errors.Forbidden, 1),
        (ResponseBehaviour(refuse=404), errors.UnknownModel, 1),
        (ResponseBehaviour(refuse=400, code="context_length_exceeded"), errors.TooLong, 1),
        (ResponseBehaviour(refuse=413), errors.TooLong, 1),
        (ResponseBehaviour(refuse=400), errors.RequestRefused, 1),
        (ResponseBehaviour(refuse=429, error_type="insufficient_quota"), errors.NoCredit, 1),
        (ResponseBehaviour(refuse=429, headers={"retry-after": "31"}), errors.RateLimited, 1),
        (ResponseBehaviour(refuse=429, headers={"retry-after": "2"}), errors.RateLimited, 3),
        (ResponseBehaviour(refuse=503), errors.Overloaded, 3),
        (ResponseBehaviour(refuse=500), errors.ProviderFailed, 3),
        (ResponseBehaviour(refuse=504), errors.TimedOut, 1),
    ],
)
async def test_each_status_is_told_by_its_name(
    api: tuple[ResponsesApi, str], behaviour: ResponseBehaviour, kind: type[errors.ModelError], requests: int
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(kind) as caught:
        await say(url)
    assert type(caught.value) is kind
    assert len(server.requests) == requests


async def test_a_wrong_key_is_in_no_message(api: tuple[ResponsesApi, str]) -> None:
    _, url = api
    with pytest.raises(errors.BadKey) as caught:
        await say(url, key="sk-proj-someone-elses-key")
    assert "someone-elses" not in caught.value.message + caught.value.detail


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (ResponseBehaviour(LONG, drop_after=60), errors.ConnectionLost),
        (ResponseBehaviour(LONG, stop_after=60, finish_reason=None), errors.ConnectionLost),
        (ResponseBehaviour(LONG, hold_after=60), errors.TimedOut),
    ],
)
async def test_a_stream_that_breaks_off_keeps_what_came_and_is_not_asked_for_again(
    api: tuple[ResponsesApi, str], behaviour: ResponseBehaviour, kind: type[errors.ModelError]
) -> None:
    server, url = api
    server.then(behaviour)
    reply = Reply()
    with pytest.raises(kind):
        await say(url, reply=reply, silence=0.3)
    assert reply.text.startswith("It is cold.")
    assert reply.usage is None
    assert len(server.requests) == 1


TALKATIVE = ResponseBehaviour("Ja, å — 😀.", thinking="Kalt.", calls=[("weather", {"city": "Tromsø"})], chunk=3)


@pytest.mark.parametrize("split", [1, 2, 3, 7, 64])
async def test_how_the_bytes_are_split_changes_nothing(api: tuple[ResponsesApi, str], split: int) -> None:
    server, url = api
    server.then(TALKATIVE, replace(TALKATIVE, split=split))
    assert await say(url, tools=(WEATHER,)) == await say(url, tools=(WEATHER,))


async def test_events_told_twice_and_events_nobody_knows_change_nothing(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    server.then(TALKATIVE, replace(TALKATIVE, noise=True))
    assert await say(url, tools=(WEATHER,)) == await say(url, tools=(WEATHER,))


async def test_a_stream_cut_at_any_byte_gives_its_beginning_and_says_that_it_was_cut(
    api: tuple[ResponsesApi, str],
) -> None:
    server, url = api
    server.then(TALKATIVE)
    whole = replied(await say(url, tools=(WEATHER,)))
    cuts = 0
    for at in range(0, 100_000, 53):
        server.then(replace(TALKATIVE, cut_at=at))
        reply = Reply()
        try:
            await say(url, tools=(WEATHER,), reply=reply)
        except errors.ConnectionLost:
            cuts += 1
            assert whole.text.startswith(reply.text)
            assert all(call.input == "{}" or whole.calls[0].input.startswith(call.input) for call in reply.calls)
            continue
        break  # the cut lies behind the last byte that counts
    assert cuts > 50
    assert reply.message == whole.message


async def test_options_a_model_refuses_are_left_out(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    refused = ("reasoning.summary", "parallel_tool_calls", "tool_choice", "include")
    server.then(*(ResponseBehaviour(refuse=400, parameter=name) for name in refused), ResponseBehaviour("Yes."))
    options = replace(OPTIONS, thinking=True, one_call=True, tool="weather")
    assert replied(await say(url, tools=(WEATHER,), options=options)).text == "Yes."
    assert server.requests[0]["tool_choice"] == {"type": "function", "name": "weather"}
    assert not {"reasoning", "parallel_tool_calls", "tool_choice", "include"} & {*server.requests[-1]}


async def test_texts_that_end_an_answer_are_refused_before_anything_is_asked(api: tuple[ResponsesApi, str]) -> None:
    server, url = api
    with pytest.raises(errors.RequestRefused):
        await say(url, options=replace(OPTIONS, stop=("END",)))
    assert server.requests == []


async def test_openais_own_service_gives_its_newest_models_tools_and_another_address_does_not() -> None:
    own, elsewhere = OpenAIClient(OPENAI, KEY), OpenAIClient(OPENAI, KEY, "http://localhost:4000/v1")
    assert [client.model(MODEL).profile.tools for client in (own, elsewhere)] == [True, False]
    assert own.model(MODEL).profile.eager_tools
    assert not own.model("gpt-5.6-sol").profile.eager_tools  # chat completions give it tools already
