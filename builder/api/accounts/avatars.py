"""One's own picture: whatever is sent is read by a process of its own, and drawn anew."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, OnePerson
from builder.api.requests.content import body, content
from builder.api.requests.context import AppServices, MayUse
from builder.base.errors import BadInput, NotFound
from builder.texts import t

router = APIRouter(prefix="/me/avatar", tags=["accounts"], responses=ACCOUNTS_OFF)
_SIDE: Final = 256


@router.get("", response_class=Response, responses=content("image/webp"))
async def my_avatar(actor: OnePerson, _: MayUse, people: AppPeople) -> Response:
    """It, or 404."""
    if (kept := await people.register.avatar(actor.id)) is None:
        raise NotFound(t("people.no_avatar"))
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{kept.sha256}"', "X-Content-Type-Options": "nosniff"}
    return Response(kept.picture, media_type="image/webp", headers=headers)


@router.put(
    "", status_code=204, response_class=Response,
    openapi_extra=body("image/png", "image/jpeg", "image/webp", "image/gif"),
)  # fmt: skip
async def put_avatar(actor: OnePerson, _: MayUse, people: AppPeople, services: AppServices, request: Request) -> None:
    """Set it. 422 for what is no picture."""
    sent = await request.body()
    folder = services.settings.data_dir / "exports"
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".picture") as file:
        await asyncio.to_thread(Path(file.name).write_bytes, sent)
        found = await services.attachments.reader.read(Path(file.name), "picture")
    if found.kind != "picture" or not found.picture:
        raise BadInput(t("people.avatar_malformed"), code="avatar_malformed")
    await people.register.set_avatar(actor.id, await asyncio.to_thread(_drawn, found.picture))


@router.delete("", status_code=204, response_class=Response)
async def remove_avatar(actor: OnePerson, _: MayUse, people: AppPeople) -> None:
    """Have none."""
    await people.register.set_avatar(actor.id, b"")


def _drawn(picture: bytes) -> bytes:
    """The middle of a picture that we drew ourselves, as WebP."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture)) as opened:
        made = io.BytesIO()
        ImageOps.fit(opened.convert("RGBA"), (_SIDE, _SIDE)).save(made, "WEBP", quality=85)
    return made.getvalue()
