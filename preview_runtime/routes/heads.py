"""Request heads that are too large or take too long: refused while they are read, before any application sees them.

uvicorn's httptools protocol bounds neither. What is overridden here are the callbacks of llhttp and of asyncio, and
`send_400_response`; tests hold it to what is promised, so that an upgrade of uvicorn that changes them is noticed.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from preview_runtime.routes.limits import Limits

# A refusal is lost when the connection is reset with unread bytes in it: so long what still comes is thrown away.
_LINGER_SECONDS: Final = 2.0
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


def guarded(limits: Limits) -> type[GuardedHeads]:
    """The protocol class for `uvicorn.Config(http=…)`: 431 for a head over `head_bytes`, 408 after `head_seconds`."""

    class Guarded(GuardedHeads):
        most_bytes, most_seconds = limits.head_bytes, limits.head_seconds

    return Guarded


class GuardedHeads(HttpToolsProtocol):
    """Of one connection; `guarded` makes it."""

    most_bytes: int
    most_seconds: float

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._in_head = False
        self._head_bytes = 0  # of the lines that are whole
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
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._in_head:
            self._raw_bytes += len(data)
        super().data_received(data)
        if self._refused or self._upgraded or self.transport.is_closing():
            return
        if self._in_head and self.most_bytes and self._raw_bytes > self.most_bytes:
            self._refuse(431)
        elif self._in_head or self.cycle is None or self.cycle.response_complete:
            # Bytes between two requests stop uvicorn's own timer: empty lines must not hold a connection for ever.
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes, self._raw_bytes = True, 0, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the status says it
        large = self.most_bytes and self._head_bytes > self.most_bytes
        self._refuse(self._verdict or (431 if large else 400))

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self.most_bytes and self._head_bytes > self.most_bytes:
            raise TooLarge

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
            self.transport.close()  # nothing was asked, so nothing is answered

    def _refuse(self, status: int) -> None:
        self._refused = True
        self._stop_waiting()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            if self._in_head or self.pipeline or self.cycle.response_started:
                return self.transport.abort()  # another answer is under way, and no second one fits into it
            # The application, which may wait for the rest, learns that its client is gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        code, message = _SAID[status]
        body = f'{{"error": {{"code": "{code}", "message": "{message}", "details": null}}}}'.encode()
        head = (
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "cache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
