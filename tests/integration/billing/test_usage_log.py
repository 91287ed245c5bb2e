"""One row for each call of a model: reserved first, settled after, and there also when the server died between."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.leases import Leases
from builder.base.settings import ROOT
from builder.billing.tables import ModelCall
from builder.billing.usage_log import UsageLog
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.language_models import LanguageModels
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.projects.tables import Project
from tests.integration.conftest import Parts

APP = {"title": "Todo list", "summary": "Things to do.", "files": {"package.json": "{}\n", "src/App.tsx": "x\n" * 900}}


@dataclass
class House:
    """A server's inside with a Claude key, and the model's API beside it."""

    api: MessagesApi
    parts: Parts
    service: GenerationService
    spools: Spools
    log: UsageLog

    async def begun(self, behaviour: MessagesBehaviour, model: str = "") -> Generation:
        """A prompt's generation, which the model answers as told."""
        self.api.then(behaviour)
        project = await self.parts.store.create(ME, "New app", prompt="a todo app")
        return await self.service.start(ME, project.id, "a todo app", model)

    async def ended(self, generation: Generation) -> Generation:
        """Its row, once it has ended."""
        async with asyncio.timeout(20), aclosing(self._frames(generation)) as frames:
            async for frame in frames:
                # Facts are replayed from the start, so an earlier ending may come first; the row tells the latest.
                if "event: generation_finished" in frame:
                    row = await self.service.get(ME, generation.id)
                    if row.status != "running":
                        return row
        raise AssertionError("unreachable")

    async def ask(self, behaviour: MessagesBehaviour) -> tuple[Generation, ModelCall]:
        """A prompt's generation and its call, once both have ended."""
        generation = await self.ended(await self.begun(behaviour))
        (call,) = await self.log.calls(ME, project=generation.project)
        return generation, call

    async def written(self, generation: Generation, characters: int) -> None:
        """Until so much of it arrived."""
        async with asyncio.timeout(10), aclosing(self._frames(generation)) as frames:
            async for _ in frames:
                if (await self.service.arrived(ME, generation.id)).offset >= characters:
                    return

    def _frames(self, generation: Generation) -> AsyncGenerator[str, None]:
        return self.parts.events.frames(generation.project, 0, self.spools)  # type: ignore[return-value]


@pytest.fixture
async def house(parts: Parts, settings: Settings) -> AsyncIterator[House]:
    api = MessagesApi(MessagesBehaviour(APP))
    async with api.serve() as url:
        with_key = settings.model_copy(update={"anthropic_api_key": SecretStr(KEY), "anthropic_base_url": url})
        leases = Leases(parts.db, settings.data_dir / "processes")
        log, spools = UsageLog(parts.db, leases), Spools(settings.data_dir / "spools")
        models = Models(with_key, LanguageModels(with_key, log=log))
        service = GenerationService(parts.store, parts.events, spools, with_key, models, leases)
        yield House(api, parts, service, spools, log)
        await service.close()
        await models.close()


async def test_a_prompt_is_one_row_with_what_it_took(house: House) -> None:
    generation, call = await house.ask(MessagesBehaviour(APP))
    assert generation.status == "done"
    assert (call.owner, call.created_by, call.project) == ("owner", "owner", generation.project)
    assert (call.operation, call.reference) == ("generate", generation.id)
    assert (call.provider, call.model, call.status) == ("anthropic", "claude-sonnet-5-5", "settled")
    assert (call.input_tokens, call.output_tokens) == (generation.input_tokens, generation.output_tokens)
    assert (call.cache_read, call.cache_write) == (800, 0)
    assert call.cost_usd == pytest.approx(generation.cost_usd, abs=1e-6)
    assert call.reserved_tokens > 64_000
    assert call.reserved_usd is not None
    assert call.cost_usd is not None
    assert call.reserved_usd > call.cost_usd > 0
    assert call.ended_at is not None
    assert call.started_at < call.ended_at


async def test_a_call_is_in_the_log_while_it_is_made_and_stopping_it_is_seen(house: House) -> None:
    generation = await house.begun(MessagesBehaviour(APP, hold_after=1_000))
    await house.written(generation, 500)
    (call,) = await house.log.calls(ME)
    assert (call.status, call.ended_at, call.output_tokens) == ("reserved", None, None)
    await house.service.stop(ME, generation.id)
    (call,) = await house.log.calls(ME)
    assert (call.status, call.input_tokens) == ("cancelled", 1_200)
    assert call.ended_at is not None


