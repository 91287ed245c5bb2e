"""The hosts that a project's server may reach."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from builder.api.requests.context import AppServices, MayConfigure, MayRead
from builder.previews.docker.hosts import HostsView
from preview_runtime.containers.beside.egress import RefusedHost

router = APIRouter(prefix="/projects/{project_id}/hosts", tags=["preview"])


class Hosts(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hosts: list[str]


class HostsChanged(BaseModel):
    """`restarts`: the server has to restart for this change. Adding the first host and removing the last one need
    that."""

    hosts: tuple[str, ...]
    refused: tuple[RefusedHost, ...]
    restarts: bool


@router.get("")
async def get_hosts(services: AppServices, actor: MayRead, project_id: str) -> HostsView:
    """The hosts that it may reach, and those that it tried to reach and may not."""
    return await services.hosts.view(actor, project_id)


@router.put("")
async def put_hosts(services: AppServices, actor: MayConfigure, project_id: str, wanted: Hosts) -> HostsChanged:
    """Allow exactly these."""
    restarts = await services.hosts.put(actor, project_id, wanted.hosts)
    if restarts:
        await services.servers.stop(actor, project_id)
    view = await services.hosts.view(actor, project_id)
    return HostsChanged(hosts=view.hosts, refused=view.refused, restarts=restarts)
