"""The hosts that a project's server may reach."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from builder.api.requests.context import AppServices, MayConfigure, MayRead
from builder.previews.docker.hosts import HostsView

router = APIRouter(prefix="/projects/{project_id}/hosts", tags=["preview"])


class Hosts(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hosts: list[str]


@router.get("")
async def get_hosts(services: AppServices, actor: MayRead, project_id: str) -> dict[str, Any]:
    """Those it may reach, and those that it asked for in vain."""
    return hosts_shape(await services.hosts.view(actor, project_id))


@router.put("")
async def put_hosts(services: AppServices, actor: MayConfigure, project_id: str, wanted: Hosts) -> dict[str, Any]:
    """Allow exactly these. The first one and the last one make the server start again, which `restarts` says."""
    restarts = await services.hosts.put(actor, project_id, wanted.hosts)
    if restarts:
        await services.servers.stop(actor, project_id)
    return hosts_shape(await services.hosts.view(actor, project_id)) | {"restarts": restarts}


def hosts_shape(view: HostsView) -> dict[str, Any]:
    refused = [{"host": one.host, "port": one.port, "at": one.at, "private": one.private} for one in view.refused]
    return {"hosts": list(view.hosts), "refused": refused}