@pytest.mark.parametrize(
    ("behaviour", "tokens", "costs"),
    [
        (MessagesBehaviour(refuse=401), 0, False),
        (MessagesBehaviour(refuse=402), 0, False),
        (MessagesBehaviour(APP, drop_after=900), 1_200, True),
        (MessagesBehaviour(APP, error_after=900), 1_200, True),
    ],
)
async def test_a_call_that_fails_is_in_the_log_with_what_was_told(
    house: House, behaviour: MessagesBehaviour, tokens: int, costs: bool
) -> None:
    generation, call = await house.ask(behaviour)
    assert generation.status == "failed"
    assert (call.status, call.input_tokens) == ("failed", tokens)
    assert call.cost_usd is not None
    assert (call.cost_usd > 0) is costs


async def test_an_answer_that_is_no_app_is_paid_like_any_other(house: House) -> None:
    generation, call = await house.ask(MessagesBehaviour(prose="I would rather talk.", stop_reason="end_turn"))
    assert generation.status == "failed"
    assert call.status == "settled"


async def test_going_on_is_another_call_for_the_same_generation(house: House) -> None:
    generation, first = await house.ask(MessagesBehaviour(APP, drop_after=900))
    house.api.then(MessagesBehaviour({"title": "T", "summary": "s", "files": {"z.ts": "z"}}))
    row = await house.ended(await house.service.continue_(ME, generation.id))
    assert row.status == "done"
    calls = await house.log.calls(ME, project=generation.project)
    assert [(call.reference, call.status) for call in calls] == [(generation.id, "failed"), (generation.id, "settled")]
    assert first.id == calls[0].id
    assert row.input_tokens == sum(call.input_tokens or 0 for call in calls)


async def test_the_offline_demo_calls_nobody(house: House) -> None:
    generation = await house.begun(MessagesBehaviour(APP), "starter:offline")
    assert (await house.ended(generation)).status == "done"
    assert await house.log.calls(ME) == []
    assert house.api.requests == []


async def test_what_a_killed_server_was_calling_has_failed_with_its_reserve_to_be_seen(settings: Settings) -> None:
    api = MessagesApi(MessagesBehaviour(APP, hold_after=1_000))
    async with api.serve() as url:
        script = Path(__file__).parents[1] / "programs" / "model_caller.py"
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), str(settings.data_dir), url, KEY, cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        async with asyncio.timeout(60):
            said = await process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
        assert said == b"answering\n"
    services = Services(settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"}))
    await services.start()
    (call,) = await services.usage.calls(ME)
    assert (call.operation, call.status, call.model) == ("chat", "failed", "claude-sonnet-5-5")
    assert call.reserved_tokens > 4_000
    assert call.reserved_usd is not None
    assert call.ended_at is not None
    assert (call.input_tokens, call.output_tokens, call.cost_usd) == (None, None, None)
    await services.close()


async def reserved(log: UsageLog) -> str:
    return await log.reserve(ME, operation="chat", project=None, reference=None, model="a:b", tokens=10, cost=None)


async def test_a_second_server_leaves_the_calls_of_the_first_alone(parts: Parts, tmp_path: Path) -> None:
    first, second = (UsageLog(parts.db, Leases(parts.db, tmp_path)) for _ in range(2))
    with first.held(await reserved(first)):
        assert await second.recover() == 0
        (row,) = await second.calls(ME)
        assert row.status == "reserved"


async def test_whoever_made_a_call_has_the_last_word(parts: Parts, tmp_path: Path) -> None:
    """Also where its lease had ended: the machine slept, and another one took the call for left behind."""
    slept, other = (
        UsageLog(parts.db, Leases(parts.db, tmp_path, seconds=-1)),
        UsageLog(parts.db, Leases(parts.db, tmp_path)),
    )
    call = await reserved(slept)
    assert await other.recover() == 1
    assert await other.recover() == 0
    await slept.settle(call, "settled", input_tokens=3, output_tokens=4, cache_read=0, cache_write=0, cost=None)
    (row,) = await slept.calls(ME)
    assert (row.status, row.input_tokens, row.output_tokens) == ("settled", 3, 4)


async def test_nobody_sees_the_calls_of_others(parts: Parts, tmp_path: Path) -> None:
    log = UsageLog(parts.db, Leases(parts.db, tmp_path))
    await reserved(log)
    assert await log.calls(Actor("somebody")) == []


async def test_calls_outlive_their_project(house: House) -> None:
    generation, call = await house.ask(MessagesBehaviour(APP))
    async with house.parts.db.session() as session:
        project = await session.get(Project, generation.project)
        assert project
        await session.delete(project)
    assert [row.id for row in await house.log.calls(ME)] == [call.id]
