"""Taking a project along as a zip file."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from builder.api.projects.projects import get_engine
from builder.api.requests.content import body as content_of_body
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayEdit, MayRead, has_room, until_gone
from builder.base.errors import Conflict
from builder.projects.archive.export import file_name, write_zip
from builder.projects.archive.merging import merge
from builder.projects.shapes import VersionView, version_shape
from builder.texts import said, t
from preview_runtime.engines import EngineKind
from preview_runtime.plans.plan import NothingToRun

router = APIRouter(prefix="/projects/{project_id}", tags=["projects"])
# A secret is in it, or it cannot be had in this form.
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {409: {}}


class Merged(BaseModel):
    """`version`: what was made of the zip; null where it brought nothing."""

    version: VersionView | None


@router.post("/import", dependencies=[has_room], openapi_extra=content_of_body("application/zip"), responses=_REFUSED)
async def merge_zip(
    services: AppServices,
    actor: MayEdit,
    request: Request,
    project_id: str,
    base: Annotated[str, Query(max_length=16)] = "",
) -> Merged:
    """Bring a zip that was worked on elsewhere into the project. `base`: the version that it was made from, the newest
    without. Files it lacks stay; 409 `changed_meanwhile` with `paths` where a file was changed here and in the zip: then
    nothing is taken. 409 `import_running` as for a new project."""
    async with services.imports.read(actor, request.stream(), lambda: until_gone(request)) as tree:
        version = await merge(services.store, actor, project_id, tree, base)
    return Merged(version=version_shape(version) if version else None)


@router.get("/export.zip", response_class=Response, responses=content("application/zip") | _REFUSED)
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
    return _attached(archive, "application/zip", file_name(project.title))


@router.get("/export.html", response_class=Response, responses=content("text/html") | _REFUSED)
async def export_page(services: AppServices, actor: MayRead, project_id: str) -> Response:
    """The app as one HTML file that opens without any server, minified, with its packages and pictures in it. A secret in it
    is 409 (`secrets_found`), an app that has a server 409 (`needs_server`), and one that cannot be built 422."""
    engine = await get_engine(services, actor, project_id)
    if engine.kind != EngineKind.INSTANT or not (engine.complete and engine.front_end) or engine.browser_python:
        raise Conflict(t("export.page.server"), code="needs_server")
    project, _, tree = await services.store.read_working(actor, project_id)
    page = await services.single_pages.make(actor.id, project_id, tree)
    return _attached(page, "text/html", f"{file_name(project.title).removesuffix('.zip')}.html")


def _attached(body: bytes, media_type: str, name: str) -> Response:
    """To be saved, and never shown as a page of ours."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=media_type, headers=headers)
