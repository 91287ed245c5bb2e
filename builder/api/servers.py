"""The server part of a project: brought up to the working copy, looked at, ended."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.responses import Response

from builder.api.context import Running, Who
from builder.errors import NotFound
from builder.previews.servers import ServerState

router = APIRouter(prefix="/projects/{project_id}/server", tags=["preview"])


@router.put("", status_code=202)
async def bring_up(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    """Start the project's server, or bring the running one up to the working copy. Asked again it changes nothing."""
    return server_shape(await services.servers.bring_up(actor, project_id))


@router.get("")
async def get_state(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    return server_shape(await services.servers.state(actor, project_id))


@router.delete("", status_code=204)
async def stop(services: Running, actor: Who, project_id: str) -> Response:
    await services.servers.stop(actor, project_id)
    return Response(status_code=204)


@router.websocket("/logs/ws")
async def follow_logs(websocket: WebSocket, services: Running, actor: Who, project_id: str) -> None:
    """Each line the app writes as `{"stream", "text", "at"}`: those of before, then each as it comes, until it ends."""
    try:
        await services.store.get(actor, project_id)
    except NotFound:
        await websocket.close(4404, "not_found")
        return
    await websocket.accept()
    lines = services.servers.logs(actor, project_id)

    async def send() -> None:
        async for line in lines:
            await websocket.send_json({"stream": line.stream, "text": line.text, "at": line.at})

    async def listen() -> None:
        # Only by reading is a close seen.
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    tasks = [asyncio.create_task(send(), name="logs: send"), asyncio.create_task(listen(), name="logs: listen")]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the client may be gone already
            await websocket.close()


def server_shape(server: ServerState) -> dict[str, Any]:
    """`ahead`: how many starts come before this one. The address of the server itself stays inside."""
    state = server.state
    fault = state.fault
    return {
        "status": state.status,
        "phase": state.phase,
        "ahead": server.ahead,
        "fault": fault
        and {
            "kind": fault.kind,
            "code": fault.code,
            "message": fault.message,
            "file": fault.file or None,
            "line": fault.line or None,
            "frame": fault.frame or None,
        },
    }
