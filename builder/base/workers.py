"""Does the jobs of one kind in this process, a few at a time, as long as it runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from builder.base.jobs import FIRST_SECONDS, MOST_ATTEMPTS, JobQueue
from builder.base.tables import QueuedJob
from preview_runtime.tasks import Tasks, cancel

log = logging.getLogger(__name__)
# Jobs that this process queues start at once. Jobs that others queued, or left by dying, are found within this time
# (seconds).
LOOK_SECONDS: Final = 30.0
# The shortest wait: a job that another process is about to take must not be looked for in a tight loop.
_LEAST_SECONDS: Final = 0.05
_AT_ONCE: Final = 4
# A look that is late by as many times is overdue: the database may be busy for a while.
_PATIENCE: Final = 4


class CannotBeDone(Exception):
    """The job's precondition is missing now or for good; the message names it. It is no mistake of ours."""


class NeverDone(CannotBeDone):
    """The precondition is missing for good: the job is not tried again by itself."""


class Worker:
    """`work(job)` does one job; after an exception the job is retried later. It may be called again for a job that is
    done.

    `over(job, error)` is called after the end of each try is committed; `error` is None when the job is done. `begin()`
    starts the worker; `close()` cancels the jobs under way and gives them back.
    """

    def __init__(
        self,
        jobs: JobQueue,
        kind: str,
        work: Callable[[QueuedJob], Awaitable[None]],
        *,
        over: Callable[[QueuedJob, BaseException | None], Awaitable[None]] | None = None,
        at_once: int = _AT_ONCE,
        look: float = LOOK_SECONDS,
        first: float = FIRST_SECONDS,
        most: int = MOST_ATTEMPTS,
    ) -> None:
        """`first`: seconds until a job that failed is tried again; each further time it is twice as long, see `delay`.
        `most`: how often it is tried."""
        self._jobs, self._kind, self._work, self._over = jobs, kind, work, over
        self._at_once, self._look, self._first, self._most = at_once, look, first, most
        self._news = jobs.news(kind)
        self._tasks = Tasks()
        self._running: dict[str, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """Start to look for jobs."""
        self._tasks.forever(self._run, f"jobs: {self._kind}")

    async def drop(self, key: str) -> None:
        """Remove the job, and cancel it when this process is working on it."""
        await self._jobs.drop(self._kind, key)
        if (task := self._running.get(key)) is not None:
            await cancel(task)

    async def close(self) -> None:
        """Cancel the jobs under way; the next worker runs them again."""
        await self._tasks.close()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            self._jobs.looking(self._kind, self._look * _PATIENCE)
            wait = self._look
            if len(self._running) < self._at_once:
                for job in await self._due():
                    task = self._tasks.begin(self._do(job), f"{self._kind} {job.key}")
                    self._running[job.key] = task
                    task.add_done_callback(partial(self._ended, job.key))
                seconds = await self._jobs.seconds(self._kind, self._running)
                wait = self._look if seconds is None else min(self._look, max(_LEAST_SECONDS, seconds))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):  # wait_for loses a cancellation that meets the event
                    await self._news.wait()

    async def _due(self) -> list[QueuedJob]:
        # Ask first without the database's write lock: when nothing is due, nobody has to wait.
        if await self._jobs.seconds(self._kind, self._running) != 0.0:
            return []
        return await self._jobs.take(self._kind, self._at_once - len(self._running), self._running)

    def _ended(self, key: str, _: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        self._news.set()

    async def _do(self, job: QueuedJob) -> None:
        task = asyncio.current_task()
        lost = False

        def give_up() -> None:
            nonlocal lost
            lost = True
            if task is not None:
                task.cancel()

        error: Exception | None = None
        try:
            if job.attempts > self._most:
                raise CannotBeDone("each process that tried it died")
            with self._jobs.leases.kept(QueuedJob, job.id, give_up):
                await self._work(job)
        except asyncio.CancelledError:
            if not lost:
                await self._jobs.give_back(job)
            raise
        except Exception as failure:
            error = failure
            await self._failed(job, failure)
        else:
            await self._jobs.done(job)
        if self._over is not None:
            await self._over(job, error)

    async def _failed(self, job: QueuedJob, error: Exception) -> None:
        most = 0 if isinstance(error, NeverDone) else self._most
        again = await self._jobs.failed(job, error, random.random(), self._first, most)  # noqa: S311 - nobody gains from guessing it
        expected = isinstance(error, CannotBeDone)
        log.log(
            logging.WARNING if expected else logging.ERROR,
            "The job “%s %s” failed, %s: %s",
            self._kind,
            job.key,
            "and is tried again" if again else "for good",
            error,
            exc_info=None if expected else error,
        )
