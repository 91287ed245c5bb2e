"""The servers of projects: started or updated to the working copy, inspected, put to sleep, ended; and the list of a
person's servers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Annotated, Literal

from fastapi import APIRouter, Query, WebSocket
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from builder.accounts.actor import Actor
from builder.api.requests.context import AppServices, MayDelete, MayRead, MayReadTalk, MayReadWorkspace, MayRun
from builder.api.requests.frames import changed, send_frames
from builder.composition.services import Services
from builder.previews.observation.gauges import EVERY_SECONDS, GaugeReading
from builder.previews.servers.places import Waits
from builder.previews.servers.previews import Listed, ServerPreviews, ServerState
from builder.previews.servers.server import Stage
from builder.texts import said
from preview_runtime.engines import EngineStatus, Fault, FaultKind, Phase

router = APIRouter(tags=["preview"])
_ONE = "/projects/{project_id}/server"
Tail = Annotated[int, Query(ge=1, le=10_000)]


class FaultView(BaseModel):
    """Lines count from 1."""

    kind: FaultKind
    code: str
    message: str
    file: str | None
    line: int | None
    frame: str | None


class LossView(FaultView):
    at: str


class CopyProgress(BaseModel):
    """Bytes copied so far, and in all."""

    done: int
    total: int


class ServerView(BaseModel):
    """`ahead`: how many starts come before this one; `waits_for`: its turn to start, a free place among the person's
    servers, or one among all; `copying`: how far the copy of its initial data is; `loss`: why the engine restarted it
    by itself (it ran out of memory), and when. The server's own address is not given out."""

    status: EngineStatus
    phase: Phase
    ahead: int
    waits_for: Waits | None
    copying: CopyProgress | None
    stage: Stage
    since: str | None
    fault: FaultView | None
    loss: LossView | None


class MeasuredServer(ServerView):
    """`usage` is null for a server that uses nothing at the moment."""

    usage: GaugeReading | None


class ListedServer(MeasuredServer):
    project: str
    title: str


class ServerList(BaseModel):
    """`limit`: how many may be `awake` at once, those that start among them, those that rest not. `disk_note`: why the disk they take is not watched all the time; null
    where it is."""

    servers: list[ListedServer]
    awake: int
    limit: int
    no_server: str | None
    disk_note: str | None


class LogLineView(BaseModel):
    """`at` is RFC 3339, "" for a line without a time. Lines of the stream `sayso` mark where a run begins and how it
    ended."""

    model_config = ConfigDict(from_attributes=True)
    stream: Literal["stdout", "stderr", "build", "sayso"]
    text: str
    at: str


class LogLines(BaseModel):
    lines: list[LogLineView]


@router.get("/servers")
async def list_servers(services: AppServices, actor: MayReadWorkspace) -> ServerList:
    """Every server of the workspace."""
    return await _all(services, actor)


@router.websocket("/servers/ws")
async def follow_servers(websocket: WebSocket, services: AppServices, actor: MayReadWorkspace) -> None:
    """The answer of `GET /servers`, every two seconds and when a server changes; measured only while this is open."""

    async def frames() -> AsyncGenerator[ServerList, None]:
        while True:
            yield await _all(services, actor)
            await changed(lambda: [(s.id, s.stage, s.busy) for s in services.servers.register.all], EVERY_SECONDS)

    await send_frames(websocket, frames())


@router.put(_ONE, status_code=202)
async def bring_up_server(services: AppServices, actor: MayRun, project_id: str) -> ServerView:
    """Start the project's server, or bring the running one up to the working copy. Calling it again changes nothing."""
    return server_shape(await services.servers.bring_up(actor, project_id))


@router.get(_ONE)
async def get_server(services: AppServices, actor: MayRead, project_id: str) -> ServerView:
    return server_shape(await services.servers.state(actor, project_id))


@router.post(_ONE + "/pause")
async def pause_server(services: AppServices, actor: MayRun, project_id: str) -> ServerView:
    """Pause a running server and keep its memory; the next request to it wakes it."""
    return server_shape(await services.servers.pause(actor, project_id))


