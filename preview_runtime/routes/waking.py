"""Wakes a preview that sleeps when somebody asks for it: once, however many ask."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

log = logging.getLogger(__name__)
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
        self._waking: dict[str, asyncio.Task[bool]] = {}

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Whether the app runs after at most `seconds`. Never raises: a wake that fails is in the log."""
        if self._waker is None:
            return False
        task = self._waking.get(preview_id)
        if task is None:
            task = asyncio.create_task(self._waker.wake(preview_id, self._seconds), name=f"wake {preview_id}")
            self._waking[preview_id] = task
            task.add_done_callback(lambda done: self._ended(preview_id, done))
        done, _ = await asyncio.wait([task], timeout=seconds)
        return bool(done) and not task.cancelled() and task.exception() is None and task.result()

    async def close(self) -> None:
        """End what is under way."""
        tasks = [*self._waking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, preview_id: str, task: asyncio.Task[bool]) -> None:
        self._waking.pop(preview_id, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("Preview %s could not be woken", preview_id, exc_info=error)
