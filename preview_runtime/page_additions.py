"""What a page of an app gets beside its own: tags in its head, and something at its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.types import Message, Scope, Send

_HEAD_ENDS: Final = re.compile(rb"</head\s*>", re.IGNORECASE)
_BODY_ENDS: Final = re.compile(rb"</body\s*>", re.IGNORECASE)
_HEAD_BYTES: Final = 256 * 1024  # a page whose head is longer gets no tags
_STALE: Final = (b"content-length", b"etag", b"last-modified")


@dataclass(frozen=True, slots=True)
class Additions:
    """`tags`: what a head gets unless it holds the words before them already, which are the app's own then. `end`: what
    comes after the page's content."""

    tags: tuple[tuple[bytes, bytes], ...] = ()
    end: bytes = b""

    def to(self, page: bytes) -> bytes:
        """The whole page with them."""
        page = self.in_head(page)
        ends = [*_BODY_ENDS.finditer(page)]
        at = ends[-1].start() if ends else len(page)
        return page[:at] + self.end + page[at:]

    def in_head(self, beginning: bytes) -> bytes:
        """The beginning of a page with the tags, where its head ends in it."""
        found = _HEAD_ENDS.search(beginning)
        if found is None:
            return beginning
        head = beginning[: found.start()]
        return head + b"".join(tag for words, tag in self.tags if words not in head) + beginning[found.start() :]


class LinkPages(Protocol):
    """What live links have beside their apps; every other preview has nothing of it."""

    def framed(self, preview_id: str) -> bool:
        """Whether any site may show it in a frame."""
        ...

    def seen(self, preview_id: str, agent: str) -> None:
        """A page was given to a browser that calls itself `agent`."""
        ...

    async def additions(self, preview_id: str) -> Additions | None: ...

    async def picture(self, preview_id: str) -> tuple[bytes, str] | None:
        """The picture of the app, and its media type."""
        ...


def added(scope: Scope, send: Send, additions: Additions, seen: Callable[[], None]) -> tuple[Scope, Send]:
    """The request for a page of the app's server, and where its answer goes. `seen` is called for a page of the app's."""
    # What is to get something must not come compressed, and what the browser has may have had something else.
    without = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    headers = [(name, value) for name, value in scope["headers"] if name not in without]
    return {**scope, "headers": headers}, _Answer(send, additions, seen).send


class _Answer:
    """One answer on its way to the browser: held until its head has ended, then passed on as it comes."""

    def __init__(self, send: Send, additions: Additions, seen: Callable[[], None]) -> None:
        self._send, self._additions, self._seen = send, additions, seen
        self._page = False
        self._end = b""
        self._waiting: bytes | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._started(message)
        elif message["type"] == "http.response.body" and self._page:
            body, more = message.get("body", b""), message.get("more_body", False)
            if self._waiting is not None:
                self._waiting += body
                if more and not _HEAD_ENDS.search(self._waiting) and len(self._waiting) < _HEAD_BYTES:
                    return
                body, self._waiting = self._additions.in_head(self._waiting), None
            message = {**message, "body": body if more else body + self._end}
        await self._send(message)

    def _started(self, message: Message) -> Message:
        headers = dict(message["headers"])
        kind = headers.get(b"content-type", b"").lower()
        ours = b"x-preview-state" in headers or b"content-encoding" in headers
        if message["status"] != 200 or not kind.startswith(b"text/html") or ours:
            return message
        self._seen()
        self._page, self._waiting = True, b""
        policies = [v for n, v in message["headers"] if n == b"content-security-policy" and b"style-src" in v]
        # A badge without its style would stand in the way.
        self._end = b"" if policies else self._additions.end
        return {**message, "headers": [(name, value) for name, value in message["headers"] if name not in _STALE]}
