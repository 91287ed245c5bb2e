"""Work in the background that must not end: what fails is told and begun again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)
AGAIN_SECONDS: Final = 5.0


def without_end(name: str, work: Callable[[], Awaitable[None]], *, again: float = AGAIN_SECONDS) -> asyncio.Task[None]:
    """A task that does `work` until it is cancelled. A `work` that fails or returns is logged, and begun again after
    `again` seconds."""
    return asyncio.create_task(_again_and_again(name, work, again), name=name)


async def _again_and_again(name: str, work: Callable[[], Awaitable[None]], again: float) -> None:
    while True:
        try:
            await work()
        except Exception:  # whatever it is, nobody else would begin this work again
            log.exception("The task “%s” failed and is begun again in %s s", name, again)
        else:
            log.error("The task “%s” ended and is begun again in %s s", name, again)
        await asyncio.sleep(again)
