"""The real SDK against a local server that speaks OpenAI's chat completions, up to a version through the real service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelRequest, ProseText
from builder.generation.reading.joining import join_of
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm import language_models
from builder.llm.conversation import errors
from builder.llm.conversation.events import Usage
from builder.llm.language_models import LanguageModels
from builder.llm.providers import OPENAI
from builder.llm.testing.chat_completions_api import KEY, ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.guard import RealRequest
from builder.llm.wires import retries
from builder.llm.wires.chat_completions import ChatCompletionsClient, ChatCompletionsModel
from tests.integration.conftest import Parts

REQUEST = ModelRequest("first", "a todo app", system="You build apps.", user="Build a todo app.")
APP = {
    "title": "Todo list",
    "summary": "A list of things to do.",
    "stack": ["react"],
    "files": {"package.json": "{}\n", "src/App.tsx": "".join(f"const line{i} = '😀 {i}';\n" for i in range(40))},
}
MODEL = "gpt-6.1-sol"


@pytest.fixture
async def api() -> AsyncIterator[tuple[ChatCompletionsApi, str]]:
    server = ChatCompletionsApi(ChatBehaviour(APP))
    async with server.serve() as url:
        yield server, f"{url}/v1"


async def ask(url: str, *, model: str = MODEL, key: str = KEY, silence: float = 5) -> list[DraftEvent]:
    async def pause(seconds: float) -> None:
        """Nobody waits in a test."""

    client = ChatCompletionsClient(replace(OPENAI, silence_seconds=silence), key, url)
    try:
        writer = DraftWriter(ChatCompletionsModel(client, model, pause=pause))
        return [event async for event in writer.stream(REQUEST)]
    finally:
        await client.close()


def cost(model: str, usage: Usage) -> float | None:
    return DraftWriter(ChatCompletionsClient(OPENAI, KEY).model(model)).cost(usage)


async def test_the_draft_arrives_in_pieces_as_they_are_sent(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    events = await ask(url)
    written = [event.text for event in events if isinstance(event, JsonText)]
    assert len(written) > 10
    assert "".join(written).startswith('{"title": "Todo list"')
    assert events[-1] == Finished("end", "stop")
    body = server.requests[0]
    assert (body["model"], body["stream"], body["stream_options"]) == (MODEL, True, {"include_usage": True})
    assert body["response_format"] == {"type": "json_object"}
    assert body["max_completion_tokens"] == 64_000
    assert "tools" not in body  # since GPT-6 this endpoint refuses them
    system, user = body["messages"]
    assert system["content"].startswith("You build apps.")
    assert "JSON" in system["content"]  # without the word, the service refuses JSON mode
    assert user == {"role": "user", "content": "Build a todo app."}


async def test_each_token_is_counted_once_and_paid_at_its_own_rate(api: tuple[ChatCompletionsApi, str]) -> None:
    _, url = api
    usage = [event for event in await ask(url) if isinstance(event, Usage)][-1]
    assert (usage.input_tokens, usage.cache_read, usage.cache_write) == (1_200, 800, 100)
    assert usage.output_tokens > 100
    dollars = (1_200 * 2 + 800 * 0.10 + 100 * 2.50 + usage.output_tokens * 10) / 1_000_000
    assert cost(MODEL, usage) == pytest.approx(dollars)
    assert cost("gpt-9-nova", usage) is None


async def test_an_answer_that_is_whole_is_kept_when_only_its_count_is_lost(
    api: tuple[ChatCompletionsApi, str],
) -> None:
    server, url = api
    server.then(ChatBehaviour(APP, usage=None))
    events = await ask(url)
    assert events[-1] == Finished("end", "stop")
    assert not [event for event in events if isinstance(event, Usage)]
    assert cost(MODEL, Usage()) is None  # unknown, not free


async def test_an_option_a_model_refuses_is_left_out(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(
        ChatBehaviour(refuse=400, parameter="max_tokens", message="max_tokens is too large: 64000."),
        ChatBehaviour(refuse=400, parameter="response_format", message="json_object is not supported."),
        ChatBehaviour(APP),
    )
    assert isinstance((await ask(url, model="gpt-4o"))[-1], Finished)
    assert "max_completion_tokens" not in server.requests[-1]
    assert "response_format" not in server.requests[-1]
    server.requests.clear()
    server.then(ChatBehaviour(refuse=400, parameter="response_format"))
    with pytest.raises(errors.RequestRefused):
        await ask(url)
    assert len(server.requests) == 2  # not for ever


async def test_a_refusal_in_words_is_told_apart_from_the_app(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(ChatBehaviour(refusal="I cannot help with that."))
    events = await ask(url)
    assert "".join(event.text for event in events if isinstance(event, ProseText)) == "I cannot help with that."
    assert not [event for event in events if isinstance(event, JsonText)]


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests"),
    [
        (ChatBehaviour(refuse=401), errors.BadKey, 1),
        (ChatBehaviour(refuse=402), errors.NoCredit, 1),
        (ChatBehaviour(refuse=403), errors.Forbidden, 1),
        (ChatBehaviour(refuse=404), errors.UnknownModel, 1),
        (ChatBehaviour(refuse=400, code="context_length_exceeded"), errors.TooLong, 1),
        (ChatBehaviour(refuse=413), errors.TooLong, 1),
        (ChatBehaviour(refuse=400), errors.RequestRefused, 1),
        (ChatBehaviour(refuse=429, error_type="insufficient_quota", code="insufficient_quota"), errors.NoCredit, 1),
        (
            ChatBehaviour(refuse=429, error_type="insufficient_quota", code="credit_balance_exhausted"),
            errors.NoCredit,
            1,
        ),
        (ChatBehaviour(refuse=429, code="project_spend_limit_exceeded"), errors.NoCredit, 1),
        (ChatBehaviour(refuse=429, headers={"retry-after": "31"}), errors.RateLimited, 1),
        (ChatBehaviour(refuse=429, headers={"retry-after": "2"}), errors.RateLimited, 3),
        (ChatBehaviour(refuse=503), errors.Overloaded, 3),
        (ChatBehaviour(refuse=500), errors.ProviderFailed, 3),
        (ChatBehaviour(refuse=504), errors.TimedOut, 1),
        (ChatBehaviour(APP, drop_after=0), errors.ConnectionLost, 1),
        (ChatBehaviour(APP, drop_after=100), errors.ConnectionLost, 1),
        (ChatBehaviour(APP, stop_after=100, finish_reason=None), errors.ConnectionLost, 1),
        (ChatBehaviour(APP, error_after=100), errors.ProviderFailed, 1),
        (ChatBehaviour(APP, error_after=100, code="server_is_overloaded"), errors.Overloaded, 1),
        (ChatBehaviour(APP, error_after=100, error_type="rate_limit_error"), errors.RateLimited, 1),
    ],
)
async def test_each_failure_is_told_by_its_name(
    api: tuple[ChatCompletionsApi, str], behaviour: ChatBehaviour, kind: type[errors.ModelError], requests: int
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(kind) as caught:
        await ask(url)
    assert type(caught.value) is kind
    assert len(server.requests) == requests  # never again once the answer had begun, or when waiting is long
    assert KEY not in caught.value.message + caught.value.detail


async def test_a_short_overload_is_waited_out(api: tuple[ChatCompletionsApi, str]) -> None:
    server, url = api
    server.then(ChatBehaviour(refuse=503), ChatBehaviour(APP))
    assert isinstance((await ask(url))[-1], Finished)


@pytest.mark.parametrize("behaviour", [ChatBehaviour(APP, silent=True), ChatBehaviour(APP, hold_after=60)])
async def test_silence_ends_in_a_time_out_and_is_not_paid_twice(
    api: tuple[ChatCompletionsApi, str], behaviour: ChatBehaviour
) -> None:
    server, url = api
    server.then(behaviour)
    with pytest.raises(errors.TimedOut):
        await ask(url, silence=0.3)
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(errors.Unreachable):
        await ask("http://127.0.0.1:1/v1")


async def test_no_test_can_ask_a_real_model() -> None:
    with pytest.raises((RealRequest, errors.ConnectionLost)):
        await ask("https://api.openai.com/v1")


@pytest.mark.parametrize(
    ("reason", "finished"), [("length", "max_tokens"), ("content_filter", "refusal"), ("stop", "end")]
)
async def test_why_it_stopped_is_kept(api: tuple[ChatCompletionsApi, str], reason: str, finished: str) -> None:
    server, url = api
    server.then(ChatBehaviour(APP, stop_after=80, finish_reason=reason))
    assert (await ask(url))[-1] == Finished(finished, reason)  # type: ignore[arg-type]


# Through the service: from a prompt to a version, and what a person reads where it does not come to one.


@dataclass
class House:
    """A server's inside with an OpenAI key alone, and the model's API beside it."""

    api: ChatCompletionsApi
    parts: Parts
    service: GenerationService
    models: Models
    spools: Spools

    async def ask(self, project_id: str, prompt: str = "a todo app") -> Generation:
        return await self.ended(await self.service.start(ME, project_id, prompt))

    async def ended(self, generation: Generation) -> Generation:
        async with asyncio.timeout(60):
            async for frame in self.parts.events.frames(generation.project, 0, self.spools):
                if "event: generation_finished" in frame:
                    row = await self.service.get(ME, generation.id)
                    if row.status != "running":
                        return row
        raise AssertionError("unreachable")


@pytest.fixture
async def house(parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    server = ChatCompletionsApi(ChatBehaviour(APP))
    async with server.serve() as url:
        with_key = settings.model_copy(update={"openai_api_key": SecretStr(KEY), "openai_base_url": f"{url}/v1"})
        # As the service has it, but patient for half a second only, and without pauses between tries.
        language = LanguageModels(with_key, providers={"openai": replace(OPENAI, silence_seconds=0.5)})
        models = Models(with_key, language)
        spools = Spools(settings.data_dir / "spools")
        leases = Leases(parts.db, settings.data_dir / "processes")
        service = GenerationService(parts.store, parts.events, spools, with_key, models, leases)
        monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
        yield House(server, parts, service, models, spools)
        await service.close()
        await models.close()


async def test_a_prompt_becomes_a_version_with_its_tokens_and_its_cost(house: House) -> None:
    project = await house.parts.store.create(ME, "New app", prompt="a todo app")
    generation = await house.ask(project.id)
    assert (generation.status, generation.error, generation.title) == ("done", None, "Todo list")
    assert (generation.model, generation.model_label, generation.offline) == (f"openai:{MODEL}", "GPT-6.1 Sol", False)
    assert dict(await house.parts.store.head_tree(ME, project.id)) == APP["files"]
    assert (generation.input_tokens, generation.cache_read, generation.cache_write) == (1_200, 800, 100)
    assert generation.output_tokens > 100
    dollars = (1_200 * 2 + 800 * 0.10 + 100 * 2.50 + generation.output_tokens * 10) / 1_000_000
    assert generation.cost_usd == pytest.approx(dollars, abs=1e-6)


async def test_a_follow_up_changes_only_what_it_must(house: House) -> None:
    project = await house.parts.store.create(ME, "New app", prompt="a todo app")
    await house.ask(project.id)
    edit = {"path": "src/App.tsx", "find": "const line3 = ", "replace": "let line3 = "}
    house.api.then(ChatBehaviour({"title": "Todo list", "summary": "Changed it.", "edits": [edit]}))
    assert (await house.ask(project.id, "use let")).status == "done"
    tree = await house.parts.store.head_tree(ME, project.id)
    assert "let line3" in str(tree["src/App.tsx"])
    assert "const line39" in house.api.requests[-1]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("behaviour", "remedy", "sentence"),
    [
        (
            ChatBehaviour(refuse=401),
            "model",
            "OpenAI did not accept the key in OPENAI_API_KEY. Correct it and start Sayso again, or choose another model.",
        ),
        (
            ChatBehaviour(refuse=429, error_type="insufficient_quota"),
            "credit",
            "The OpenAI account behind the key has no credit left. Add credit, then press Retry.",
        ),
        (
            ChatBehaviour(refuse=429, headers={"retry-after": "60"}),
            "wait",
            "OpenAI asks to slow down: too many requests for this key. Wait 60 seconds, then press Retry.",
        ),
        (ChatBehaviour(refuse=500), "retry", "OpenAI had a fault of its own. Press Retry."),
        (ChatBehaviour(refuse=503), "wait", "OpenAI is overloaded at the moment. Wait a minute, then press Retry."),
        (
            ChatBehaviour(refuse=404),
            "model",
            f"OpenAI does not know the model “{MODEL}”. Choose another one from the menu.",
        ),
        (ChatBehaviour(APP, silent=True), "retry", "OpenAI did not answer in time. Press Retry."),
        (
            ChatBehaviour(APP, hold_after=900),
            "continue",
            "OpenAI did not answer in time. What arrived is kept. Press Continue.",
        ),
        (
            ChatBehaviour(APP, drop_after=900),
            "continue",
            "The connection to OpenAI was lost while it was writing. What arrived is kept. Press Continue.",
        ),
        (
            ChatBehaviour(APP, stop_after=900, finish_reason="length"),
            "continue",
            "The answer reached its longest length before it was complete. What arrived is kept. Press Continue.",
        ),
        (
            ChatBehaviour(APP, stop_after=100, finish_reason="content_filter"),
            "none",
            "The model declined to do this. Say it differently.",
        ),
        (
            ChatBehaviour(refusal="I would rather not."),
            "retry",
            "The model answered with text instead of an app: I would rather not.",
        ),
    ],
)
async def test_a_failure_is_told_in_a_plain_sentence_and_the_project_stays_as_it_was(
    house: House, caplog: pytest.LogCaptureFixture, behaviour: ChatBehaviour, remedy: str, sentence: str
) -> None:
    project = await house.parts.store.create(ME, "New app", prompt="a todo app")
    await house.ask(project.id)
    house.api.then(behaviour)
    generation = await house.ask(project.id, "change it")
    assert generation.status == "failed"
    assert generation.error is not None
    assert (generation.error["message"], generation.error["remedy"]) == (sentence, remedy)
    assert KEY not in caplog.text + str(generation.error)
    assert dict(await house.parts.store.head_tree(ME, project.id)) == APP["files"]
    assert len(await house.parts.store.versions(ME, project.id)) == 1


async def test_a_cut_off_answer_goes_on_behind_its_last_line(house: House) -> None:
    house.api.then(ChatBehaviour(APP, stop_after=900, finish_reason="length"))
    project = await house.parts.store.create(ME, "New app", prompt="a todo app")
    generation = await house.ask(project.id)
    whole = APP["files"]["src/App.tsx"]  # type: ignore[index]
    had = (await house.service.arrived(ME, generation.id)).files["src/App.tsx"].text
    assert had
    assert whole.startswith(had)
    join = join_of("src/App.tsx", had)
    assert join is not None
    rest = {"title": "Todo list", "summary": "s", "files": {"src/App.tsx": join.begin + whole[len(join.kept) :]}}
    house.api.then(ChatBehaviour(rest))
    again = await house.service.continue_(ME, generation.id)
    async with asyncio.timeout(60):
        while (await house.service.get(ME, again.id)).status in ("queued", "running"):  # noqa: ASYNC110 - an earlier ending is in the log too
            await asyncio.sleep(0.01)
    assert dict(await house.parts.store.head_tree(ME, project.id)) == APP["files"]


# The menu


def models_at(url: str, **more: str) -> Models:
    return Models(Settings(_env_file=None, openai_api_key=KEY, openai_base_url=url, **more))  # type: ignore[call-arg, arg-type]


async def names(models: Models) -> list[str]:
    return [entry["name"] for entry in await models.menu(ME)]


async def test_the_menu_lists_what_the_key_can_use_to_write_apps_and_asks_once(
    api: tuple[ChatCompletionsApi, str],
) -> None:
    server, url = api
    server.models = (
        "gpt-6.1-terra", "gpt-realtime-3", "gpt-6.1-sol", "gpt-6.1-sol-2026-09-29", "gpt-6-luna", "gpt-image-2",
        "gpt-5.5-pro", "gpt-5.1-codex", "gpt-5.4-mini-2026-03-17", "text-embedding-3-large", "whisper-1", "gpt-4.1",
        "gpt-4o-mini-tts", "o3-deep-research", "ft:gpt-6-luna:me::1", "omni-moderation-latest",
    )  # fmt: skip
    models = models_at(url)
    for _ in range(2):
        menu = await models.menu(ME)
        assert [(entry["name"], entry["label"]) for entry in menu] == [
            ("openai:gpt-6.1-sol", "GPT-6.1 Sol"),
            ("openai:gpt-6.1-terra", "GPT-6.1 Terra"),
            ("openai:gpt-6-luna", "GPT-6 Luna"),
            ("openai:gpt-5.4-mini-2026-03-17", "GPT-5.4 Mini"),
            ("starter:offline", "Offline demo"),
        ]
    assert server.listed == 1
    assert menu[0]["note"] == "$2 in, $10 out per million tokens"
    await models.close()


async def test_a_model_that_is_set_is_in_the_menu_whoever_lists_it(api: tuple[ChatCompletionsApi, str]) -> None:
    _, url = api
    models = models_at(url, model="openai:llama-9")
    assert await names(models) == ["openai:llama-9", "openai:gpt-6.1-sol", "openai:gpt-6-luna", "starter:offline"]
    await models.close()


@pytest.mark.parametrize("how", ["refused", "wrong key", "silent", "gone", "nonsense"])
async def test_a_list_that_cannot_be_read_leaves_the_menu_working(
    api: tuple[ChatCompletionsApi, str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    server, url = api
    monkeypatch.setattr(language_models, "LIST_SECONDS", 0.3)
    models = models_at("http://127.0.0.1:1/v1" if how == "gone" else url)
    if how == "wrong key":
        models = Models(Settings(_env_file=None, openai_api_key="sk-wrong", openai_base_url=url))  # type: ignore[call-arg, arg-type]
    server.unlistable = 500 if how == "refused" else 0
    server.list_text = "<html>a sign-in page</html>" if how == "nonsense" else ""
    if how == "silent":
        server.list_release = asyncio.Event()
    menus = await asyncio.gather(*(names(models) for _ in range(5)))
    assert menus == [["openai:gpt-6.1-sol", "starter:offline"]] * 5
    assert server.listed <= 1  # nobody queues up for a list that does not come
    await models.close()


async def test_a_list_that_could_not_be_read_is_read_later(
    api: tuple[ChatCompletionsApi, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, url = api
    monkeypatch.setattr(language_models, "AGAIN_SECONDS", 0)
    models = models_at(url)
    server.unlistable = 503
    assert await names(models) == ["openai:gpt-6.1-sol", "starter:offline"]
    server.unlistable = 0
    assert await names(models) == ["openai:gpt-6.1-sol", "openai:gpt-6-luna", "starter:offline"]
    await models.close()


async def test_the_pages_get_the_menu_of_both_providers_with_claude_chosen(
    api: tuple[ChatCompletionsApi, str], settings: Settings
) -> None:
    from builder.api import create_api
    from builder.composition.services import Services

    _, url = api
    keys = {"openai_api_key": SecretStr(KEY), "openai_base_url": url}
    for update, default, listed in (
        (keys, "openai:gpt-6.1-sol", ["openai:gpt-6.1-sol", "openai:gpt-6-luna", "starter:offline"]),
        (
            {**keys, "anthropic_api_key": SecretStr("sk-ant-x"), "anthropic_base_url": "http://127.0.0.1:1"},
            "anthropic:claude-sonnet-5-5",
            ["anthropic:claude-sonnet-5-5", "openai:gpt-6.1-sol", "openai:gpt-6-luna", "starter:offline"],
        ),
    ):
        services = Services(settings.model_copy(update=update))
        await services.db.migrate()
        transport = httpx.ASGITransport(create_api(lambda services=services: services))  # type: ignore[misc]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            answer = await client.get("/api/v1/models")
        assert answer.json()["default"] == default
        assert [entry["name"] for entry in answer.json()["models"]] == listed
        assert KEY not in answer.text
        await services.close()
