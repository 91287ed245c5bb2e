"""Wakes a preview that sleeps when somebody asks for it: once, however many ask."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from preview_runtime.tasks import Tasks

# So long a woken app may take to listen; whoever asks waits much shorter and asks again.
WAKE_SECONDS: Final = 60.0


class Waker(Protocol):
    """What can wake a preview: the part that runs the engines."""

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Have the app run; True once the route table says so, False when it does not within `seconds` or cannot."""
        ...


class Sleepers:
    """The previews that are being woken. A wake goes on when those who asked have left: they ask again."""

    def __init__(self, waker: Waker | None, *, seconds: float = WAKE_SECONDS) -> None:
        self._waker, self._seconds = waker, seconds
        self._tasks = Tasks()
        self._waking: dict[str, asyncio.Task[bool]] = {}

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Whether the app runs after at most `seconds`. Never raises: a wake that fails is in the log."""
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
