"""How much one visitor may take: pace by a token bucket, bodies counted and timed as they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive

from preview_runtime.routes.limits import BodyReader, Pace, VisitorLimits, declared_too_large


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_then_the_pace_counts() -> None:
    clock = Clock()
    pace = Pace(VisitorLimits(requests_per_second=2, burst=3), clock)
    assert [pace.wait("app", "1.1.1.1") for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 0.5
    assert [pace.wait("app", "1.1.1.1") for _ in range(2)] == [0, 1]
    # Another visitor and another preview have a pace of their own.
    assert pace.wait("app", "2.2.2.2") == 0
    assert pace.wait("other", "1.1.1.1") == 0


def test_whoever_has_to_wait_is_told_how_long() -> None:
    pace = Pace(VisitorLimits(requests_per_second=0.1, burst=1), Clock())
    assert (pace.wait("app", "1.1.1.1"), pace.wait("app", "1.1.1.1")) == (0, 10)


def test_without_a_limit_nobody_waits() -> None:
    pace = Pace(VisitorLimits(requests_per_second=0))
    assert not any(pace.wait("app", "1.1.1.1") for _ in range(10_000))


def test_memory_is_bounded() -> None:
    pace = Pace(VisitorLimits(requests_per_second=1, burst=1), Clock())
    for number in range(12_000):
        pace.wait("app", str(number))
    assert len(pace) == 10_000


@pytest.mark.parametrize(("length", "refused"), [(b"10", False), (b"11", True), (b"", False), (b"x", False)])
def test_a_length_that_is_declared_is_believed(length: bytes, refused: bool) -> None:
    scope = {"headers": [(b"content-length", length)]}
    assert declared_too_large(scope, VisitorLimits(body_bytes=10)) is refused
    assert not declared_too_large(scope, VisitorLimits(body_bytes=0))


def coming(messages: Iterable[Message]) -> Receive:
    left = iter(messages)

    async def receive() -> Message:
        try:
            return next(left)
        except StopIteration:
            await asyncio.Event().wait()
            raise

    return receive


def piece(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def test_a_body_within_the_limit_passes_whole() -> None:
    body = BodyReader(coming([piece(4), piece(6, more=False)]), VisitorLimits(body_bytes=10), expected=True)
    assert [len((await body())["body"]) for _ in range(2)] == [4, 6]
    assert body.refused == 0


@pytest.mark.parametrize("more", [True, False])
async def test_a_body_over_the_limit_ends_as_if_the_visitor_had_left(more: bool) -> None:
    body = BodyReader(coming([piece(8), piece(8, more)]), VisitorLimits(body_bytes=10), expected=True)
    assert (await body())["type"] == "http.request"
    assert (await body())["type"] == "http.disconnect"
    assert body.refused == 413
    assert (await body())["type"] == "http.disconnect"


async def test_a_visitor_who_stops_sending_is_not_waited_for() -> None:
    body = BodyReader(coming([piece(1)]), VisitorLimits(body_seconds=0.05, body_rate=1000), expected=True)
    await body()
    assert (await body())["type"] == "http.disconnect"
    assert body.refused == 408


async def test_after_the_body_there_is_no_hurry() -> None:
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    body = BodyReader(receive, VisitorLimits(body_seconds=0.01), expected=False)
    waiting = asyncio.create_task(body())
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    gone.set()
    assert (await waiting)["type"] == "http.disconnect"
    assert body.refused == 0
