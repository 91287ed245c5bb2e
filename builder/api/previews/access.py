"""The way in to private previews: for the workbench, and for somebody who opens a preview in a tab of its own."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from builder.api.requests.context import AppServices, MayRead, MayUse
from builder.previews.links.access import OPEN_PREVIEW
from preview_runtime.routes.gate import local_path

router = APIRouter(prefix="/projects/{project_id}", tags=["preview"])
pages = APIRouter(include_in_schema=False)


class Ticket(BaseModel):
    """`url`: fetched once, within a minute and with credentials, it gives this browser access to the project's server.
    null where no access is needed."""

    url: str | None


@router.post("/preview/ticket")
async def make_ticket(services: AppServices, actor: MayRead, project_id: str) -> Ticket:
    await services.store.get(actor, project_id)
    private = services.settings.sign_in_required
    return Ticket(url=services.access.let_in(project_id, actor.witness) if private else None)


@pages.get(OPEN_PREVIEW + "/{preview_id}")
async def open_preview(services: AppServices, actor: MayUse, preview_id: str, to: str = "/") -> Response:
    """Leads to a path of the preview, with a ticket for it. Behind the sign-in, like every page. Who is let in the
    preview's kind says: to a project who may see it, to a live link whom its terms name, which may be all who signed in.
    """
    target = await services.access.way_in(actor, preview_id, local_path(to))
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(target, 303, headers=headers)
