"""What a walk gets of an app's server: pages with the driver as their first script, and cookies of one walk alone."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Scope, Send

# What stands before a page's root: the driver comes after the doctype, without which browsers lay pages out otherwise.
_PROLOGUE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)
_PROLOGUE_BYTES: Final = 4096
_NONCE: Final = re.compile(rb"'nonce-([A-Za-z0-9+/_=-]+)'")
_OF_A_FRAME: Final = (b"samesite", b"secure", b"partitioned", b"domain")
_STALE: Final = (b"cache-control", b"etag", b"last-modified", b"expires")


RawHeaders = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class WalkedServer:
    """The server that answers at a preview's names for walks: `preview` has its route. `builder` is the origin of the page
    that walks. `begins`: what comes next is a walk's first page, and has no cookies of the walk before."""

    preview: str
    builder: str
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """`page`: a page is asked for. `ours`: none of the app's server answers. `secure`: browsers take `Secure` cookies of this
    host. `stay`: names of cookies that are not the app's."""

    page: bool
    ours: bool
    secure: bool
    stay: Collection[str]


def walked(scope: Scope, send: Send, server: WalkedServer, asked: Asked) -> tuple[Scope, Send]:
    """The request for the app, and where its answer goes."""
    forgotten: list[bytes] = []
    headers: RawHeaders = scope["headers"]
    if asked.page and server.begins:
        server.begins = False
        forgotten = _names((value for name, value in headers if name == b"cookie"), asked.stay)
        headers = [(name, _only(value, asked.stay) if name == b"cookie" else value) for name, value in headers]
    if asked.page and not asked.ours:  # what is to get a script must not come compressed
        headers = [(name, value) for name, value in headers if name != b"accept-encoding"]
    return {**scope, "headers": headers}, _Answer(send, server.builder, forgotten, asked).send


class _Answer:
    """One answer on its way to the browser."""

    def __init__(self, send: Send, builder: str, forgotten: list[bytes], asked: Asked) -> None:
        self._send, self._forgotten, self._page, self._ours = send, forgotten, asked.page, asked.ours
        self._builder = html.escape(builder).encode()
        self._reach = b"; SameSite=None; Secure; Partitioned" if asked.secure else b"; SameSite=Lax"
        self._nonce = b""
        self._waiting: bytes | None = None  # the beginning of a page, until it is known where the driver goes

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._headers(message["headers"])}
        elif message["type"] == "http.response.body" and self._waiting is not None:
            self._waiting += message.get("body", b"")
            more = message.get("more_body", False)
            if more and len(self._waiting) < _PROLOGUE_BYTES:
                return
            message = {**message, "body": self._with_driver(self._waiting)}
            self._waiting = None
        await self._send(message)

    def _headers(self, headers: RawHeaders) -> RawHeaders:
        gone = [(b"set-cookie", name + b"=; Path=/; Max-Age=0" + self._reach) for name in self._forgotten]
        if self._ours:
            return [*gone, *headers]
        kinds = [value for name, value in headers if name == b"content-type"]
        coded = any(name == b"content-encoding" for name, _ in headers)
        left = list(_STALE)  # each walk begins at the same data, of which no cache knows
        if self._page and kinds and kinds[0].lower().startswith(b"text/html") and not coded:
            self._waiting = b""
            left.append(b"content-length")
            policies = b" ".join(value for name, value in headers if name == b"content-security-policy")
            if nonce := _NONCE.search(policies):
                self._nonce = b' nonce="' + nonce[1] + b'"'
        kept = [
            (name, self._cookie(value) if name == b"set-cookie" else value)
            for name, value in headers
            if name not in left
        ]
        return [*gone, *kept, (b"cache-control", b"no-store")]

    def _cookie(self, value: bytes) -> bytes:
        """In a frame of another site a browser keeps no other cookies."""
        cookie, *attributes = value.split(b";")
        kept = [part for part in attributes if part.lower().partition(b"=")[0].strip() not in _OF_A_FRAME]
        return b";".join([cookie, *kept]) + self._reach

    def _with_driver(self, beginning: bytes) -> bytes:
        script = b'<script src="/@sayso/capture.js" data-builder="' + self._builder + b'"' + self._nonce + b"></script>"
        found = _PROLOGUE.match(beginning)
        at = found.end() if found else 0
        return beginning[:at] + script + beginning[at:]


def _names(values: Iterable[bytes], without: Collection[str]) -> list[bytes]:
    """The names in `Cookie` headers."""
    parts = (part.strip().partition(b"=")[0] for value in values for part in value.split(b";"))
    return [name for name in dict.fromkeys(parts) if name and name.decode("latin-1") not in without]


def _only(value: bytes, names: Collection[str]) -> bytes:
    """A `Cookie` header with these cookies alone."""
    parts = [part.strip() for part in value.split(b";")]
    return b"; ".join(part for part in parts if part.partition(b"=")[0].decode("latin-1") in names)
