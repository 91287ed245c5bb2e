"""Runs work to its end that must not be left half done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from preview_runtime.tasks import begun

T = TypeVar("T")


async def uncancelled(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which goes on when the caller is cancelled; the cancellation is raised after its end.

    After an aborted request to create something, nobody knows whether the thing exists: a clean-up would miss it.
    """
    task = begun(work, "to its end")
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if not task.cancelled():
                cancelled = error
        except Exception:  # noqa: S110 - raised below, by the task's own result
            pass
    if cancelled:
        # The caller is cancelled and does not hear of the work's own failure.
        task.cancelled() or task.exception()
        raise cancelled
    return task.result()
