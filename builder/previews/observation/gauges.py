"""What each server uses at the moment; measured only while somebody looks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from builder.previews.engine import ServerEngine
from builder.previews.observation.activity import UseCounter

EVERY_SECONDS: Final = 2.0
# Readers of the same server share a measurement for so long (seconds).
_FRESH_SECONDS: Final = EVERY_SECONDS * 0.75


@dataclass(frozen=True, slots=True)
class GaugeReading:
    """`cpu` in percent of one processor, None at the first reading, because there is nothing to compare with; memory in
    bytes; `requests` per second; `connections` open at that moment."""

    cpu: float | None
    memory: int
    memory_limit: int
    requests: float
    connections: int


@dataclass
class _Gauge:
    at: float = 0.0
    counted_at: float = 0.0
    counted: int = 0
    cpu: float = 0.0
    reading: GaugeReading | None = None


class Gauges:
    """Reads servers; each at most once in `_FRESH_SECONDS`, however many ask."""

    def __init__(self, activity: UseCounter) -> None:
        self._activity = activity
        self._gauges: dict[str, _Gauge] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def read(self, runnable: str, engine: ServerEngine) -> GaugeReading | None:
        """What the server uses; None when its engine cannot tell."""
        async with self._locks.setdefault(runnable, asyncio.Lock()):
            gauge = self._gauges.setdefault(runnable, _Gauge())
            if time.monotonic() - gauge.at >= _FRESH_SECONDS:
                gauge.reading = await self._measure(runnable, engine, gauge)
                gauge.at = time.monotonic()
            return gauge.reading

    def forget(self, runnable: str) -> None:
        """Its server ended: the next measurement starts afresh."""
        self._gauges.pop(runnable, None)
        self._locks.pop(runnable, None)

    async def _measure(self, runnable: str, engine: ServerEngine, gauge: _Gauge) -> GaugeReading | None:
        usage = await engine.usage()
        if usage is None:
            return None
        at, use = time.monotonic(), self._activity.of(runnable)
        # After a long pause the mean would not describe the moment.
        passed = at - gauge.counted_at
        known = 0 < passed <= 5 * EVERY_SECONDS
        rate = max(0, use.requests - gauge.counted) / passed if known else 0.0
        # Less than before: another container, whose counter began at zero.
        cpu = round(max(0.0, usage.cpu - gauge.cpu) / passed * 100, 1) if known else None
        gauge.cpu = usage.cpu
        gauge.counted_at, gauge.counted = at, use.requests
        return GaugeReading(cpu, usage.memory, usage.limit, round(rate, 1), use.open)
