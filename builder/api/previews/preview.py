"""What a tab sends to the server about its preview: the compiled output, and a picture."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from builder.accounts.access import Action
from builder.api.requests.content import body as picture_body
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.api.requests.wire import from_base64
from builder.base.errors import BadInput, NotFound
from builder.texts import t
from preview_runtime.output import OutputFile, output_path

router = APIRouter(prefix="/projects/{project_id}", tags=["preview"])
_MAX_THUMBNAIL_BYTES = 200_000
_MAX_FILES = 10_000


class PublishedFile(BaseModel):
    """One file of the output: text in `body` or bytes in `base64`."""

    type: str = Field(max_length=100, pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+(?:; *charset=[A-Za-z0-9_-]+)?$")
    body: str | None = None
    base64: str | None = None


class PublishedOutput(BaseModel):
    """All of the output (`replace`), or the changes since this tab published last."""

    revision: int = Field(default=0, strict=True)
    replace: bool = False
    files: dict[str, PublishedFile] = Field(default_factory=dict, max_length=_MAX_FILES)
    delete: list[str] = Field(default_factory=list, max_length=_MAX_FILES)
    model_config = ConfigDict(extra="ignore")


class Publication(BaseModel):
    """`same`: the output is what the server had already."""

    same: bool


@router.put("/preview")
async def publish_preview(
    services: AppServices, actor: MayEdit, project_id: str, output: Annotated[PublishedOutput, Body()]
) -> Publication:
    project = await services.store.get(actor, project_id, Action.EDIT)
    files = {}
    for path, file in output.files.items():
        body = from_base64(path, file.base64) if file.base64 is not None else (file.body or "").encode()
        files[output_path(path)] = OutputFile(file.type, body)
    deleted = [output_path(path) for path in output.delete]
    # Before a tab publishes anything, the server may have shown what it compiled itself.
    before = services.project_outputs.ready(project) if output.replace else None
    same = services.live.publish(project_id, output.revision, output.replace, files, deleted)
    return Publication(same=same or before == files)


@router.put("/thumbnail", status_code=204, openapi_extra=picture_body("image/webp", "image/png"))
async def put_thumbnail(services: AppServices, actor: MayEdit, project_id: str, request: Request) -> Response:
    picture = await request.body()
    if len(picture) > _MAX_THUMBNAIL_BYTES:
        raise BadInput(t("project.thumbnail_large", kilobytes=_MAX_THUMBNAIL_BYTES // 1000), status=413)
    if _picture_type(picture) is None:
        raise BadInput(t("project.thumbnail_type"))
    await services.store.set_thumbnail(actor, project_id, picture)
    return Response(status_code=204)


@router.get("/thumbnail", response_class=Response, responses=content("image/webp", "image/png"))
async def get_thumbnail(services: AppServices, actor: MayRead, project_id: str) -> Response:
    picture = await services.store.thumbnail(actor, project_id)
    kind = _picture_type(picture) if picture else None
    if picture is None or kind is None:
        raise NotFound(t("project.no_thumbnail"))
    # The address changes with the picture (`?v=`), so it may be kept for good.
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(picture, media_type=f"image/{kind}", headers=headers)


def _picture_type(picture: bytes) -> Literal["png", "webp"] | None:
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" else None
