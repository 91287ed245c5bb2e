"""Wakes a sleeping preview when a request comes: once, however many requests come."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from preview_runtime.tasks import Tasks

# How long (seconds) a woken app may take to listen; requests wait much shorter and are repeated.
WAKE_SECONDS: Final = 60.0


class Waker(Protocol):
    """The part that can wake a preview: the one that runs the engines."""

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Wake the app; True once the route table has it as running, False when that fails or takes longer than
        `seconds`."""
        ...


class Sleepers:
    """The previews being woken. A wake continues when the visitors who caused it leave: they come again."""

    def __init__(self, waker: Waker | None, *, seconds: float = WAKE_SECONDS) -> None:
        self._waker, self._seconds = waker, seconds
        self._tasks = Tasks()
        self._waking: dict[str, asyncio.Task[bool]] = {}

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Whether the app runs after at most `seconds`. Never raises: a failed wake is in the log."""
        if self._waker is None:
            return False
        task = self._waking.get(preview_id)
        if task is None:
            task = self._tasks.begin(self._waker.wake(preview_id, self._seconds), f"wake {preview_id}")
            self._waking[preview_id] = task
            task.add_done_callback(lambda _: self._waking.pop(preview_id, None))
        done, _ = await asyncio.wait([task], timeout=seconds)
        return bool(done) and not task.cancelled() and task.exception() is None and task.result()

    async def close(self) -> None:
        """End what is under way."""
        await self._tasks.close()
