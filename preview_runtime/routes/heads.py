"""Request heads that are too large or take too long are refused while they are being read, before any application sees
them.

If a head is too large because of its cookies, their names are read, up to `MOST_HEAD_BYTES`: another preview may have
set them, and the refusal tells the browser to drop them (`cookie_flood`).

uvicorn's httptools protocol limits neither. This module overrides the callbacks of llhttp and of asyncio, and
`send_400_response`; tests check the result, so that an upgrade of uvicorn that changes them is noticed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from preview_runtime.routes.cookie_flood import MOST_HEAD_BYTES, Floods, LongHead
from preview_runtime.routes.cuts import Cuts
from preview_runtime.routes.limits import VisitorLimits

# A refusal is lost when the connection is reset with unread bytes in it: so incoming data is read and dropped for so
# long (seconds).
_LINGER_SECONDS: Final = 2.0
# The most heads full of cookies that are read at the same time; each takes memory meanwhile.
_MOST_LONG: Final = 16
_HEAD_END: Final = b"\r\n\r\n"
_COOKIE: Final = b"cookie:"
_SAID: Final = {
    400: ("invalid_request", "This is not a request this server understands."),
    408: ("too_slow", "The request took too long to arrive. Send it again."),
    413: ("too_large", "This is larger than this server takes."),
    431: (
        "head_too_large",
        "The request's address and headers are too long. Delete this site's cookies, then try again.",
    ),
    503: ("too_many_connections", "There are too many connections at this moment. Try again in a moment."),
}


class TooLarge(Exception):
    """Raised inside a parser's callback, which makes the parser give up."""


class NoHandshake(Exception):
    """Raised like `TooLarge`: the request asks for a websocket and cannot become one."""


def guarded(limits: VisitorLimits, proxies: Container[str] = ()) -> type[GuardedHeads]:
    """The protocol class for `uvicorn.Config(http=…)`: 431 for a head over `head_bytes`, 408 after `head_seconds`.

    `proxies` are the addresses that are trusted to say whether the visitor came by https.
    """

    class Guarded(GuardedHeads):
        most_bytes, most_seconds, known_proxies = limits.head_bytes, limits.head_seconds, proxies
        floods: ClassVar[Floods] = Floods()
        long_ones: ClassVar[set[Any]] = set()
        cuts: ClassVar[Cuts] = Cuts()

    return Guarded


