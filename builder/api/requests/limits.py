"""Limits on request bodies. Bytes are counted as they arrive, whatever the headers say."""

from __future__ import annotations

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.api.requests.errors import error_response
from builder.projects.attachments.settings import MOST_MEGABYTES
from builder.texts import t

_MEGABYTE: Final = 1024 * 1024
_LIMITS: Final = (
    (re.compile(r"/api/v1/projects/import"), 20 * _MEGABYTE),
    (re.compile(r"/api/v1/me/avatar"), 10 * _MEGABYTE),
    (re.compile(r"/api/v1/(projects/[^/]+/)?attachments"), MOST_MEGABYTES * _MEGABYTE),
    (re.compile(r"/api/v1/projects/[^/]+/preview"), 64 * _MEGABYTE),
    (re.compile(r"/api/v1/projects/[^/]+/working"), 32 * _MEGABYTE),
    # 10 MB with the frame of a form, or as Base64.
    (re.compile(r"/api/v1/projects/[^/]+/files(/.*)?"), 14 * _MEGABYTE),
    (re.compile(r"/api/v1/projects/[^/]+/git/git-upload-pack"), 4 * _MEGABYTE),
    (re.compile(r"/api/v1/projects/[^/]+/database/restore"), 256 * _MEGABYTE),
)
_OTHERWISE: Final = _MEGABYTE


class _TooLarge(HTTPException):
    """An `HTTPException`, because FastAPI reports any other exception while a body is read as a malformed body."""


class BodyLimits:
    """ASGI: answers 413 in the error shape once a body of the API passes its limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/api/"):
            return await self._app(scope, receive, send)
        limit = next((size for pattern, size in _LIMITS if pattern.fullmatch(path)), _OTHERWISE)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        refusal = error_response(413, "too_large", t("api.too_large", megabytes=limit // _MEGABYTE))
        if declared.isdigit() and int(declared) > limit:
            return await refusal(scope, receive, send)
        received, answered = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge(413, t("api.too_large", megabytes=limit // _MEGABYTE))
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLarge:
            if not answered:
                await refusal(scope, receive, send)
