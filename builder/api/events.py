"""A project's event stream: a websocket for tabs, SSE for programs; same log, same frames."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, WebSocket, WebSocketDisconnect
from starlette.responses import StreamingResponse

from builder.accounts.access import Action
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayRead
from preview_runtime.tasks import race

_FILES = frozenset({"version_committed", "head_moved", "working_changed", "locks_changed"})

router = APIRouter(prefix="/projects/{project_id}/events", tags=["events"])
_RETRY_MS = 500
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
After = Annotated[int, Query(ge=0, le=2**53)]
Offset = Annotated[int, Query(ge=0, le=2**53)]
GenerationId = Annotated[str, Query(max_length=32)]


def without_talk(frame: str) -> str:
    """What a public project tells everybody: that its files changed, and not what was asked for; "" for nothing."""
    lines = dict(line.split(": ", 1) for line in frame.strip().split("\n") if ": " in line and not line.startswith(":"))
    if "event" not in lines:
        return frame  # a heartbeat
    if lines["event"] not in _FILES:
        return ""
    said = json.loads(lines["data"])
    if isinstance(said.get("version"), dict):
        said["version"] |= {"label": ""}
    return f"id: {lines['id']}\nevent: {lines['event']}\ndata: {json.dumps(said)}\n\n"


@router.get("", response_class=StreamingResponse, responses=content("text/event-stream"))
async def follow_events(
    services: AppServices,
    actor: MayRead,
    project_id: str,
    after: After = 0,
    generation: GenerationId = "",
    offset: Offset = 0,
    last_event_id: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """Every event after `Last-Event-ID`, else `after`; then each as it comes."""
    talks = await services.collaborators.allows(actor, project_id, Action.READ_TALK)
    # No sequence number ever had more than 15 digits; the database could not even compare larger ones.
    seen = int(last_event_id) if re.fullmatch(r"[0-9]{1,15}", last_event_id) else 0
    if seen > after:
        # A client that reconnects by itself repeats its first address, so the text position in it is out of date.
        after, generation, offset = seen, "", 0

    async def frames() -> AsyncIterator[str]:
        yield f"retry: {_RETRY_MS}\n: connected\n\n"
        async for frame in services.events.frames(project_id, after, services.spools, generation, offset):
            if shown := frame if talks else without_talk(frame):
                yield shown

    return StreamingResponse(frames(), media_type="text/event-stream", headers=_HEADERS)


@router.websocket("/ws")
async def socket(
    websocket: WebSocket,
    services: AppServices,
    actor: MayRead,
    project_id: str,
    after: After = 0,
    generation: GenerationId = "",
    offset: Offset = 0,
) -> None:
    """The same frames, one or more a message. The client may send anything; `ping` is answered by `pong`."""
    talks = await services.collaborators.allows(actor, project_id, Action.READ_TALK)
    await websocket.accept()
    frames = services.events.frames(project_id, after, services.spools, generation, offset)

    async def send() -> None:
        async with contextlib.aclosing(frames):
            async for frame in frames:
                if shown := frame if talks else without_talk(frame):
                    await websocket.send_text(shown)

    async def listen() -> None:
        # A close is noticed only by reading. Without it a closed socket would stay until something is sent to it.
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("text") == "ping":
                await websocket.send_text(": pong\n\n")

    sent, heard = await race(send(), listen(), name="events")
    if sent is not None and sent.exception() is None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the client may be gone already
            await websocket.close(1012, "restarting")
    for side in (sent, heard):
        if side is not None and not isinstance(side.exception(), WebSocketDisconnect):
            side.result()
