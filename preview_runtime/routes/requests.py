"""The questions that all parts of the preview hosts ask of a request, and the shapes of their own answers."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

_LABEL: Final = re.compile(r"(p|w[1-9]?)-([a-z0-9](?:[a-z0-9-]{0,59}[a-z0-9])?)")


def is_preview_label(label: str) -> bool:
    """Whether this is the single label of a preview's name: `p-<id>`, or for walks `w-<id>` and `w1-<id>` to `w9-<id>`, in
    lower case."""
    return _LABEL.fullmatch(label) is not None


def preview_id(headers: Headers) -> str | None:
    """Which preview a request is for, by its Host header; None when it is no preview's host."""
    label = _label(headers)
    return label[2] if label else None


def _label(headers: Headers) -> re.Match[str] | None:
    return _LABEL.fullmatch(headers.get("host", "").lower().partition(".")[0])


def is_walked(headers: Headers) -> bool:
    """Whether a request is for one of the preview's names for walks: the same app, each with a storage of its own."""
    label = _label(headers)
    return label is not None and label[1] != "p"


def is_navigation(connection: HTTPConnection) -> bool:
    """Whether a person waits for a page, as opposed to a program for data."""
    if connection.scope["type"] != "http":
        return False
    mode = connection.headers.get("sec-fetch-mode")
    if mode is not None and mode != "navigate" and connection.scope["method"] != "HEAD":
        return False
    return "text/html" in connection.headers.get("accept", "")


def has_body(scope: Scope) -> bool:
    """Whether the request has a body (RFC 9112 section 6.3)."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def html(status: int, body: bytes, state: str = "") -> Response:
    """A page of ours. `state` tells our own scripts that it is not the app's page."""
    headers = {"Cache-Control": "no-store"}
    if state:
        headers["X-Preview-State"] = state
    return Response(body, status, headers, "text/html")


def missing() -> Response:
    """404 for addresses that only programs request."""
    return Response("Not found\n", 404, {"Cache-Control": "no-store"}, "text/plain")


def error(status: int, code: str, message: str, *, retry_after: int = 0) -> JSONResponse:
    """The one shape of an error. `retry_after` in seconds, 0 = nothing is said about it."""
    headers = {"Cache-Control": "no-store"}
    if retry_after:
        headers["Retry-After"] = str(retry_after)
    return JSONResponse({"error": {"code": code, "message": message, "details": None}}, status, headers)


async def respond(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Send `response`; a websocket's handshake is refused with 403, which is all that a page learns."""
    if scope["type"] == "websocket":
        # ASGI has an extension for other answers; uvicorn logs an error each time it is used.
        await send({"type": "websocket.close", "code": 1008})
        return
    await response(scope, receive, send)
