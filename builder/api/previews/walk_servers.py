"""Servers for walks: a version with a copy of the project's data, for as long as a page walks through it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from builder.accounts.actor import Actor
from builder.api.requests.context import AppServices, MayRun
from builder.composition.services import Services
from builder.previews.walks.servers import WalkServerState, WalkServerStatus

router = APIRouter(prefix="/projects/{project_id}/walks/server", tags=["walks"])
_Id = Annotated[str, Field(max_length=16)]


class WalkServerBody(BaseModel):
    """`lease`: of the server that is to be kept; "" for one that is not there yet."""

    model_config = ConfigDict(extra="forbid")
    version: _Id
    lease: _Id = ""


class WalkBeginsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lease: _Id


class WalkServerView(BaseModel):
    """`why`: a sentence, where there is none. `ways_in`: fetched once with credentials, they give this browser access to
    the server; none where no access is needed."""

    status: WalkServerStatus
    lease: str
    why: str
    ways_in: list[str]


@router.put("", status_code=202)
async def open_walk_server(
    services: AppServices, actor: MayRun, project_id: str, body: WalkServerBody, request: Request
) -> WalkServerView:
    """Have a server for the walks of a version, or keep it: it is ended half a minute after it was last asked for."""
    builder = request.headers.get("origin") or services.settings.url
    state = await services.walk_servers.open(actor, project_id, body.version, body.lease, builder)
    return _shape(services, actor, project_id, state)


@router.post("/begin")
async def begin_walk(services: AppServices, actor: MayRun, project_id: str, body: WalkBeginsBody) -> WalkServerView:
    """Have the server begin again with the data of the copy; answers once it does. Each walk begins so."""
    state = await services.walk_servers.begin_walk(actor, project_id, body.lease)
    return _shape(services, actor, project_id, state)


@router.delete("", status_code=204)
async def end_walk_server(
    services: AppServices, actor: MayRun, project_id: str, lease: Annotated[str, Query(max_length=16)]
) -> Response:
    """End the server and remove its copy of the data."""
    await services.walk_servers.end(actor, project_id, lease)
    return Response(status_code=204)


def _shape(services: Services, actor: Actor, project_id: str, state: WalkServerState) -> WalkServerView:
    private = services.settings.sign_in_required and state.status is WalkServerStatus.READY
    ways_in = services.access.let_in_to_walks(project_id, state.server, actor.id) if private else []
    return WalkServerView(status=state.status, lease=state.lease, why=state.why, ways_in=ways_in)
