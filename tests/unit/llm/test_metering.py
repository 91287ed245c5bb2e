"""Every call of a model is written down, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.llm.conversation import errors
from builder.llm.conversation.events import AnswerEnded, TextPiece, ThinkingPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import CallOptions, ImagePart, Tool, user_message
from builder.llm.conversation.model import Profile
from builder.llm.conversation.reply import gathered
from builder.llm.conversation.sizes import IMAGE_TOKENS, most_of
from builder.llm.metering import MeteredModel
from builder.llm.testing.scripted import ScriptedModel, Step

OPTIONS = CallOptions("chat", project="p1", reference="r1", max_output_tokens=1_000)
ASKED = [user_message("x" * 320)]
TOLD = Usage(100, 50, 8, 4)


class Log:
    """What was written down, in order."""

    def __init__(self) -> None:
        self.reserved: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        self.settled: list[tuple[str, str, list[int | None], float | None]] = []
        self.making: set[str] = set()
        self.rest: float | None = None

    async def left(self, actor: Actor, **what: Any) -> float | None:  # the same for all
        return self.rest

    @contextmanager
    def held(self, call: str) -> Iterator[None]:
        self.making.add(call)
        yield
        self.making.remove(call)

    async def reserve(self, actor: Actor, **what: Any) -> str:
        self.reserved.append({"actor": actor, **what})
        self.asked.set()
        return f"c{len(self.reserved)}"

    async def settle(
        self,
        call: str,
        status: str,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cache_read: int | None,
        cache_write: int | None,
        cost: float | None,
    ) -> None:
        self.settled.append((call, status, [input_tokens, output_tokens, cache_read, cache_write], cost))


class BrokenLog(Log):
    async def settle(self, *_: object, **__: object) -> None:
        raise OSError("the disk is gone")


def metered(*steps: Step, log: Log, price: float | None = 0.001) -> MeteredModel:
    return MeteredModel(ScriptedModel([steps], price=price), ME, log)


async def test_a_call_is_reserved_before_it_is_made_and_settled_after() -> None:
    log, go_on = Log(), asyncio.Event()
    reply = asyncio.create_task(
        gathered(metered(go_on, TextPiece("Hi"), TOLD, AnswerEnded("end"), log=log).stream(ASKED, [], OPTIONS))
    )
    await log.asked.wait()
    assert log.settled == []
    assert log.making == {"c1"}
    assert log.reserved == [
        {
            "actor": ME,
            "operation": "chat",
            "project": "p1",
            "reference": "r1",
            "model": "scripted:model",
            "tokens": 1_100,
            "cost": 1.0,
        }
    ]
    go_on.set()
    assert (await reply).text == "Hi"
    assert log.settled == [("c1", "settled", [100, 50, 8, 4], 0.05)]


@pytest.mark.parametrize(
    ("steps", "tokens", "cost"),
    [
        ((errors.BadKey(),), [0, 0, 0, 0], 0.0),  # a request that is refused costs nothing
        ((TextPiece("Hi"), errors.ConnectionLost()), [None] * 4, None),  # nobody told what it took
        ((TOLD, TextPiece("Hi"), errors.Overloaded()), [100, 50, 8, 4], 0.05),
        ((errors.TimedOut(),), [None] * 4, None),
        # It broke off before the output was counted: what came was paid for.
        ((Usage(100, 1), TextPiece("x" * 640), errors.ConnectionLost()), [100, 200, 0, 0], 0.2),
        (
            (Usage(100, 1), ToolInputPiece("c", "t", "x" * 320), ThinkingPiece("x" * 320), errors.Overloaded()),
            [100, 200, 0, 0],
            0.2,
        ),
        ((ValueError("ours"),), [None] * 4, None),
    ],
)
async def test_a_call_that_fails_says_what_is_known(
    steps: tuple[Step, ...], tokens: list[int | None], cost: float | None
) -> None:
    log = Log()
    with pytest.raises((errors.ModelError, ValueError)):
        await gathered(metered(*steps, log=log).stream(ASKED, [], OPTIONS))
    assert log.settled == [("c1", "failed", tokens, cost)]


async def test_a_call_that_is_given_up_is_cancelled() -> None:
    log, never = Log(), asyncio.Event()
    async with aclosing(metered(TOLD, TextPiece("Hi"), never, log=log).stream(ASKED, [], OPTIONS)) as events:
        async for event in events:
            if isinstance(event, TextPiece):
                break
    log.asked.clear()
    waiting = asyncio.create_task(gathered(metered(TOLD, never, log=log).stream(ASKED, [], OPTIONS)))
    await log.asked.wait()
    waiting.cancel()
    await asyncio.wait({waiting})
    assert [(call, status) for call, status, _, _ in log.settled] == [("c1", "cancelled"), ("c2", "cancelled")]
    assert log.settled[0][2:] == ([100, 50, 8, 4], 0.05)


async def test_an_answer_that_is_whole_is_settled_whoever_leaves_then() -> None:
    log = Log()
    async with aclosing(metered(TOLD, AnswerEnded("end"), log=log).stream(ASKED, [], OPTIONS)) as events:
        async for event in events:
            if isinstance(event, AnswerEnded):
                break
    assert [status for _, status, _, _ in log.settled] == ["settled"]


@pytest.mark.parametrize(
    ("said", "tokens", "cost"),
    [
        (Usage(100, -50, -8, 4), [100, 200, 0, 4], 0.2),  # nothing is paid back
        (Usage(100, 0), [100, 200, 0, 0], 0.2),
        (Usage(), [None] * 4, None),  # nothing was told: the reserve counts
        (Usage(100, 3), [100, 3, 0, 0], 0.003),
    ],
)
async def test_what_a_provider_says_makes_no_answer_free(
    said: Usage, tokens: list[int | None], cost: float | None
) -> None:
    log = Log()
    model = metered(said, TextPiece("x" * 640), AnswerEnded("end"), log=log)
    await gathered(model.stream(ASKED, [], OPTIONS))
    assert log.settled == [("c1", "settled", tokens, pytest.approx(cost) if cost else None)]


async def test_a_price_that_is_not_known_is_none_and_not_nothing() -> None:
    log = Log()
    await gathered(metered(TOLD, AnswerEnded("end"), log=log, price=None).stream(ASKED, [], OPTIONS))
    assert log.reserved[0]["cost"] is None
    assert log.settled[0][3] is None


async def test_an_answer_is_not_lost_with_the_log(caplog: pytest.LogCaptureFixture) -> None:
    reply = await gathered(metered(TextPiece("Hi"), AnswerEnded("end"), log=BrokenLog()).stream(ASKED, [], OPTIONS))
    assert reply.text == "Hi"
    assert "could not be settled" in caplog.text


def test_what_is_reserved_counts_pictures_tools_and_the_models_own_limit() -> None:
    alone = most_of(ASKED, [], OPTIONS, Profile(500))
    assert alone == Usage(100, 500)
    picture = most_of([user_message("x" * 320, ImagePart(b"", "image/png"))], [], OPTIONS, Profile())
    assert picture == Usage(100 + IMAGE_TOKENS, 1_000)
    assert most_of(ASKED, [Tool("t", "d" * 3_200, {})], OPTIONS, Profile()).input_tokens > 1_000
    # What a provider keeps costs more than what it reads, and is kept wherever there is a system prompt.
    kept = most_of(ASKED, [], replace(OPTIONS, system="s" * 320), Profile())
    assert kept == Usage(0, 1_000, cache_write=200)
    # Other scripts take more tokens than English of that length.
    assert most_of([user_message("待办事项" * 80)], [], OPTIONS, Profile()).input_tokens >= 320
    assert most_of([user_message("😀" * 100)], [], OPTIONS, Profile()).input_tokens >= 200
    assert most_of([user_message("café " * 64)], [], OPTIONS, Profile()).input_tokens < 170


class SlowLog(Log):
    """Takes until `go_on` to write down how a call ended."""

    def __init__(self) -> None:
        super().__init__()
        self.settling, self.go_on = asyncio.Event(), asyncio.Event()

    async def settle(self, *told: Any, **what: Any) -> None:
        self.settling.set()
        await self.go_on.wait()
        await super().settle(*told, **what)


async def test_a_caller_who_leaves_while_the_end_is_written_leaves_no_call_reserved() -> None:
    log = SlowLog()
    reply = asyncio.create_task(
        gathered(metered(TextPiece("Hi"), TOLD, AnswerEnded("end"), log=log).stream(ASKED, [], OPTIONS))
    )
    await log.settling.wait()
    reply.cancel()
    log.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await reply
    assert log.settled == [("c1", "settled", [100, 50, 8, 4], 0.05)]


@pytest.mark.parametrize("tenths", range(21, 60))
async def test_an_answer_is_made_as_short_as_the_budget_pays_for_to_the_last_digit(tenths: int) -> None:
    log = Log()
    log.rest = tenths / 10
    options = CallOptions("chat", max_output_tokens=64_000)
    await gathered(metered(TOLD, AnswerEnded("end"), log=log).stream(ASKED, [], options))
    assert 0.99 * log.rest < log.reserved[0]["cost"] <= log.rest
