"""Questions, plans and discussions have what the writing of files has: what was attached, another model, waits that are
told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from builder.accounts.actor import Actor
from builder.base.tables import Event
from builder.generation.asking import PromptOptions
from builder.generation.models import Models
from builder.llm.language_models import LanguageModels
from builder.llm.testing import chat_completions_api, messages_api
from builder.llm.testing.chat_completions_api import ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.messages_api import MessagesBehaviour
from builder.llm.wires import retries
from builder.projects.attachments.attachments import Attachments
from builder.projects.tables import Project
from tests.attached import picture
from tests.integration.generation.turns.conftest import APP, ME, House, asked
from tests.integration.generation.turns.test_steps import PLAN

QUESTION = {"questions": [{"question": "For whom?", "choices": ["me", "a team"]}]}


@pytest.fixture
async def openai(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatCompletionsApi]:
    """A second provider, which is asked where the first one fails."""
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
    keys = {"anthropic": messages_api.KEY, "openai": chat_completions_api.KEY}

    async def key(actor: Actor, provider: str) -> str:
        return keys.get(provider, "")

    api = ChatCompletionsApi(ChatBehaviour(APP))
    async with api.serve() as url:
        update = {"openai_base_url": f"{url}/v1", "model_fallbacks": "openai:gpt-5.6-sol"}
        own = house.settings.model_copy(update=update)
        house.models = Models(own, LanguageModels(own, key, house.usage))
        house.open()
        yield api
        await house.service.close()
        await house.models.close()


async def told(house: House, project: Project, kind: str) -> list[dict[str, Any]]:
    query = select(Event).where(Event.project == project.id, Event.kind == kind).order_by(Event.seq)  # type: ignore[arg-type]
    async with house.db.reader() as session:
        return [json.loads(row.data) for row in await session.scalars(query)]


async def attach(house: House, project: Project, name: str, data: bytes) -> str:
    async def body() -> AsyncGenerator[bytes]:
        yield data

    return (await Attachments(house.db, house.settings).add(ME, project.id, name, body())).id


@pytest.mark.parametrize(("mode", "answer"), [("auto", QUESTION), ("plan", PLAN), ("discuss", None)])
async def test_what_was_attached_is_read_by_every_step(house: House, mode: Any, answer: Any) -> None:
    project = await house.project()
    ids = [
        await attach(house, project, "cities.csv", b"city,people\nQuito,1763000\n"),
        await attach(house, project, "sketch.png", picture()),
    ]
    house.api.then(MessagesBehaviour(answer, prose="" if answer else "It is Quito."))
    turn = await house.send(project, "a list of these", mode=mode, options=PromptOptions(attachments=tuple(ids)))
    turn = await house.until(turn)
    assert turn.status in ("asking", "planned", "done"), turn.error
    [request] = house.api.requests
    assert "Quito,1763000" in asked(request)
    assert [part["type"] for part in request["messages"][0]["content"] if part["type"] == "image"] == ["image"]


@pytest.mark.parametrize(
    ("mode", "answer", "status"),
    [("auto", QUESTION, "asking"), ("plan", PLAN, "planned"), ("discuss", "In the browser.", "done")],
)
async def test_where_a_model_is_overloaded_the_next_one_is_asked_and_both_are_told(
    house: House, openai: ChatCompletionsApi, mode: Any, answer: Any, status: str
) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(refuse=529))
    openai.then(ChatBehaviour(answer) if mode == "discuss" else ChatBehaviour(calls=[(STEP[mode], answer)]))
    turn = await house.until(await house.send(project, "a list", mode=mode))
    assert turn.status == status, turn.error
    step = turn.steps[0]
    assert (step.model, step.model_label) == ("openai:gpt-5.6-sol", "GPT-5.6 Sol")
    assert step.changed
    assert step.changed.model_dump() == {"instead_of": "Claude Sonnet 5.5", "because": "overloaded"}
    waits = await told(house, project, "model_waits")
    assert [(one["generation"], one["reason"], one["provider"]) for one in waits] == [
        (step.id, "overloaded", "Claude")
    ] * 2
    calls = [call for call in await house.usage.calls(ME) if call.reference == turn.id]
    assert [(call.status, call.provider) for call in calls] == [("failed", "anthropic"), ("settled", "openai")]
    assert turn.cost_usd == pytest.approx(sum(call.cost_usd or 0.0 for call in calls))


STEP = {"auto": "understand", "plan": "plan"}


async def test_what_has_begun_to_speak_is_not_handed_on(house: House, openai: ChatCompletionsApi) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(PLAN, drop_after=20))
    turn = await house.until(await house.send(project, "a shelf", mode="plan"))
    assert (turn.status, turn.steps[0].model) == ("failed", "anthropic:claude-sonnet-5-5")
    assert not openai.requests


async def test_a_wait_is_over_when_something_comes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
    project, release = await house.project(), asyncio.Event()
    house.api.then(MessagesBehaviour(refuse=529), MessagesBehaviour(PLAN, hold_after=40, release=release))
    turn = await house.send(project, "a shelf", mode="plan")
    async with asyncio.timeout(60):
        async for frame in house.events.frames(project.id, 0, house.spools):
            if "event: model_waits" in frame:
                break
        while len(await told(house, project, "turn_changed")) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await house.turn(turn)).status == "running"
    release.set()
    assert (await house.until(turn)).status == "planned"
