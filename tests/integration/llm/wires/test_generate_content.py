"""Google's generateContent against a local server that speaks it: conversations with tools, pictures and thinking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from builder.llm.conversation import errors
from builder.llm.conversation.events import (
    AnswerEnded,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    Usage,
    Waiting,
)
from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    ThinkingPart,
    Tool,
    ToolCall,
    ToolResult,
    user_message,
)
from builder.llm.providers import GOOGLE
from builder.llm.testing.generate_content_api import KEY, ContentBehaviour, GenerateContentApi
from builder.llm.testing.guard import RealRequest
from builder.llm.wires.gemini.generate_content import GeminiClient, GeminiModel
from tests.integration.llm.wires.talk import ASKED, CLOCK, OPTIONS, WEATHER, pause, replied

COAT = "Yes, it is cold outside."


@pytest.fixture
async def api() -> AsyncIterator[tuple[GenerateContentApi, str]]:
    server = GenerateContentApi(ContentBehaviour(COAT))
    async with server.serve() as url:
        yield server, url


async def say(
    url: str,
    messages: list[ModelMessage] | None = None,
    tools: tuple[Tool, ...] = (),
    options: CallOptions = OPTIONS,
    *,
    model: str = "gemini-3.8-flash",
    key: str = KEY,
    silence: float = 5,
) -> list[ModelEvent]:
    client = GeminiClient(replace(GOOGLE, silence_seconds=silence), key, url)
    try:
        asked = GeminiModel(client, model, pause=pause).stream(messages or ASKED, tools, options)
        return [event async for event in asked]
    finally:
        await client.close()


async def test_text_arrives_in_pieces_as_it_is_sent(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(ContentBehaviour(COAT, chunk=5))
    events = await say(url)
    assert [event.text for event in events if isinstance(event, TextPiece)] == [
        "Yes, ", "it is", " cold", " outs", "ide.",
    ]  # fmt: skip
    assert events[-1] == AnswerEnded("end", "STOP")


async def test_counts_tell_what_was_read_cached_and_written_with_the_thinking(
    api: tuple[GenerateContentApi, str],
) -> None:
    _, url = api
    counted = replied(await say(url)).usage
    assert counted == Usage(1_300, 30 + len(COAT) // 4, 800)
    model = GeminiClient(GOOGLE, KEY).model("gemini-3.8-flash")
    assert model.cost(Usage(1_000_000, 1_000_000, 1_000_000)) is not None
    assert model.cost(Usage()) is None  # unknown, not free


async def test_the_request_is_googles(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    await say(url, options=replace(OPTIONS, json=True, stop=("END",)))
    asked = server.requests[-1]
    assert asked["model"] == "gemini-3.8-flash"
    assert asked["systemInstruction"] == {"parts": [{"text": "You are brief."}]}
    assert asked["contents"] == [{"role": "user", "parts": [{"text": "Shall I take a coat?"}]}]
    assert asked["generationConfig"] == {
        "maxOutputTokens": 4_000,
        "stopSequences": ["END"],
        "responseMimeType": "application/json",
        "thinkingConfig": {"thinkingLevel": "low"},
    }


async def test_calls_come_whole_and_go_back_with_their_signature_and_result(
    api: tuple[GenerateContentApi, str],
) -> None:
    server, url = api
    server.then(
        ContentBehaviour(
            "I look.", calls=[("weather", {"city": "Zürich"}), ("clock", {})], signature="s1", thinking="Weather?"
        ),
        ContentBehaviour(COAT),
    )
    reply = replied(await say(url, tools=(WEATHER, CLOCK), options=replace(OPTIONS, thinking=True)))
    assert reply.ended == AnswerEnded("tool_use", "STOP")
    assert [(call.name, call.values()) for call in reply.calls] == [("weather", {"city": "Zürich"}), ("clock", {})]
    weather, clock = reply.calls
    picture = ImagePart(b"png", "image/png")
    results = ModelMessage(
        "user", (ToolResult(weather.id, "2 °C", (picture,)), ToolResult(clock.id, "no clock", failed=True))
    )
    await say(url, [*ASKED, reply.message, results], (WEATHER, CLOCK))
    _, answered, returned = server.requests[-1]["contents"]
    assert answered == {
        "role": "model",
        "parts": [
            {"text": "I look."},
            {
                "functionCall": {"id": "fc_1", "name": "weather", "args": {"city": "Zürich"}},
                "thoughtSignature": "s1",
            },
            {"functionCall": {"id": "fc_2", "name": "clock", "args": {}}},
        ],
    }
    assert returned["parts"] == [
        {"functionResponse": {"id": "fc_1", "name": "weather", "response": {"result": "2 °C"}}},
        {"functionResponse": {"id": "fc_2", "name": "clock", "response": {"error": "no clock"}}},
        {"inlineData": {"mimeType": "image/png", "data": "cG5n"}},
    ]
    declared = server.requests[-1]["tools"][0]["functionDeclarations"]
    assert [tool["name"] for tool in declared] == ["weather", "clock"]
    assert declared[0]["parametersJsonSchema"] == WEATHER.schema


async def test_a_tool_can_be_forced(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    await say(url, tools=(WEATHER,), options=replace(OPTIONS, tool="weather", json=True))
    asked = server.requests[-1]
    forced = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}}
    assert asked["toolConfig"] == forced
    assert "responseMimeType" not in asked["generationConfig"]  # the API takes one or the other


async def test_thinking_is_apart_from_the_text_and_its_signature_goes_back(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(ContentBehaviour(COAT, thinking="Is it cold? I think so.", signature="seal"))
    events = await say(url, options=replace(OPTIONS, thinking=True))
    assert "".join(event.text for event in events if isinstance(event, ThinkingPiece)) == "Is it cold? I think so."
    assert replied(events).text == COAT
    assert server.requests[-1]["generationConfig"]["thinkingConfig"] == {
        "thinkingLevel": "high",
        "includeThoughts": True,
    }
    await say(url, [*ASKED, replied(events).message, user_message("And gloves?")])
    assert server.requests[-1]["contents"][1]["parts"] == [{"text": COAT}, {"text": "", "thoughtSignature": "seal"}]


@pytest.mark.parametrize(
    ("model", "thinking", "config"),
    [
        ("gemini-2.5-flash", False, {"thinkingBudget": 0}),
        ("gemini-2.5-pro", False, {"thinkingBudget": 128}),
        ("gemini-2.5-pro", True, {"thinkingBudget": -1, "includeThoughts": True}),
        ("gemini-3.5-flash", False, {"thinkingLevel": "minimal"}),
    ],
)
async def test_a_model_is_told_how_much_to_think_in_its_own_words(
    api: tuple[GenerateContentApi, str], model: str, thinking: bool, config: dict[str, Any]
) -> None:
    server, url = api
    await say(url, model=model, options=replace(OPTIONS, thinking=thinking))
    assert server.requests[-1]["generationConfig"]["thinkingConfig"] == config


async def test_thinking_that_a_model_does_not_take_is_left_out(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(
        ContentBehaviour(refuse=400, message="Thinking level is not supported for this model."), ContentBehaviour(COAT)
    )
    assert replied(await say(url)).text == COAT
    assert "thinkingConfig" not in server.requests[-1]["generationConfig"]


async def test_another_providers_call_goes_with_the_mark_that_it_is_unsigned(
    api: tuple[GenerateContentApi, str],
) -> None:
    server, url = api
    answered = ModelMessage(
        "assistant", (ThinkingPart("Hm.", "claudes"), ToolCall("toolu_1", "clock"), ToolCall("toolu_2", "clock"))
    )
    results = ModelMessage("user", (ToolResult("toolu_1", "9"), ToolResult("toolu_2", "9")))
    await say(url, [*ASKED, answered, results], (CLOCK,))
    first, second = server.requests[-1]["contents"][1]["parts"]
    assert first["thoughtSignature"] == "skip_thought_signature_validator"
    assert "thoughtSignature" not in second


@pytest.mark.parametrize(
    ("reason", "ending"),
    [("STOP", "end"), ("MAX_TOKENS", "max_tokens"), ("SAFETY", "refusal"), ("RECITATION", "refusal"),
     ("PROHIBITED_CONTENT", "refusal"), ("SPII", "refusal"), ("BLOCKLIST", "refusal"), ("LANGUAGE", "refusal")],
)  # fmt: skip
async def test_every_ending_has_its_meaning(api: tuple[GenerateContentApi, str], reason: str, ending: str) -> None:
    server, url = api
    server.then(ContentBehaviour(COAT, finish_reason=reason))
    assert (await say(url))[-1] == AnswerEnded(ending, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER"])
async def test_an_answer_that_is_none_can_be_asked_for_again(api: tuple[GenerateContentApi, str], reason: str) -> None:
    server, url = api
    server.then(ContentBehaviour(finish_reason=reason))
    with pytest.raises(errors.ProviderFailed) as failed:
        await say(url)
    assert failed.value.remedy == "retry"
    assert failed.value.detail == reason


async def test_a_blocked_prompt_is_a_refusal(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(ContentBehaviour(blocked="PROHIBITED_CONTENT"))
    assert (await say(url))[-1] == AnswerEnded("refusal", "PROHIBITED_CONTENT")


DELAY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests"),
    [
        (ContentBehaviour(refuse=400), errors.RequestRefused, 1),
        (
            ContentBehaviour(
                refuse=400,
                message="The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
            ),
            errors.TooLong,
            1,
        ),
        (ContentBehaviour(refuse=401), errors.BadKey, 1),
        (ContentBehaviour(refuse=403), errors.Forbidden, 1),
        (ContentBehaviour(refuse=404), errors.UnknownModel, 1),
        (ContentBehaviour(refuse=413), errors.TooLong, 1),
        (ContentBehaviour(refuse=429, details=[DELAY]), errors.RateLimited, 1),
        (ContentBehaviour(refuse=429, headers={"retry-after": "2"}), errors.RateLimited, 3),
        (ContentBehaviour(refuse=429, message="Your prepayment credits are depleted."), errors.NoCredit, 1),
        (ContentBehaviour(refuse=500), errors.ProviderFailed, 3),
        (ContentBehaviour(refuse=503), errors.Overloaded, 3),
        (ContentBehaviour(refuse=504), errors.TimedOut, 1),
        (ContentBehaviour(COAT, drop_after=0), errors.ConnectionLost, 1),
        (ContentBehaviour(COAT, drop_after=20), errors.ConnectionLost, 1),
        (ContentBehaviour(COAT, error_after=20), errors.Overloaded, 1),
        (ContentBehaviour(COAT, error_after=20, error=500), errors.ProviderFailed, 1),
        (ContentBehaviour(COAT, finish_reason=None), errors.ConnectionLost, 1),
    ],
)
async def test_every_fault_has_its_sentence_and_remedy(
    api: tuple[GenerateContentApi, str], behaviour: ContentBehaviour, kind: type[errors.ModelError], requests: int
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(kind) as failed:
        await say(url)
    assert type(failed.value) is kind
    assert "Gemini" in failed.value.message or kind in (errors.TooLong, errors.Forbidden)
    assert len(server.requests) == requests


async def test_a_wrong_key_is_called_that(api: tuple[GenerateContentApi, str]) -> None:
    _, url = api
    with pytest.raises(errors.BadKey):
        await say(url, key="AIzaWrong")
    client = GeminiClient(GOOGLE, "AIzaWrong", url)
    with pytest.raises(errors.BadKey):
        await client.names()
    await client.close()


async def test_how_long_to_wait_is_known_from_the_answer(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(ContentBehaviour(refuse=429, details=[DELAY]))
    with pytest.raises(errors.RateLimited) as failed:
        await say(url)
    assert failed.value.retry_after == 34.07
    server.then(ContentBehaviour(refuse=503), ContentBehaviour(COAT))
    events = await say(url)
    assert [(event.reason, event.provider) for event in events if isinstance(event, Waiting)] == [
        ("overloaded", "Gemini")
    ]
    assert replied(events).text == COAT


@pytest.mark.parametrize("behaviour", [ContentBehaviour(COAT, silent=True), ContentBehaviour(COAT, hold_after=20)])
async def test_silence_has_an_end(api: tuple[GenerateContentApi, str], behaviour: ContentBehaviour) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(errors.TimedOut):
        await say(url, silence=0.2)


async def test_closing_the_answer_ends_the_request(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    server.then(ContentBehaviour(COAT, hold_after=20))
    client = GeminiClient(replace(GOOGLE, silence_seconds=5), KEY, url)
    async with asyncio.timeout(3), aclosing(client.model("gemini-3.8-flash").stream(ASKED, (), OPTIONS)) as events:
        async for event in events:
            if isinstance(event, TextPiece):
                break
    await client.close()


async def test_the_menu_has_what_makes_content_over_all_pages(api: tuple[GenerateContentApi, str]) -> None:
    server, url = api
    client = GeminiClient(GOOGLE, KEY, url)
    assert await client.names() == ["gemini-3.8-flash", "gemini-2.5-pro"]
    assert server.listed == 2
    await client.close()


async def test_no_test_can_ask_a_real_model() -> None:
    with pytest.raises((RealRequest, errors.ConnectionLost)):
        await say("")
