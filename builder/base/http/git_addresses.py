"""The addresses under which Git clones projects, /p/<id>.git, and the way in which Git says who asks.

Git knows neither bearer tokens nor our header: it sends a token as the password of a name, and its own headers. No
page and no program that is made to fetch an address can choose those.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ADDRESS: Final = re.compile(r"/p/([a-z0-9-]{1,64})\.git/(info/refs|git-upload-pack)")
_ASKS: Final = b"application/x-git-upload-pack-request"


def with_git_addresses(app: ASGIApp) -> ASGIApp:
    """`app`, which answers Git's requests as calls of its API."""

    async def led(scope: Scope, receive: Receive, send: Send) -> None:
        found = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            return await app(scope, receive, send)
        path = f"/api/v1/projects/{found[1]}/git/{found[2]}"
        named = dict(scope["headers"])
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        if bearer := _token(named.get(b"authorization", b"")):
            headers.append((b"authorization", b"Bearer " + bearer))
        if b"git-protocol" in named or named.get(b"content-type") == _ASKS:
            headers.append((b"x-sayso-client", b"git"))

        async def asked(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                MutableHeaders(scope=message)["www-authenticate"] = 'Basic realm="Sayso", charset="UTF-8"'
            await send(message)

        await app({**scope, "path": path, "raw_path": path.encode(), "headers": headers}, receive, asked)

    return led


def _token(authorization: bytes) -> bytes:
    """The password of Basic credentials; b"" for none."""
    kind, _, given = authorization.partition(b" ")
    if kind.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(given, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
