"""Files that go with a request: uploaded one at a time, then named by the request."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from builder.api.requests.content import body as content_of_body
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayEdit, MayEditWorkspace, MayReadTalk, MayUse, has_room
from builder.projects.attachments.attachments import view
from builder.projects.shapes import AttachmentView

router = APIRouter(tags=["attachments"])
_ANY = content_of_body("application/octet-stream")
# Made of what a stranger sent: never a page, and its address is that of one content for good.
_INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=31536000, immutable",
}


class AttachmentLimits(BaseModel):
    """For one request: how many files, and bytes of one and of all."""

    files: int
    file_bytes: int
    total_bytes: int


@router.get("/attachments/limits")
async def attachment_limits(services: AppServices, actor: MayUse) -> AttachmentLimits:  # noqa: ARG001  # for whoever is signed in
    settings = services.settings
    return AttachmentLimits(
        files=settings.attachment_files,
        file_bytes=settings.attachment_mb * 2**20,
        total_bytes=settings.attachment_total_mb * 2**20,
    )


@router.post("/attachments", status_code=201, dependencies=[has_room], openapi_extra=_ANY)
async def attach(services: AppServices, actor: MayEditWorkspace, request: Request, name: str = "") -> AttachmentView:
    """For the first request of a project that is made with it. The body is the file; what it is, its content says."""
    return view(await services.attachments.add(actor, None, name, request.stream()))


@router.post("/projects/{project_id}/attachments", status_code=201, dependencies=[has_room], openapi_extra=_ANY)
async def attach_to_project(
    services: AppServices, actor: MayEdit, project_id: str, request: Request, name: str = ""
) -> AttachmentView:
    """The body is the file; what it is, its content says. Only what is read of it is kept: the picture, drawn anew without
    metadata, the text, the data. What is not sent within a day is forgotten."""
    return view(await services.attachments.add(actor, project_id, name, request.stream()))


@router.delete("/attachments/{attachment_id}", status_code=204)
async def detach(services: AppServices, actor: MayEdit, attachment_id: str) -> Response:
    """One that was not sent yet."""
    await services.attachments.remove(actor, attachment_id)
    return Response(status_code=204)


@router.get(
    "/projects/{project_id}/attachments/{attachment_id}/{part}",
    response_class=Response,
    responses=content("image/png", "image/jpeg", "application/octet-stream"),
)
async def read_attachment(
    services: AppServices, actor: MayReadTalk, project_id: str, attachment_id: str, part: Literal["picture", "file"]
) -> Response:
    """The picture as a model sees it, or the data as the project gets it."""
    found = await services.attachments.content(actor, project_id, attachment_id, part)
    kind = "application/octet-stream"
    if part == "picture":
        kind = "image/png" if found.startswith(b"\x89PNG") else "image/jpeg"
    return Response(found, media_type=kind, headers=_INERT)
