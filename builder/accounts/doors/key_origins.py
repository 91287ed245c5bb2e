"""What a page elsewhere is told whose scripts use a partner key (the Fetch standard's CORS protocol)."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
_TOLD: Final = "ETag, Idempotency-Key, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_SECONDS: Final = 600


def preflight_origin(scope: Scope) -> str:
    """The page that asks whether it may send a request, "" for another request."""
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return ""
    headers = Headers(scope=scope)
    return headers.get("origin", "") if "access-control-request-method" in headers else ""


def preflight_answer(scope: Scope, origin: str) -> Response:
    """It may, with a key: no cookie of a browser goes with its requests."""
    wanted = Headers(scope=scope).get("access-control-request-headers", "")
    headers = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": wanted or "Authorization",
        "Access-Control-Max-Age": str(_SECONDS),
        "Vary": "Origin, Access-Control-Request-Headers",
    }
    return Response(status_code=204, headers=headers)


def readable_by(origin: str, send: Send) -> Send:
    """The answer may be read by the scripts of that page."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = _TOLD
            del headers["Access-Control-Allow-Credentials"]
            headers.add_vary_header("Origin")
        await send(message)

    return told
