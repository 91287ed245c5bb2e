"""The real SDK against a local server that speaks the Messages streaming API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelRequest, ProseText
from builder.llm.conversation import errors
from builder.llm.conversation.events import Usage
from builder.llm.language_models import LanguageModels
from builder.llm.providers import ANTHROPIC
from builder.llm.testing.guard import RealRequest
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.llm.wires.anthropic import AnthropicClient, AnthropicModel

REQUEST = ModelRequest("first", "a todo app", system="You build apps.", user="Build a todo app.")
ANSWER = {"title": "Todo", "files": {"a.ts": "const a = 1;\n" * 20}}


@pytest.fixture
async def api() -> AsyncIterator[tuple[MessagesApi, str]]:
    server = MessagesApi(MessagesBehaviour(ANSWER))
    async with server.serve() as url:
        yield server, url


async def ask(url: str, *, model: str = "claude-sonnet-5-5", key: str = KEY, silence: float = 5) -> list[DraftEvent]:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    client = AnthropicClient(replace(ANTHROPIC, silence_seconds=silence), key, url)
    try:
        writer = DraftWriter(AnthropicModel(client, model, pause=pause))
        return [event async for event in writer.stream(REQUEST)]
    finally:
        await client.close()


async def test_the_draft_arrives_in_pieces_as_they_are_sent(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    events = await ask(url)
    pieces = [event.text for event in events if isinstance(event, JsonText)]
    assert len(pieces) > 10
    assert "".join(pieces).startswith('{"title": "Todo"')
    assert events[-1] == Finished("end", "tool_use")
    usage = next(event for event in reversed(events) if isinstance(event, Usage))
    assert (usage.input_tokens, usage.cache_read) == (1_200, 800)
    assert usage.output_tokens > 50
    body = server.requests[0]
    assert body["tools"][0]["eager_input_streaming"] is True
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["stream"] is True


async def test_each_model_is_asked_in_the_way_it_accepts(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    await ask(url, model="claude-sonnet-5-5")
    await ask(url, model="claude-sonnet-4-6")
    await ask(url, model="claude-brand-new-9")
    newest, forced, unknown = server.requests
    assert (newest["tool_choice"]["type"], newest["thinking"]) == ("auto", {"type": "between_tools"})
    assert forced["tool_choice"] == {"type": "tool", "name": "write_app", "disable_parallel_tool_use": True}
    assert unknown["tool_choice"]["type"] == "auto"
    assert "thinking" not in unknown


async def test_an_option_a_model_refuses_is_left_out(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(
        MessagesBehaviour(refuse=400, message='tool_choice: type "tool" is not supported for this model.'),
        MessagesBehaviour(ANSWER),
    )
    events = await ask(url, model="claude-sonnet-4-6")
    assert isinstance(events[-1], Finished)
    assert server.requests[1]["tool_choice"]["type"] == "auto"


async def test_talk_is_told_apart_from_the_app(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(MessagesBehaviour(prose="I would rather talk.", stop_reason="end_turn"))
    events = await ask(url)
    assert "".join(event.text for event in events if isinstance(event, ProseText)) == "I would rather talk."
    assert not [event for event in events if isinstance(event, JsonText)]


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests"),
    [
        (MessagesBehaviour(refuse=401), errors.BadKey, 1),
        (MessagesBehaviour(refuse=402, message="billing"), errors.NoCredit, 1),
        (
            MessagesBehaviour(refuse=400, message="Your credit balance is too low to access the API."),
            errors.NoCredit,
            1,
        ),
        (MessagesBehaviour(refuse=403), errors.Forbidden, 1),
        (MessagesBehaviour(refuse=404), errors.UnknownModel, 1),
        (
            MessagesBehaviour(refuse=400, message="prompt is too long: 1200000 tokens > 1000000 maximum"),
            errors.TooLong,
            1,
        ),
        (MessagesBehaviour(refuse=413), errors.TooLong, 1),
        (MessagesBehaviour(refuse=400, message="something else"), errors.RequestRefused, 1),
        (MessagesBehaviour(refuse=429, headers={"retry-after": "31"}), errors.RateLimited, 1),
        (MessagesBehaviour(refuse=429, headers={"retry-after": "2"}), errors.RateLimited, 3),
        (MessagesBehaviour(refuse=529), errors.Overloaded, 3),
        (MessagesBehaviour(refuse=500), errors.ProviderFailed, 3),
        (MessagesBehaviour(ANSWER, drop_after=100), errors.ConnectionLost, 1),
        (MessagesBehaviour(ANSWER, error_after=100), errors.Overloaded, 1),
        (MessagesBehaviour(ANSWER, error_after=100, error_type="api_error"), errors.ProviderFailed, 1),
    ],
)
async def test_each_failure_is_told_by_its_name(
    api: tuple[MessagesApi, str], behaviour: MessagesBehaviour, kind: type[errors.ModelError], requests: int
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(kind) as caught:
        await ask(url)
    assert type(caught.value) is kind
    assert len(server.requests) == requests  # never again once the answer had begun, or when waiting is long
    assert KEY not in caught.value.message + caught.value.detail


async def test_a_short_overload_is_waited_out(api: tuple[MessagesApi, str]) -> None:
    server, url = api
    server.then(MessagesBehaviour(refuse=529), MessagesBehaviour(ANSWER))
    assert isinstance((await ask(url))[-1], Finished)


@pytest.mark.parametrize(
    "behaviour", [MessagesBehaviour(ANSWER, silent=True), MessagesBehaviour(ANSWER, hold_after=60)]
)
async def test_silence_ends_in_a_time_out_and_is_not_paid_twice(
    api: tuple[MessagesApi, str], behaviour: MessagesBehaviour
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(errors.TimedOut):
        await ask(url, silence=0.3)
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(errors.Unreachable):
        await ask("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("reason", "finished"),
    [
        ("max_tokens", "max_tokens"),
        ("refusal", "refusal"),
        ("model_context_window_exceeded", "context"),
        ("end_turn", "end"),
    ],
)
async def test_why_it_stopped_is_kept(api: tuple[MessagesApi, str], reason: str, finished: str) -> None:
    server, url = api
    server.then(MessagesBehaviour(ANSWER, stop_after=80, stop_reason=reason))
    assert (await ask(url))[-1] == Finished(finished, reason)  # type: ignore[arg-type]


async def test_the_menu_lists_what_the_key_can_use_and_asks_once(api: tuple[MessagesApi, str]) -> None:
    server, url = api

    async def key(actor: object, provider: str) -> str:
        return KEY if provider == "anthropic" else ""

    settings = Settings(_env_file=None, anthropic_base_url=url)  # type: ignore[call-arg]
    models = Models(settings, LanguageModels(settings, key))
    for _ in range(2):
        menu = await models.menu(LOCAL_OWNER)
        assert [entry["label"] for entry in menu] == ["Claude Sonnet 5.5", "Claude Haiku 4.5", "Offline demo"]
    assert server.listed == 1
    await models.close()


async def test_no_test_can_ask_a_real_model() -> None:
    with pytest.raises((RealRequest, errors.ConnectionLost)):
        await ask("https://api.anthropic.com")
