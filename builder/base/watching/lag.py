"""How late the event loop is: what blocks it keeps everybody waiting."""

from __future__ import annotations

import asyncio
from typing import Final

from builder.base.watching.metrics import loop_was_late

_EVERY: Final = 0.5


async def watch_loop() -> None:
    """Looks twice a second, until it is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _EVERY
        await asyncio.sleep(_EVERY)
        loop_was_late(loop.time() - due)
