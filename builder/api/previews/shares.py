"""A project's live links."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Annotated, Literal

import segno
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.responses import Response

from builder.accounts.passwords import MAX_LENGTH
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayReadTalk, MayShare
from builder.base.errors import NotFound
from builder.base.settings import LOOPBACK
from builder.previews.links.shapes import ShareView
from builder.previews.links.terms import MAX_HOURS, LinkChange, Terms
from builder.texts import t

router = APIRouter(prefix="/projects/{project_id}/shares", tags=["shares"])


class NewShare(BaseModel):
    """`hours`: until the link ends, null for never. `follows`: it shows the latest version, else this one. `data`: its
    server begins with a copy of what the project's stored until now, or with nothing. `source`: visitors get the sources
    as they were written, with comments, instead of a build without them. `framed`: other sites may show it in a frame.
    `remix`: visitors may copy the sources. `badge`: it says that it was made with Sayso."""

    model_config = ConfigDict(extra="forbid")
    access: Literal["public", "password", "signed_in"] = "public"
    password: Annotated[SecretStr, Field(max_length=MAX_LENGTH)] = SecretStr("")
    hours: Annotated[int, Field(strict=True, ge=1, le=MAX_HOURS)] | None = None
    follows: bool = False
    data: Literal["copy", "empty"] = "copy"
    source: bool = False
    framed: bool = False
    remix: bool = False
    badge: bool = True


class ShareChange(BaseModel):
    """Fields that are not given keep their value. `hours` count from now on, null means never. `version`: what a link
    that does not follow shows."""

    model_config = ConfigDict(extra="forbid")
    access: Literal["public", "password", "signed_in"] | None = None
    password: Annotated[SecretStr, Field(max_length=MAX_LENGTH)] = SecretStr("")
    hours: Annotated[int, Field(strict=True, ge=1, le=MAX_HOURS)] | None = None
    follows: bool | None = None
    version: str | None = None
    source: bool | None = None
    framed: bool | None = None
    remix: bool | None = None
    badge: bool | None = None


class NewData(BaseModel):
    model_config = ConfigDict(extra="forbid")
    begin: Literal["copy", "empty"]


class ShareList(BaseModel):
    shares: list[ShareView]


class ShareAnswer(BaseModel):
    share: ShareView


class ShareMade(ShareAnswer):
    """`loopback`: the link opens on this computer only; PUBLIC_URL, PREVIEW_HOST and HOST change that."""

    loopback: bool


@router.get("")
async def list_shares(services: AppServices, actor: MayReadTalk, project_id: str) -> ShareList:
    shares = await services.shares.list(actor, project_id)
    return ShareList(shares=[services.shares.shape(share) for share in shares])


@router.post("", status_code=201)
async def create_share(
    services: AppServices, actor: MayShare, project_id: str, body: NewShare | None = None
) -> ShareMade:
    asked = body or NewShare()
    terms = Terms(asked.access, asked.password.get_secret_value(), asked.hours, asked.follows, asked.data, asked.source)
    terms = replace(terms, framed=asked.framed, remix=asked.remix, badge=asked.badge)
    share = await services.shares.create(actor, project_id, terms)
    if share.server:
        await services.share_servers.offer(share)
    loopback = services.settings.host in LOOPBACK and not services.settings.public_url
    return ShareMade(share=services.shares.shape(share), loopback=loopback)


@router.patch("/{share_id}")
async def change_share(
    services: AppServices, actor: MayShare, project_id: str, share_id: str, body: ShareChange
) -> ShareAnswer:
    """Change the link's terms; its address stays. After a change of the password or of the people, earlier visitors
    have to prove again that they may see it."""
    hours = body.hours if "hours" in body.model_fields_set else ...
    change = LinkChange(body.access, body.password.get_secret_value(), hours, body.follows, body.version, body.source)
    change = replace(change, framed=body.framed, remix=body.remix, badge=body.badge)
    share, shut = await services.shares.change(actor, project_id, share_id, change)
    services.access.gate.forget(share.id)
    await services.share_servers.changed(share, shut=shut)
    return ShareAnswer(share=services.shares.shape(share))


@router.get("/{share_id}/qr.svg", response_class=Response, responses=content("image/svg+xml"))
async def share_code(services: AppServices, actor: MayReadTalk, project_id: str, share_id: str) -> Response:
    """The link's address as a QR code, black on white in every theme: cameras want the contrast."""
    shares = await services.shares.list(actor, project_id)
    if all(share.id != share_id for share in shares):
        raise NotFound(t("share.not_found"))
    body = io.BytesIO()
    code = segno.make(services.settings.preview_origin(share_id), error="m", micro=False)
    code.save(body, kind="svg", scale=8, border=4, light="white")
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(body.getvalue(), media_type="image/svg+xml", headers=headers)


@router.post("/{share_id}/data")
async def renew_share_data(
    services: AppServices, actor: MayShare, project_id: str, share_id: str, body: NewData
) -> ShareAnswer:
    """Remove what the link's visitors stored; it starts again, with a copy of the project server's data or empty."""
    share = await services.shares.begin_with(actor, project_id, share_id, body.begin)
    await services.share_servers.begin_anew(share)
    return ShareAnswer(share=services.shares.shape(share))


@router.delete("/{share_id}")
async def revoke_share(services: AppServices, actor: MayShare, project_id: str, share_id: str) -> ShareAnswer:
    share = await services.shares.revoke(actor, project_id, share_id)
    # Also when the link's present version has no server: data that visitors stored earlier is removed with the link.
    await services.share_servers.end(share_id)
    return ShareAnswer(share=services.shares.shape(share))
