"""How often something may be asked for: sliding windows, each counted in one atomic step.

They are in Redis where there is one (`REDIS_URL`), so that all processes count together, else in this process. While
Redis is away each process counts for itself.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from builder.base.errors import SaysoError
from builder.base.watching.metrics import made_to_wait
from builder.texts import t

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

log = logging.getLogger(__name__)
_AGAIN_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` within any `seconds`, for each key (an account, a team). `text`: what is said when it is passed,
    with `seconds`."""

    name: str
    amount: int
    seconds: int = 60
    text: str = "rates.too_often"

    @property
    def item(self) -> RateLimitItem:
        return RateLimitItemPerSecond(self.amount, self.seconds, namespace="sayso")


@dataclass(frozen=True, slots=True)
class RateState:
    """`resets_in`: seconds until another one is possible, or until none counts any more."""

    used: int
    limit: int
    resets_in: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


_ANSWER: ContextVar[list[RateState] | None] = ContextVar("rates_of_answer", default=None)


def note(state: RateState) -> None:
    """The answer under way tells this (`builder.base.http.rate_headers`), unless another rate has less left."""
    noted = _ANSWER.get()
    if noted is not None and (not noted or state.left <= noted[0].left):
        noted[:] = [state]


def listen() -> list[RateState]:
    """A list that will hold the state of the strictest rate that is counted from here on in this task, and in those that
    it begins."""
    noted: list[RateState] = []
    _ANSWER.set(noted)
    return noted


class AskedTooOften(SaysoError):
    """`details` say for how many `seconds` to wait."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, state: RateState) -> None:
        super().__init__(message, details={"seconds": state.resets_in})
        self.state = state


class Rates:
    """The windows of this process."""

    def __init__(self, redis_url: str = "") -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: MovingWindowRateLimiter | None = None
        self._away_until = 0.0
        self._pool: ConnectionPool | None = None
        self._away: tuple[type[Exception], ...] = (OSError, TimeoutError)
        if redis_url:
            from redis.asyncio import ConnectionPool
            from redis.exceptions import RedisError

            self._away = (*self._away, RedisError)
            self._pool = ConnectionPool.from_url(redis_url, socket_timeout=1.0, socket_connect_timeout=1.0)
            storage = RedisStorage(f"async+{redis_url}", implementation="redispy", connection_pool=self._pool)  # type: ignore[arg-type]  # as its documentation has it
            self._shared = MovingWindowRateLimiter(storage)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.disconnect()

    async def is_there(self) -> bool | None:
        """Whether Redis answers; None where none is set up."""
        if self._pool is None:
            return None
        from redis.asyncio import Redis

        try:
            await Redis(connection_pool=self._pool).execute_command("PING")  # type: ignore[no-untyped-call]  # `ping` is typed as what it is not
        except self._away as error:
            log.warning("Redis is away: %s", type(error).__name__)
            return False
        return True

    async def count(self, *asked: tuple[Rate, str]) -> RateState | None:
        """Count one for each (rate, key): returns the state of the one with least left. Raises AskedTooOften of the one
        that has to wait longest, and then none is counted."""
        asked = tuple((rate, key) for rate, key in asked if rate.amount > 0)
        if not asked:
            return None
        try:
            return await self._counted(self._windows, asked)
        except self._away as error:
            self._went_away(error)
            return await self._counted(self._own, asked)

    async def of(self, rate: Rate, key: str) -> RateState:
        try:
            return await _state(self._windows, rate, key)
        except self._away as error:
            self._went_away(error)
            return await _state(self._own, rate, key)

    @property
    def _windows(self) -> MovingWindowRateLimiter:
        return self._shared if self._shared is not None and time.monotonic() >= self._away_until else self._own

    def _went_away(self, error: BaseException) -> None:
        log.warning("Redis is away (%s): each process counts for itself for %d s", type(error).__name__, _AGAIN_SECONDS)
        self._away_until = time.monotonic() + _AGAIN_SECONDS

    async def _counted(self, windows: MovingWindowRateLimiter, asked: Sequence[tuple[Rate, str]]) -> RateState:
        full = [one for one in asked if not await windows.test(one[0].item, one[0].name, one[1])]
        # What is asked at the same moment may have taken the last one since.
        for rate, key in () if full else asked:
            if not await windows.hit(rate.item, rate.name, key):
                full.append((rate, key))
        states = [(await _state(windows, rate, key), rate) for rate, key in full or asked]
        if full:
            state, rate = max(states, key=lambda one: one[0].resets_in)
            made_to_wait(rate.name)
            note(state)
            raise AskedTooOften(t(rate.text, seconds=state.resets_in), state)
        strictest = min((state for state, _ in states), key=lambda state: state.left)
        note(strictest)
        return strictest


async def _state(windows: MovingWindowRateLimiter, rate: Rate, key: str) -> RateState:
    reset, left = await windows.get_window_stats(rate.item, rate.name, key)
    return RateState(rate.amount - left, rate.amount, max(1, math.ceil(reset - time.time())))
