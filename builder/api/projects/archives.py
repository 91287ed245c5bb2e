"""Taking a project along as a zip file."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayRead
from builder.base.errors import Conflict
from builder.projects.archive.export import file_name, write_zip
from builder.texts import said, t
from preview_runtime.plans.plan import NothingToRun

router = APIRouter(prefix="/projects/{project_id}", tags=["projects"])


@router.get("/export.zip", response_class=Response, responses=content("application/zip"))
async def export(
    services: AppServices, actor: MayRead, project_id: str, form: Literal["plain", "docker"] = "plain"
) -> Response:
    """What the person sees, unsaved typing included, as a complete project. A secret in it is 409 (`secrets_found`).
    `docker`: with the Dockerfiles and the compose.yaml that run it anywhere; 409 (`nothing_to_run`) where nothing can."""
    project, _, tree = await services.store.read_working(actor, project_id)
    await services.secret_gate.export(project_id, tree)
    tree = await services.packages.locked(project_id, tree)
    try:
        archive = await asyncio.to_thread(write_zip, tree, project.title, docker=form == "docker")
    except NothingToRun as missing:
        raise Conflict(t("export.compose.nothing", why=said(missing.says)), code="nothing_to_run") from missing
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(project.title)}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(archive, media_type="application/zip", headers=headers)
