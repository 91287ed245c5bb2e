"""A project's live links."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from builder.api.context import Running, Who
from builder.projects.shapes import share_shape
from builder.settings import LOOPBACK

router = APIRouter(prefix="/projects/{project_id}/shares", tags=["shares"])


@router.get("")
async def list_shares(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    shares = await services.shares.list(actor, project_id)
    return {"shares": [share_shape(share, services.settings) for share in shares]}


@router.post("", status_code=201)
async def create_share(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    """`loopback` says that the link opens on this computer only; PUBLIC_URL, PREVIEW_HOST and HOST change that."""
    share = await services.shares.create(actor, project_id)
    loopback = services.settings.host in LOOPBACK and not services.settings.public_url
    return {"share": share_shape(share, services.settings), "loopback": loopback}


@router.delete("/{share_id}")
async def revoke_share(services: Running, actor: Who, project_id: str, share_id: str) -> dict[str, Any]:
    return {"share": share_shape(await services.shares.revoke(actor, project_id, share_id), services.settings)}
