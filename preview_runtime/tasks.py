"""Supervised tasks: each has a name and an owner, which cancels it, waits for its end and reports its failure.

Only this module and `asyncio.TaskGroup` make tasks. The event loop keeps no reference to a task, so a bare task may be
garbage-collected in the middle of its work, and its failure is reported when it happens to be collected, or never.
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
    """The tasks of one owner, which run independently of the code that starts them, until they are over or `close()`
    ends them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Awaitable[T], name: str, *, heard: bool = False) -> asyncio.Task[T]:
        """Start `work` as a task. Its failure is logged once, with its `name`; not if `heard`, when the code that
        awaits the task handles it."""
        task = begun(work, name)
        self._tasks.add(task)
        task.add_done_callback(partial(self._over, heard=heard))
        return task

    def forever(
        self, work: Callable[[], Awaitable[None]], name: str, *, again: float = AGAIN_SECONDS
    ) -> asyncio.Task[None]:
        """Run `work` until it is cancelled. When it fails or returns, that is logged, and it is started again after
        `again` seconds."""
        return self.begin(_again_and_again(name, work, again), name)

    async def close(self) -> None:
        """Cancel every task and wait until all are over, including tasks that they start meanwhile."""
        while mine := self._tasks - {asyncio.current_task()}:
            await cancel(*mine)

    def _over(self, task: asyncio.Task[Any], *, heard: bool) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not heard:
            log.error("The task “%s” failed", task.get_name(), exc_info=error)


def begun(work: Awaitable[T], name: str) -> asyncio.Task[T]:
    """Start a task of the calling function, which waits for the task before it returns. Nothing of it is logged."""
    return asyncio.create_task(work if asyncio.iscoroutine(work) else _awaited(work), name=name)


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks` and wait until they are over, however they end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def beside(work: Awaitable[T], name: str) -> AsyncIterator[asyncio.Task[T]]:
    """Run `work` while the block runs; it is cancelled, and over, when the block is left. The block has to check for
    its failure."""
    task = begun(work, name)
    try:
        yield task
    finally:
        await cancel(task)


async def race(*works: Awaitable[Any], name: str) -> list[asyncio.Task[Any] | None]:
    """Run `works` in parallel until one is over. Returns, for each, its task (with result or failure) if it ended by
    itself, or None if it was cancelled. All are over."""
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
        except Exception:  # whatever it is, no other code would start this work again
            log.exception("The task “%s” failed and is begun again in %s s", name, again)
        else:
            log.error("The task “%s” ended and is begun again in %s s", name, again)
        await asyncio.sleep(again)