class GuardedHeads(HttpToolsProtocol):
    """The protocol of one connection; `guarded` makes it."""

    most_bytes: int
    most_seconds: float
    known_proxies: Container[str] = ()
    floods: ClassVar[Floods] = Floods()
    long_ones: ClassVar[set[Any]] = set()
    cuts: ClassVar[Cuts] = Cuts()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._in_head = False
        self._head_bytes = 0  # of the complete lines
        self._cookie_bytes = 0  # of these, the bytes of cookies
        self._end = b""  # of the received data, from where its head may end
        self._line = b""  # the beginning of the incomplete line
        self._raw_bytes = 0  # of everything since the head began
        self._deadline: asyncio.TimerHandle | None = None
        self._refused = False
        self._verdict = 0
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.long_ones.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._in_head:
            self._raw_bytes += len(data)
        self._end = self._end[-len(_HEAD_END) + 1 :] + data
        _, ended, last = data.rpartition(b"\n")
        self._line = (last if ended else self._line + last)[: len(_COOKIE)]
        super().data_received(data)
        self._end = self._end[-len(_HEAD_END) + 1 :]
        if self._refused or self._upgraded or self.transport.is_closing():
            return
        if self._in_head and self.most_bytes and self._raw_bytes > self.most_bytes and not self._may_be_long():
            self._refuse(431)
        elif self._in_head or self.cycle is None or self.cycle.response_complete:
            # Bytes between two requests stop uvicorn's own timer: with empty lines a client could hold a connection for
            # ever.
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes, self._raw_bytes, self._cookie_bytes = True, 0, 0, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"cookie":
            self._cookie_bytes += len(name) + len(value) + 4
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._over():
            raise TooLarge
        self._in_head = False
        self.long_ones.discard(self)
        self._stop_waiting()
        if self.parser.should_upgrade() and self._should_upgrade() and (self._answering() or self._brings_body()):
            raise NoHandshake
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        # A client waits for the answer before it sends frames (RFC 6455 section 4.1); uvicorn would lose them.
        if self._end.partition(_HEAD_END)[2]:
            return self._refuse(400)
        self._upgraded = True
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the status says it
        self._refuse(self._verdict or (431 if self._over() else 400))

    def _answering(self) -> bool:
        """Whether another request is waiting for its answer: it would not learn that its client left a websocket."""
        return bool(self.pipeline) or (self.cycle is not None and not self.cycle.response_complete)

    def _brings_body(self) -> bool:
        """Nobody reads a body before a websocket, and the handshake would wait for its end."""
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self.headers
        )

    def _long_head(self) -> LongHead:
        """The answer about the cookies of a head that is too large because of them; nothing for other heads."""
        long = LongHead(path=self.url.decode("latin-1"), secure=self.scheme == "https")
        if self._head_bytes - self._cookie_bytes <= self.most_bytes:
            proxied = self.client is not None and self.client[0] in self.known_proxies
            for name, value in self.headers:
                long.read(name, value)
                if proxied and name == b"x-forwarded-proto":
                    long.secure = value.strip().lower() in (b"https", b"wss")
        return long

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._over() and (self._head_bytes - self._cookie_bytes > self.most_bytes or not self._admitted()):
            raise TooLarge

    def _over(self) -> bool:
        return bool(self.most_bytes) and self._head_bytes > self.most_bytes

    def _may_be_long(self) -> bool:
        """Whether the received part of a head that is too large may still consist of its cookies."""
        # The incomplete part is all one line.
        unknown = self._raw_bytes - self._head_bytes
        cookies = unknown <= self.most_bytes or self._line.lower() == _COOKIE
        return cookies and max(self._raw_bytes, self._head_bytes) <= MOST_HEAD_BYTES and self._admitted()

    def _admitted(self) -> bool:
        if len(self.long_ones) < _MOST_LONG:
            self.long_ones.add(self)
        return self in self.long_ones and self._head_bytes <= MOST_HEAD_BYTES

    def _expect_head(self) -> None:
        if self._deadline is None and self.most_seconds:
            self._deadline = self.loop.call_later(self.most_seconds, self._late)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self._in_head:
            self._refuse(408)
        elif not self.transport.is_closing():
            # Browsers open connections in advance.
            self.cut("nothing asked in time", logging.INFO)
            self.transport.close()  # no request came, so none is answered

    def cut(self, bound: str, level: int = logging.WARNING) -> None:
        """Log that `bound` ended this connection, or its request."""
        self.cuts.say(bound, self.client[0] if self.client else "", level)

    def _refuse(self, status: int) -> None:
        self._refused = True
        self._stop_waiting()
        self.long_ones.discard(self)
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        self.cut(f"{status} {_SAID[status][0]}")
        if self.cycle is not None and not self.cycle.response_complete:
            if self._in_head or self.pipeline or self.cycle.response_started:
                return self.transport.abort()  # another answer is being sent, and a second one does not fit into it
            # The application, which may be waiting for the rest, learns that its client is gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        code, message = _SAID[status]
        kind, more = "application/json", ""
        text = f'{{"error": {{"code": "{code}", "message": "{message}", "details": null}}}}'
        if status == 431 and (long := self._long_head()).cookies:
            cookies, page = self.floods.answer(long)
            more = "".join(f"set-cookie: {cookie}\r\n" for cookie in cookies)
            if long.navigation:
                kind, text = "text/html; charset=utf-8", page
                # Every preview page has this header: without it a page is not shown in the builder's frame.
                more += "cross-origin-embedder-policy: credentialless\r\ncross-origin-resource-policy: cross-origin\r\n"
        body = text.encode()
        head = (
            f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}"
            "cache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[status] + head.encode("latin-1") + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
