"""The server part of a project: brought up to the working copy, looked at, ended."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from builder.api.context import Running, Who
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
