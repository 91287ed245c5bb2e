"""Around every request: its ids for the log, and its part in the figures."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.base.watching import metrics
from builder.base.watching.about import about, asked
from builder.base.watching.traces import Span, traces

_API: Final = "/api/v1"
_UNKNOWN: Final = "unknown"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watched:
    """ASGI, outermost. `part` names whose a request is (`page`, `preview`); the API's own are told by their path."""

    def __init__(self, app: ASGIApp, part: str = "page") -> None:
        self._app, self._part = app, part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        with asked(scope["path"]) as request, traces.span("request", part=self._of(scope)) as span:
            request.trace = span.trace
            if scope["type"] == "websocket":
                return await self._socket(scope, receive, send)
            await self._request(scope, receive, send, span)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        part = self._of(scope)
        metrics.socket_opened(part)
        try:
            await self._app(scope, receive, send)
        finally:
            metrics.socket_opened(part, -1)

    async def _request(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        began, answered = time.monotonic(), False

        async def noted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start" and not answered:
                answered = True
                self._answered(scope, message["status"], time.monotonic() - began, span)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if not answered:
                self._answered(scope, 500, time.monotonic() - began, span)
            raise

    def _answered(self, scope: Scope, status: int, seconds: float, span: Span) -> None:
        part = self._of(scope)
        metrics.part_answered(part, status)
        if part == "api":
            method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
            route = route_of(scope)
            metrics.request_answered(method, route, status, seconds)
            span.rename(f"{method} {route}", status=status, **about().known)

    def _of(self, scope: Scope) -> str:
        return "api" if self._part == "page" and scope["path"].startswith(f"{_API}/") else self._part


def route_of(scope: Scope) -> str:
    """The route that answered, as it is written (`/api/v1/projects/{project_id}`); `unknown` where none did."""
    written = getattr(scope.get("route"), "path", "")
    if not written or written.startswith("/api"):  # whatever no route answers
        return _UNKNOWN
    return _API + written
