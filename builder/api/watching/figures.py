"""Figures for Prometheus, which are not open to the world."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from builder.api.requests.content import content
from builder.api.requests.context import AppServices, for_everybody
from builder.base.errors import NotFound, SignInNeeded
from builder.base.settings import LOOPBACK
from builder.composition.settings import Settings
from builder.texts import t

router = APIRouter(tags=["watching"])
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
# A proxy before us that nobody told us of makes all the world look like this computer.
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get("/metrics", response_class=Response, responses=content("text/plain"), dependencies=[for_everybody])
async def metrics(request: Request, services: AppServices) -> Response:
    """For whoever shows METRICS_TOKEN; where there is none, for programs of this computer."""
    _check(request, services.settings)
    return Response(await services.watching.figures(), media_type=_TEXT, headers={"Cache-Control": "no-store"})


def _check(request: Request, settings: Settings) -> None:
    token = settings.metrics_token.get_secret_value()
    if token:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), token.encode()):
            raise SignInNeeded(t("watching.metrics_token"))
    elif not _is_here(request.client.host if request.client else "", request.headers):
        raise NotFound(t("api.not_found"), detail="METRICS_TOKEN is not set: figures are read from this computer alone")


def _is_here(address: str, headers: Headers) -> bool:
    return address in LOOPBACK and not any(name in headers for name in _PASSED_ON)
