"""The way in to private previews: for the workbench, and for somebody who opens a preview in a tab of its own."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from builder.api.requests.context import AppServices, MayRead
from builder.previews.links.access import OPEN_LINK, OPEN_PREVIEW
from preview_runtime.routes.gate import local_path

router = APIRouter(prefix="/projects/{project_id}", tags=["preview"])
pages = APIRouter(include_in_schema=False)


class Ticket(BaseModel):
    """`url`: asked once, within a minute and with credentials, it lets this browser in to what the project's server
    answers. null where nobody needs to be let in."""

    url: str | None


@router.post("/preview/ticket")
async def make_ticket(services: AppServices, actor: MayRead, project_id: str) -> Ticket:
    await services.store.get(actor, project_id)
    return Ticket(url=await services.access.way_in(actor, project_id) if services.access.private else None)


@pages.get(OPEN_PREVIEW + "/{project_id}")
async def open_preview(services: AppServices, actor: MayRead, project_id: str, to: str = "/") -> Response:
    """Leads to a path of the preview, with a ticket for it. Behind the sign-in, like every page."""
    if services.shares.is_link(project_id):
        if not services.shares.lets_in(actor.id, project_id):
            # Ended, or for those who know its password: its own page says so.
            return RedirectResponse(f"{OPEN_LINK}/{quote(project_id, safe='')}?to={quote(to, safe='')}", 303)
        target = services.access.way_in_by_link(project_id, actor.id, local_path(to))
    else:
        target = await services.access.way_in(actor, project_id, local_path(to))
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(target, 303, headers=headers)
