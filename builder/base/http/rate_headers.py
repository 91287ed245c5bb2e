"""Answers say what their limit is, how much of it is left, and in how many seconds it begins anew
(draft-ietf-httpapi-ratelimit-headers-07)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.base.http.rates import listen


class RateHeaders:
    """ASGI: each answer tells of the strictest rate that was counted for it, whoever counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        noted = listen()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and noted:
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Limit"] = str(noted[0].limit)
                headers["RateLimit-Remaining"] = str(noted[0].left)
                headers["RateLimit-Reset"] = str(noted[0].resets_in)
            await send(message)

        await self._app(scope, receive, told)
