"""Whether Sayso is well, and its figures: what an operator's programs ask for."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import func, select
from sqlmodel import col

from builder.base.db import Database
from builder.base.http.rates import Rates
from builder.base.jobs import JobQueue
from builder.base.leases import moment
from builder.base.settings import StorageSettings
from builder.base.tables import QueuedJob
from builder.base.watching.lag import watch_loop
from builder.base.watching.metrics import show
from builder.generation.tables import Turn
from builder.llm.credentials import Credentials
from builder.previews.servers.previews import ServerPreviews
from builder.previews.servers.server import Stage
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
PartState = Literal["ok", "down", "off"]
LEAST_FREE: Final = 200 * 1024 * 1024
"""Bytes of the data directory's disk below which nobody can be promised that their work is kept."""
_PART_SECONDS: Final = 5.0
# Anybody may ask: within this time all get one answer.
_FRESH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part: `off` where it is not set up, which is no fault. `needed`: without it Sayso is not ready."""

    state: PartState
    milliseconds: int
    needed: bool


class Watching:
    """`live` needs nothing: a process that answers lives."""

    def __init__(
        self, settings: StorageSettings, db: Database, jobs: JobQueue, servers: ServerPreviews, credentials: Credentials,
        rates: Rates,
    ) -> None:  # fmt: skip
        self._folder, self._db, self._jobs_of = settings.data_dir, db, jobs
        self._servers, self._credentials, self._rates = servers, credentials, rates
        self._tasks = Tasks()
        self._looking = asyncio.Lock()
        self._seen: tuple[float, dict[str, PartHealth]] | None = None

    def begin(self) -> None:
        self._tasks.forever(watch_loop, "watch the event loop")

    async def close(self) -> None:
        await self._tasks.close()

    async def health(self) -> dict[str, PartHealth]:
        """Each part's, at most a second old. What is wrong with one is in the log."""
        async with self._looking:
            if self._seen is None or self._seen[0] + _FRESH_SECONDS < time.monotonic():
                self._seen = time.monotonic(), await self._look()
            return self._seen[1]

    async def figures(self) -> bytes:
        """For Prometheus (text format 0.0.4). What the database cannot say at the moment is left out."""
        jobs: dict[tuple[str, str], int] = {}
        turns: dict[str, int] = {}
        oldest = 0.0
        try:
            async with asyncio.timeout(_PART_SECONDS):
                jobs, turns, oldest = await self._counted()
        except Exception as error:  # figures of the rest are wanted most when the database is away
            log.warning("The database gave no figures: %r", error)
        places = self._servers.places
        awake = [server for server in self._servers.register.all if server.stage is Stage.AWAKE]
        return show(
            awake=Counter(str(server.runnable.kind) for server in awake),
            waiting=places.queued,
            jobs=jobs,
            oldest_due=oldest,
            turns=turns,
        )

    async def _counted(self) -> tuple[dict[tuple[str, str], int], dict[str, int], float]:
        due = func.min(col(QueuedJob.run_at)).filter(col(QueuedJob.status) == "queued")
        async with self._db.reader() as session:
            by_kind = await session.execute(
                select(col(QueuedJob.kind), col(QueuedJob.status), func.count()).group_by(
                    col(QueuedJob.kind), col(QueuedJob.status)
                )
            )
            jobs = {(kind, status): count for kind, status, count in by_kind}
            waits = col(Turn.status).in_(("running", "queued"))
            by_status = await session.execute(
                select(col(Turn.status), func.count()).where(waits).group_by(col(Turn.status))
            )
            turns = {"running": 0, "queued": 0, **{row[0]: row[1] for row in by_status}}
            first, clock = (await session.execute(select(due, moment(0.0)))).one()
        late = (datetime.fromisoformat(clock) - datetime.fromisoformat(first)) / timedelta(seconds=1) if first else 0.0
        return jobs, turns, max(0.0, late)

    async def _look(self) -> dict[str, PartHealth]:
        parts: dict[str, tuple[Callable[[], Awaitable[PartState]], bool]] = {
            "database": (self._database, True),
            "migrations": (self._migrations, True),
            "disk": (self._disk, True),
            "jobs": (self._jobs, True),
            "redis": (self._redis, False),
            "docker": (self._docker, False),
            "models": (self._models, False),
        }
        seen = await asyncio.gather(*(self._of(name, look, needed) for name, (look, needed) in parts.items()))
        return dict(zip(parts, seen, strict=True))

    async def _of(self, name: str, look: Callable[[], Awaitable[PartState]], needed: bool) -> PartHealth:
        began = time.monotonic()
        try:
            async with asyncio.timeout(_PART_SECONDS):
                state = await look()
        except Exception as error:  # whatever it is, the part is not there
            log.warning("Not ready: %s: %r", name, error)
            state = "down"
        return PartHealth(state, round((time.monotonic() - began) * 1000), needed)

    async def _redis(self) -> PartState:
        there = await self._rates.is_there()
        return "off" if there is None else "ok" if there else "down"

    async def _database(self) -> PartState:
        async with self._db.reader() as session:
            await session.execute(select(1))
        return "ok"

    async def _migrations(self) -> PartState:
        return "down" if await self._db.is_behind() else "ok"

    async def _disk(self) -> PartState:
        folder = self._folder
        free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
        writable = await asyncio.to_thread(os.access, folder, os.W_OK)
        if free < LEAST_FREE or not writable:
            log.warning("Not ready: %d bytes are free in the data directory", free)
            return "down"
        return "ok"

    async def _jobs(self) -> PartState:
        stuck = self._jobs_of.stuck()
        if stuck:
            log.warning("Not ready: nobody looks for jobs of the kinds %s", ", ".join(stuck))
        return "down" if stuck else "ok"

    async def _docker(self) -> PartState:
        return "off" if self._servers.why_not is not None else "ok"

    async def _models(self) -> PartState:
        return "ok" if self._credentials.any else "off"
