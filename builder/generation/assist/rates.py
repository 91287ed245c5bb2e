"""How often a person may ask for an operation: a sliding minute each, in this process."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from builder.base.errors import SaysoError
from builder.generation.assist.operations import OPERATIONS, OperationName
from builder.texts import t

_ITEMS: Final = {name: RateLimitItemPerMinute(one.per_minute) for name, one in OPERATIONS.items()}


class AskedTooOften(SaysoError):
    """Asked too often; `details` say for how many `seconds` to wait."""

    code = "rate_limited"
    status = 429


@dataclass(frozen=True, slots=True)
class Rate:
    """`resets_in`: seconds until another one is possible, or until none counts any more."""

    used: int
    limit: int
    resets_in: int


class OperationRates:
    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, operation: OperationName, person: str) -> None:
        """Raises AskedTooOften."""
        if not await self._windows.hit(_ITEMS[operation], operation, person):
            seconds = (await self.of(operation, person)).resets_in
            raise AskedTooOften(t("assist.too_often", seconds=seconds), details={"seconds": seconds})

    async def of(self, operation: OperationName, person: str) -> Rate:
        limit = _ITEMS[operation]
        reset, left = await self._windows.get_window_stats(limit, operation, person)
        return Rate(limit.amount - left, limit.amount, max(1, math.ceil(reset - time.time())))
