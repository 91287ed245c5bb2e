"""OpenAI's newest models write a Draft as the input of one tool: the real SDK against a local server, up to a version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ProseText
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.llm.conversation.model import Model
from builder.llm.language_models import LanguageModels
from builder.llm.providers import OPENAI
from builder.llm.testing.chat_completions_api import KEY
from builder.llm.testing.responses_api import ResponseBehaviour, ResponsesApi
from builder.llm.wires import retries
from builder.llm.wires.responses import OpenAIClient, ResponsesModel
from tests.integration.conftest import Parts
from tests.integration.generation.test_models_openai import APP, MODEL, REQUEST, House


class OwnService(OpenAIClient):
    """As at OpenAI's own address, which no test may ask."""

    def model(self, name: str) -> Model:
        return ResponsesModel(self, name)


@pytest.fixture
async def house(parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    server = ResponsesApi(ResponseBehaviour(APP))
    async with server.serve() as url:
        with_key = settings.model_copy(update={"openai_api_key": SecretStr(KEY), "openai_base_url": f"{url}/v1"})
        row = replace(OPENAI, wire=OwnService, silence_seconds=0.5)
        models = Models(with_key, LanguageModels(with_key, providers={"openai": row}))
        spools = Spools(settings.data_dir / "spools")
        leases = Leases(parts.db, settings.data_dir / "processes")
        service = GenerationService(parts.store, parts.events, spools, with_key, models, leases)
        monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
        yield House(server, parts, service, models, spools)
        await service.close()
        await models.close()


async def ask(*behaviours: ResponseBehaviour) -> tuple[list[DraftEvent], ResponsesApi]:
    server = ResponsesApi(*behaviours)
    async with server.serve() as url:
        client = OwnService(replace(OPENAI, silence_seconds=5), KEY, f"{url}/v1")
        try:
            return [event async for event in DraftWriter(client.model(MODEL)).stream(REQUEST)], server
        finally:
            await client.close()


async def test_the_files_arrive_while_the_tools_input_is_written() -> None:
    events, server = await ask(ResponseBehaviour(APP, thinking="A list."))
    written = [event.text for event in events if isinstance(event, JsonText)]
    assert len(written) > 10
    assert "".join(written).startswith('{"title": "Todo list"')
    assert events[-1] == Finished("end", "completed")
    body = server.requests[0]
    assert [tool["name"] for tool in body["tools"]] == ["write_app"]
    assert body["tool_choice"] == {"type": "function", "name": "write_app"}
    assert body["parallel_tool_calls"] is False
    assert body["instructions"] == "You build apps."
    assert "text" not in body  # the schema is the tool's, so nothing else asks for JSON


async def test_a_model_that_may_not_be_forced_is_asked_again_without() -> None:
    events, server = await ask(ResponseBehaviour(refuse=400, parameter="tool_choice"), ResponseBehaviour(APP))
    assert events[-1] == Finished("end", "completed")
    assert "tool_choice" not in server.requests[-1]
    assert server.requests[-1]["tools"]


async def test_a_refusal_in_words_is_told_apart_from_the_app() -> None:
    events, _ = await ask(ResponseBehaviour(refusal="I cannot help with that."))
    assert "".join(event.text for event in events if isinstance(event, ProseText)) == "I cannot help with that."
    assert not [event for event in events if isinstance(event, JsonText)]


async def test_a_prompt_becomes_a_version_with_its_tokens_and_its_cost(house: House) -> None:
    project = await house.parts.store.create(ME, "New app", prompt="a todo app")
    generation = await house.ask(project.id)
    assert (generation.status, generation.error, generation.title) == ("done", None, "Todo list")
    assert dict(await house.parts.store.head_tree(ME, project.id)) == APP["files"]
    assert (generation.input_tokens, generation.cache_read, generation.cache_write) == (1_200, 800, 100)
    dollars = (1_200 * 2 + 800 * 0.10 + 100 * 2.50 + generation.output_tokens * 10) / 1_000_000
    assert generation.cost_usd == pytest.approx(dollars, abs=1e-6)


@pytest.mark.parametrize(
    ("behaviour", "remedy", "sentence"),
    [
        (
            ResponseBehaviour(refuse=429, error_type="insufficient_quota"),
            "credit",
            "The OpenAI account behind the key has no credit left. Add credit, then press Retry.",
        ),
        (
            ResponseBehaviour(APP, drop_after=900),
            "continue",
            "The connection to OpenAI was lost while it was writing. What arrived is kept. Press Continue.",
        ),
        (
            ResponseBehaviour(APP, hold_after=900),
            "continue",
            "OpenAI did not answer in time. What arrived is kept. Press Continue.",
        ),
        (
            ResponseBehaviour(APP, stop_after=900, finish_reason="length"),
            "continue",
            "The answer reached its longest length before it was complete. What arrived is kept. Press Continue.",
        ),
        (
            ResponseBehaviour(APP, stop_after=100, finish_reason="content_filter"),
            "none",
            "The model declined to do this. Say it differently.",
        ),
        (
            ResponseBehaviour(APP, error_after=100, fails=True, code="bio_policy"),
            "none",
            "The model declined to do this. Say it differently.",
        ),
        (
            ResponseBehaviour(refusal="I would rather not."),
            "retry",
            "The model answered with text instead of an app: I would rather not.",
        ),
    ],
)
async def test_a_failure_is_told_in_a_plain_sentence_and_the_project_stays_as_it_was(
    house: House, caplog: pytest.LogCaptureFixture, behaviour: ResponseBehaviour, remedy: str, sentence: str
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
