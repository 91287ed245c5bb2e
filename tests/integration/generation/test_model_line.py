"""What a person learns while a model is slow, away or thinking: waits, another model, thoughts. Two providers' APIs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.leases import Leases
from builder.base.tables import Event
from builder.billing.tables import ModelCall
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.generation.asking import PromptOptions
from builder.generation.models import Models
from builder.generation.service import GenerationService
from builder.generation.shapes import generation_shape
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.language_models import LanguageModels
from builder.llm.testing import chat_completions_api, messages_api
from builder.llm.testing.chat_completions_api import ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour
from builder.llm.wires import retries
from builder.projects.tables import Project
from tests.integration.conftest import Parts

APP = {"title": "List", "summary": "A list.", "files": {"index.html": "<h1>List</h1>\n"}}


@dataclass
class Line:
    claude: MessagesApi
    openai: ChatCompletionsApi
    service: GenerationService
    parts: Parts
    spools: Spools

    async def asked(self, *, thinking: bool = False) -> tuple[Project, Generation]:
        project = await self.parts.store.create(ME, "New app", prompt="a list")
        options = PromptOptions(thinking=thinking)
        generation = await self.service.start(ME, project.id, "a list", options=options)
        return project, generation

    async def ended(self, project: Project, generation: Generation) -> Generation:
        async with asyncio.timeout(60):
            async for frame in self.parts.events.frames(project.id, 0, self.spools):
                if "event: generation_finished" in frame:
                    break
        async with self.parts.db.reader() as session:
            row = await session.get(Generation, generation.id)
        assert row is not None
        return row

    async def facts(self, project: Project, kind: str) -> list[dict[str, Any]]:
        query = select(Event).where(Event.project == project.id, Event.kind == kind).order_by(Event.seq)  # type: ignore[arg-type]
        async with self.parts.db.reader() as session:
            rows = await session.scalars(query)
            return [row.data if isinstance(row.data, dict) else json.loads(row.data) for row in rows]

    async def calls(self) -> list[ModelCall]:
        async with self.parts.db.reader() as session:
            return [*await session.scalars(select(ModelCall).order_by(ModelCall.started_at))]  # type: ignore[arg-type]


@pytest.fixture
async def line(parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
    claude, openai = MessagesApi(MessagesBehaviour(APP)), ChatCompletionsApi(ChatBehaviour(APP))
    keys = {"anthropic": messages_api.KEY, "openai": chat_completions_api.KEY}

    async def key(actor: Actor, provider: str) -> str:
        return keys.get(provider, "")

    async with claude.serve() as here, openai.serve() as there:
        own = settings.model_copy(
            update={
                "anthropic_base_url": here,
                "openai_base_url": f"{there}/v1",
                "model_fallbacks": "google:gemini-3.8-flash, anthropic:claude-sonnet-5-5, openai:gpt-5.6-sol, x:y",
            }
        )
        leases = Leases(parts.db, settings.data_dir / "processes")
        models = Models(own, LanguageModels(own, key, UsageLog(parts.db, leases)))
        spools = Spools(settings.data_dir / "spools")
        service = GenerationService(parts.store, parts.events, spools, own, models, leases)
        yield Line(claude, openai, service, parts, spools)
        await service.close()
        await models.close()


async def test_an_overloaded_models_work_is_done_by_the_next_and_told(line: Line) -> None:
    line.claude.then(MessagesBehaviour(refuse=529))
    project, generation = await line.asked()
    ended = await line.ended(project, generation)
    assert (ended.status, ended.model, ended.model_label) == ("done", "openai:gpt-5.6-sol", "GPT-5.6 Sol")
    changed = {"instead_of": "Claude Sonnet 5.5", "because": "overloaded"}
    assert generation_shape(ended).model_dump()["changed"] == changed
    assert await line.facts(project, "model_changed") == [
        {"generation": generation.id, "model": "openai:gpt-5.6-sol", "label": "GPT-5.6 Sol", **changed}
    ]
    waits = await line.facts(project, "model_waits")
    assert [(wait["reason"], wait["provider"]) for wait in waits] == [("overloaded", "Claude")] * 2
    # The first call is over and was free; the second is what the generation cost.
    first, second = await line.calls()
    assert (first.status, first.cost_usd, second.status) == ("failed", 0.0, "settled")
    assert ended.cost_usd == pytest.approx(second.cost_usd)


async def test_what_has_begun_is_not_handed_on(line: Line) -> None:
    line.claude.then(MessagesBehaviour(APP, drop_after=20))
    project, generation = await line.asked()
    ended = await line.ended(project, generation)
    assert (ended.status, ended.model) == ("failed", "anthropic:claude-sonnet-5-5")
    assert not line.openai.requests


async def test_a_wait_can_be_stopped(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 600.0)
    line.claude.then(MessagesBehaviour(refuse=529))
    project, generation = await line.asked()
    async with asyncio.timeout(60):
        async for frame in line.parts.events.frames(project.id, 0, line.spools):
            if "event: model_waits" in frame:
                break
    await line.service.stop(ME, generation.id)
    assert (await line.ended(project, generation)).status == "stopped"
    assert len(line.claude.requests) == 1
    assert [call.status for call in await line.calls()] == ["cancelled"]


async def test_thinking_is_told_while_it_comes_and_kept_with_the_answer(line: Line) -> None:
    line.claude.then(MessagesBehaviour(APP, thinking="A list needs a heading.", chunk=5))
    project, generation = await line.asked(thinking=True)
    assert (await line.ended(project, generation)).status == "done"
    thoughts = await line.facts(project, "thought_added")
    assert "".join(thought["text"] for thought in thoughts) == "A list needs a heading."
    assert {thought["call"] for thought in thoughts} == {1}
    arrived = await line.service.arrived(ME, generation.id)
    assert arrived.generation.resume["thinking"] == "A list needs a heading."
    assert line.claude.requests[-1]["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert "A list" not in generation_shape(arrived.generation).model_dump_json().replace('"summary":"A list."', "")


async def test_without_being_asked_to_a_model_does_not_think(line: Line) -> None:
    project, generation = await line.asked()
    await line.ended(project, generation)
    assert line.claude.requests[-1]["thinking"] == {"type": "between_tools"}


async def test_a_gateway_without_tools_gets_the_draft_as_text_and_is_remembered(line: Line) -> None:
    line.claude.then(
        MessagesBehaviour(refuse=400, message="this model does not support tools"),
        MessagesBehaviour(prose=json.dumps(APP)),
    )
    project, generation = await line.asked()
    assert (await line.ended(project, generation)).status == "done"
    assert ["tools" in request for request in line.claude.requests] == [True, False]
    project, generation = await line.asked()
    assert (await line.ended(project, generation)).status == "done"
    assert "tools" not in line.claude.requests[-1]
    assert len(line.claude.requests) == 3