@router.delete(_ONE, status_code=204)
async def stop_server(services: AppServices, actor: MayRun, project_id: str) -> Response:
    """End the server; what the app stored stays."""
    await services.servers.stop(actor, project_id)
    return Response(status_code=204)


@router.delete(_ONE + "/data", status_code=204)
async def remove_server_data(services: AppServices, actor: MayDelete, project_id: str) -> Response:
    """End the server and remove what the app stored: its database, uploads and packages. There is no way back."""
    await services.servers.remove_data(actor, project_id)
    return Response(status_code=204)


@router.websocket(_ONE + "/ws")
async def follow_server(websocket: WebSocket, services: AppServices, actor: MayRead, project_id: str) -> None:
    """The server's state and what it takes, every two seconds and when it changes; measured only while this is open."""

    async def frames() -> AsyncGenerator[MeasuredServer, None]:
        servers = services.servers
        while True:
            yield await _one(servers, actor, project_id)
            await changed(lambda: (s := servers.register.get(project_id)) and (s.stage, s.busy), EVERY_SECONDS)

    await services.store.get(actor, project_id)
    await send_frames(websocket, frames())


@router.get(_ONE + "/logs")
async def read_server_logs(services: AppServices, actor: MayReadTalk, project_id: str, tail: Tail = 1000) -> LogLines:
    """The last lines of what the app wrote, earlier runs included."""
    lines = services.servers.logs(actor, project_id, tail=tail, follow=False)
    return LogLines(lines=[LogLineView.model_validate(line) async for line in lines])


@router.websocket(_ONE + "/logs/ws")
async def follow_logs(websocket: WebSocket, services: AppServices, actor: MayReadTalk, project_id: str) -> None:
    """Each line the app writes: first the kept ones, earlier runs included, then each as it comes."""

    async def frames() -> AsyncGenerator[LogLineView, None]:
        async with contextlib.aclosing(services.servers.logs(actor, project_id)) as lines:
            async for line in lines:
                yield LogLineView.model_validate(line)

    await services.store.get(actor, project_id)
    await send_frames(websocket, frames())


def server_shape(server: ServerState) -> ServerView:
    state, loss, copying = server.state, server.loss, server.copying
    return ServerView(
        status=state.status,
        phase=state.phase,
        ahead=server.ahead,
        waits_for=server.waits_for,
        copying=copying and CopyProgress(done=copying.done, total=copying.total),
        stage=server.stage,
        since=server.since or None,
        fault=state.fault and fault_shape(state.fault),
        loss=loss and LossView(**dict(fault_shape(loss.fault)), at=loss.at),
    )


def fault_shape(fault: Fault) -> FaultView:
    """A fault, in the person's language."""
    return FaultView(
        kind=fault.kind,
        code=fault.code,
        message=said(fault.says),
        file=fault.file or None,
        line=fault.line or None,
        frame=fault.frame or None,
    )


async def _one(servers: ServerPreviews, actor: Actor, project_id: str) -> MeasuredServer:
    state, reading = await servers.state(actor, project_id), await servers.reading(actor, project_id)
    return MeasuredServer(**dict(server_shape(state)), usage=reading)


async def _all(services: Services, actor: Actor) -> ServerList:
    servers = services.servers
    listed = await servers.listed(actor)
    return ServerList(
        servers=[_listed_shape(server) for server in listed],
        awake=sum(server.state.state.status in (EngineStatus.RUNNING, EngineStatus.PENDING) for server in listed),
        limit=min(servers.places.limits.per_person, servers.places.limits.total),
        no_server=said(servers.why_not) if servers.why_not else None,
        disk_note=said(note) if (note := servers.register.disk_note) else None,
    )


def _listed_shape(server: Listed) -> ListedServer:
    shape = server_shape(server.state)
    return ListedServer(project=server.project, title=server.title, **dict(shape), usage=server.reading)
