"""JSON frames over a websocket, until either side is done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from preview_runtime.tasks import race

_LOOK_SECONDS = 0.25


async def send_frames(websocket: WebSocket, frames: AsyncGenerator[BaseModel, None]) -> None:
    """Accept, send each frame, and end as soon as the client is gone."""
    await websocket.accept()

    async def send() -> None:
        async with contextlib.aclosing(frames):
            async for frame in frames:
                await websocket.send_text(frame.model_dump_json())

    async def listen() -> None:
        # A close is noticed only by reading.
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    try:
        await race(send(), listen(), name="frames")
    finally:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the client may be gone already
            await websocket.close()


async def changed(look: Callable[[], object], seconds: float) -> None:
    """Return when `look()` returns something other than at first, after `seconds` at the latest."""
    before, left = look(), seconds
    while left > 0 and look() == before:
        await asyncio.sleep(min(_LOOK_SECONDS, left))
        left -= _LOOK_SECONDS
