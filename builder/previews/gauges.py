"""What each server takes at the moment; measured only while somebody looks."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Final

from builder.previews.activity import Activity
from builder.previews.server import Server, Stage
from preview_runtime.engines import EngineFailed

log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 2.0
# Two that look at the same server share one measurement.
_FRESH_SECONDS: Final = EVERY_SECONDS * 0.75


@dataclass(frozen=True, slots=True)
class Reading:
    """`cpu` in percent of one processor, memory in bytes; `requests` in one second since the reading before;
    `connections` open at that moment."""

    cpu: float
    memory: int
    memory_limit: int
    requests: float
    connections: int


@dataclass
class _Gauge:
    at: float = 0.0
    counted_at: float = 0.0
    counted: int = 0
    reading: Reading | None = None


class Gauges:
    """Reads servers; each at most once in `_FRESH_SECONDS`, however many ask."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._gauges: dict[str, _Gauge] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def read(self, server: Server) -> Reading | None:
        """What the server takes; None where it takes nothing or its engine cannot tell."""
        if server.engine is None or server.stage not in (Stage.AWAKE, Stage.PAUSED):
            self.forget(server.project)
            return None
        async with self._locks.setdefault(server.project, asyncio.Lock()):
            gauge = self._gauges.setdefault(server.project, _Gauge())
            if time.monotonic() - gauge.at >= _FRESH_SECONDS:
                gauge.reading = await self._measure(server, gauge)
                gauge.at = time.monotonic()
            return gauge.reading

    def forget(self, project: str) -> None:
        self._gauges.pop(project, None)
        self._locks.pop(project, None)

    async def _measure(self, server: Server, gauge: _Gauge) -> Reading | None:
        if server.engine is None:
            return None
        try:
            usage = await server.engine.usage()
        except EngineFailed as failed:
            log.debug("The server of project %s cannot be measured: %s", server.project, failed.fault.message)
            return None
        at, use = time.monotonic(), self._activity.of(server.project)
        # The first reading has nothing to compare with; after a long pause the mean would say nothing of the moment.
        known = 0 < at - gauge.counted_at <= 5 * EVERY_SECONDS
        rate = max(0, use.requests - gauge.counted) / (at - gauge.counted_at) if known else 0.0
        gauge.counted_at, gauge.counted = at, use.requests
        return Reading(round(usage.cpu, 1), usage.memory, usage.memory_limit, round(rate, 1), use.open)
