"""Where visitors of a restricted live link prove that they may see it: by its password, or by signing in."""

from __future__ import annotations

import asyncio
import math
import secrets
from functools import cache
from typing import Final
from urllib.parse import parse_qs

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from builder.accounts.tries import Tries
from builder.api.requests.context import AppServices
from builder.base.ids import is_id
from builder.base.settings import ROOT
from builder.composition.services import Services
from builder.previews.links.access import OPEN_LINK, OPEN_PREVIEW
from builder.previews.links.doors import visitor
from builder.previews.links.tables import ShareLink
from builder.texts import spoken, t
from preview_runtime.routes.gate import local_path

pages = APIRouter(include_in_schema=False)
_MAX_FORM_BYTES: Final = 4_096
# In addition to the time that a hash takes: guessing stays slow even from many addresses.
WRONG_SECONDS: Final = 0.5
_tries: Final = Tries()


@pages.get(OPEN_LINK + "/{share_id}")
async def ask(services: AppServices, share_id: str, request: Request) -> Response:
    """The page that asks for the password; a visitor who needs none is redirected to the link."""
    share = await services.shares.find(share_id) if is_id(share_id) else None
    to = local_path(request.query_params.get("to", "/"))
    if share is None:
        return _page(services, None, to, status=404)
    if share.access == "public":
        return _led_on(services.settings.preview_origin(share.id) + to)
    if share.access == "signed_in":
        # Behind the sign-in, which tells who the visitor is.
        return RedirectResponse(f"{OPEN_PREVIEW}/{share.id}?{request.url.query}", 303, headers=_HEADERS)
    return _page(services, share, to)


@pages.post(OPEN_LINK + "/{share_id}")
async def enter(services: AppServices, share_id: str, request: Request) -> Response:
    """Check the password; one address may try five times a minute."""
    share = await services.shares.find(share_id) if is_id(share_id) else None
    to = local_path(request.query_params.get("to", "/"))
    if share is None or share.access != "password":
        return _page(services, None, to, status=404)
    form = bytearray()
    async for piece in request.stream():
        form += piece
        if len(form) > _MAX_FORM_BYTES:
            return _page(services, share, to, t("link.wrong"), 413)
    client = request.client.host if request.client else ""
    if wait := _tries.wait(client, share.id):
        response = _page(services, share, to, t("link.too_often", seconds=math.ceil(wait)), 429)
        response.headers["Retry-After"] = str(math.ceil(wait))
        return response
    # The try is counted before the password is checked: of many tries sent at once only the first few are checked.
    _tries.failed(client, share.id)
    password = parse_qs(form.decode("latin-1"), keep_blank_values=True).get("password", [""])[0]
    if not await services.shares.passwords.matches(password, share.password):
        await asyncio.sleep(WRONG_SECONDS)
        return _page(services, share, to, t("link.wrong"), 401)
    _tries.passed(client, share.id)
    return _led_on(services.access.let_in(share.id, visitor(share), to))


_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _led_on(target: str) -> Response:
    return RedirectResponse(target, 303, headers=_HEADERS)


def _page(services: Services, share: ShareLink | None, to: str, problem: str = "", status: int = 200) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    html = (
        _template()
        .get_template("link.html.jinja")
        .render(
            t=t,
            language=spoken(),
            problem=problem,
            to=to,
            nonce=nonce,
            share=share.id if share else "",
            open_link=OPEN_LINK,
        )
    )
    # The form's answer redirects to the link's own host, which browsers count as a target of the form.
    targets = f"'self' {services.settings.preview_origin(share.id)}" if share else "'none'"
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(html, status, {"Content-Security-Policy": policy, **_HEADERS, "Referrer-Policy": "same-origin"})


@cache
def _template() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "pages"), autoescape=True, undefined=StrictUndefined
    )
