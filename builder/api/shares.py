"""A project's live links."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from builder.api.context import Running, Who
from builder.projects.shapes import share_shape
from builder.settings import LOOPBACK
from builder.sharing.passwords import MAX_LENGTH
from builder.sharing.shares import MAX_HOURS, Terms

router = APIRouter(prefix="/projects/{project_id}/shares", tags=["shares"])


class NewShare(BaseModel):
    """`hours`: until the link ends, null for never. `follows`: it shows the latest version, else this one."""

    model_config = ConfigDict(extra="forbid")
    access: Literal["public", "password", "signed_in"] = "public"
    password: Annotated[SecretStr, Field(max_length=MAX_LENGTH)] = SecretStr("")
    hours: Annotated[int, Field(ge=1, le=MAX_HOURS)] | None = None
    follows: bool = False


@router.get("")
async def list_shares(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    shares = await services.shares.list(actor, project_id)
    return {"shares": [share_shape(share, services.settings) for share in shares]}


@router.post("", status_code=201)
async def create_share(services: Running, actor: Who, project_id: str, body: NewShare | None = None) -> dict[str, Any]:
    """`loopback` says that the link opens on this computer only; PUBLIC_URL, PREVIEW_HOST and HOST change that."""
    asked = body or NewShare()
    terms = Terms(asked.access, asked.password.get_secret_value(), asked.hours, asked.follows)
    share = await services.shares.create(actor, project_id, terms)
    if share.server:
        await services.share_servers.offer(share)
    loopback = services.settings.host in LOOPBACK and not services.settings.public_url
    return {"share": share_shape(share, services.settings), "loopback": loopback}


@router.delete("/{share_id}")
async def revoke_share(services: Running, actor: Who, project_id: str, share_id: str) -> dict[str, Any]:
    share = await services.shares.revoke(actor, project_id, share_id)
    if share.server:
        await services.share_servers.end(share_id)
    return {"share": share_shape(share, services.settings)}
