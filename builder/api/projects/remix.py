"""The page where a visitor of a live link makes a copy of its app."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from builder.accounts.form_pages import PageForm, form_page
from builder.api.requests.context import AppServices, MayUse, has_room
from builder.base.errors import Conflict, NotFound
from builder.base.ids import is_id
from builder.previews.links.shapes import REMIX
from builder.texts import t

pages = APIRouter(include_in_schema=False)


@pages.get(REMIX + "/{share_id}")
async def ask_remix(services: AppServices, _: MayUse, share_id: str) -> Response:
    """Behind the sign-in: the page says what a copy is, and makes none by itself."""
    return await _page(services, share_id)


@pages.post(REMIX + "/{share_id}", dependencies=[has_room])
async def remix(services: AppServices, actor: MayUse, share_id: str) -> Response:
    """The copy is made in one's own place; whether a token may make projects is asked there."""
    try:
        copy = await services.remixing.copy(actor, share_id if is_id(share_id) else "")
    except NotFound:
        return await _page(services, share_id)
    except Conflict as error:
        return await _page(services, share_id, str(error), 409)
    return RedirectResponse(f"/p/{copy.id}", 303, headers={"Cache-Control": "no-store"})


async def _page(services: AppServices, share_id: str, problem: str = "", status: int = 200) -> Response:
    try:
        share, project = await services.remixing.of(share_id if is_id(share_id) else "")
    except NotFound:
        return form_page(PageForm(t("remix.gone.heading"), t("remix.gone.text"), ""), status=404)
    back = (services.settings.preview_origin(share.id) + "/", t("remix.back"))
    heading = t("remix.heading", title=project.title)
    button = "" if problem else t("remix.button")
    return form_page(
        PageForm(heading, t("remix.text"), f"{REMIX}/{share.id}", button=button, links=(back,)), problem, status=status
    )
