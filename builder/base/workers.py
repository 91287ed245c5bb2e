"""Does the jobs of one kind in this process, a few at a time, as long as it runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from builder.base.jobs import MOST_ATTEMPTS, JobQueue
from builder.base.tables import QueuedJob
from preview_runtime.tasks import Tasks, cancel

log = logging.getLogger(__name__)
# What this process asks for is done at once. What others ask for, or leave by dying, is found this soon.
LOOK_SECONDS: Final = 30.0
# A job that another is about to take is not asked for without end.
_LEAST_SECONDS: Final = 0.05
_AT_ONCE: Final = 4


class CannotBeDone(Exception):
    """What a job needs is not there at this moment, or never will be; the message says what. No mistake of ours."""


class Worker:
    """`work(job)` does one job; what it raises has it tried again, later. It may be called again for what is done.

    `over(job, error)` hears of the end of each try once it is written: None where the job is done. `begin()` has it
    look for jobs, `close()` ends what is under way and gives it back.
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
    ) -> None:
        self._jobs, self._kind, self._work, self._over = jobs, kind, work, over
        self._at_once, self._look = at_once, look
        self._news = jobs.news(kind)
        self._tasks = Tasks()
        self._running: dict[str, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """Look for jobs from now on."""
        self._tasks.forever(self._run, f"jobs: {self._kind}")

    async def drop(self, key: str) -> None:
        """Have the job not done any more, and what runs of it here over."""
        await self._jobs.drop(self._kind, key)
        if (task := self._running.get(key)) is not None:
            await cancel(task)

    async def close(self) -> None:
        """End what is under way; whoever comes next does it anew."""
        await self._tasks.close()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            wait = self._look
            if len(self._running) < self._at_once:
                for job in await self._due():
                    task = self._tasks.begin(self._do(job), f"{self._kind} {job.key}")
                    self._running[job.key] = task
                    task.add_done_callback(partial(self._ended, job.key))
                seconds = await self._jobs.seconds(self._kind, self._running)
                wait = self._look if seconds is None else min(self._look, max(_LEAST_SECONDS, seconds))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):  # not wait_for: it forgets a cancellation that meets the news
                    await self._news.wait()

    async def _due(self) -> list[QueuedJob]:
        # Asked first without the database's lock for writers: who finds nothing has kept nobody.
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
            if job.attempts > MOST_ATTEMPTS:
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
        again = await self._jobs.failed(job, error, random.random())  # noqa: S311 - nobody gains from guessing it
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
