"""Supervised tasks: each has a name and an owner who cancels it, waits for its end and tells of its failure.

The only place that makes tasks, `asyncio.TaskGroup` aside: the loop keeps no reference to a task, so that a bare one may
vanish in the middle of its work, and its failure is told when somebody happens to collect it, or never.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

log = logging.getLogger(__name__)
AGAIN_SECONDS: Final = 5.0
T = TypeVar("T")


class Tasks:
    """The tasks of one owner, which go on beside whoever begins them until they are over or `close()` ends them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Awaitable[T], name: str, *, heard: bool = False) -> asyncio.Task[T]:
        """Have `work` go on by itself. Its failure is logged once, with its `name`; not where it is `heard` by whoever
        waits for the task."""
        task = begun(work, name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._over, heard=heard))
        return task

    def forever(
        self, work: Callable[[], Awaitable[None]], name: str, *, again: float = AGAIN_SECONDS
    ) -> asyncio.Task[None]:
        """Do `work` until it is cancelled. One that fails or returns is logged, and begun again after `again` seconds."""
        return self.begin(_again_and_again(name, work, again), name)

    async def close(self) -> None:
        """Cancel every task and wait until all are over, those that they begin meanwhile as well."""
        while mine := self._tasks - {asyncio.current_task()}:
            await cancel(*mine)

    def _over(self, task: asyncio.Task[Any], *, heard: bool) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not heard:
            log.error("The task “%s” failed", task.get_name(), exc_info=error)


def begun(work: Awaitable[T], name: str) -> asyncio.Task[T]:
    """A task of the function that calls this, which waits for its end before its own. Nothing of it is logged."""
    return asyncio.create_task(work if asyncio.iscoroutine(work) else _awaited(work), name=name)


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks` and wait until they are over, however that went."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def beside(work: Awaitable[T], name: str) -> AsyncIterator[asyncio.Task[T]]:
    """Have `work` go on for as long as the block, and be over after it. Its failure is for the block to look at."""
    task = begun(work, name)
    try:
        yield task
    finally:
        await cancel(task)


async def race(*works: Awaitable[Any], name: str) -> list[asyncio.Task[Any] | None]:
    """Do `works` side by side until one is over. For each the task, with its result or failure, where it was over by
    itself; None where it was cancelled. All are over."""
    tasks = [begun(work, name) for work in works]
    over: set[asyncio.Task[Any]] = set()
    try:
        over, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*tasks)
    return [task if task in over and not task.cancelled() else None for task in tasks]


async def _awaited(work: Awaitable[T]) -> T:
    return await work


async def _again_and_again(name: str, work: Callable[[], Awaitable[None]], again: float) -> None:
    while True:
        try:
            await work()
        except Exception:  # whatever it is, nobody else would begin this work again
            log.exception("The task “%s” failed and is begun again in %s s", name, again)
        else:
            log.error("The task “%s” ended and is begun again in %s s", name, again)
        await asyncio.sleep(again)
