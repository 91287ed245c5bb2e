"""Bounds what clients may hold of this process, on every route and before anybody is asked who they are.

A client that opens many connections, sends slowly or reads nothing would otherwise use up the process's file
descriptors. `preview_runtime.routes.heads` bounds heads, `.bodies` bounds bodies. This module bounds the number of
connections, ends those whose client reads nothing, and logs a client that leaves as one line instead of an error.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import fcntl
import logging
import resource
import termios
import time
from collections.abc import Callable, Container
from typing import Any, Final, cast

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from builder.base.http.hosts import HostKind, HostRules, request_authority
from builder.base.http.peers import Peers
from builder.base.settings import RequestSettings
from preview_runtime.routes.bodies import BodyBounds, guarded_bodies
from preview_runtime.routes.cuts import Cuts
from preview_runtime.routes.limits import VisitorLimits

log = logging.getLogger(__name__)

_FILES: Final = 65_536
# The kernel accepts up to so many connections before this process counts any of them; it holds back the others.
BACKLOG: Final = 256
# An answer of which nothing was taken for so long has no reader: a slow reader takes a little all the time.
STALLED_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0
# A body that is late within an app is answered by that app, in its own words. This longer bound holds where no app
# reads the body.
GRACE_SECONDS: Final = 5.0
# The most fragments of one websocket message, however small they are.
_FRAGMENTS: Final = 16_384
_NO_HANDSHAKE: Final = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connections:
    """The connections of this process. `protocol` and `websocket` are the classes for `uvicorn.Config(http=…,
    ws=…)`."""

    def __init__(self, settings: RequestSettings, limits: VisitorLimits) -> None:
        trusted = _TrustedHosts(settings.trusted_proxies or [])
        self._most = settings.connections_per_address
        self._peers: Peers[asyncio.Transport] = Peers(self._each, most_connections, trusted.__contains__)
        self._stalled: dict[asyncio.Transport, tuple[int, float]] = {}
        self._look: asyncio.TimerHandle | None = None
        self._cuts = Cuts()
        self.protocol = _protocol(self, limits, body_bounds(settings), cast("Container[str]", trusted))
        self.websocket = _websocket(self)

    def enter(self, transport: asyncio.Transport, address: str) -> bool:
        """Whether a new connection may stay; another one may be closed to make room for it."""
        leaving = self._peers.enter(transport, address)
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look_round)
        if leaving is None:
            return True
        detail = f", of which there are {self._peers.count(address)}, {len(self._peers)} in all"
        self._cuts.say("too many connections", address, detail=detail)
        if leaving is transport:
            return False
        # Not `close`, which waits until the buffered data was sent: a client that reads nothing never takes it.
        leaving.abort()
        return True

    def __len__(self) -> int:
        """How many there are."""
        return len(self._peers)

    @property
    def unsent(self) -> int:
        """Bytes in this process's buffers that clients have not taken yet."""
        return sum(transport.get_write_buffer_size() for transport in self._peers)

    def leave(self, transport: asyncio.Transport) -> None:
        self._peers.leave(transport)
        self._stalled.pop(transport, None)

    def waits(self, transport: asyncio.Transport) -> None:
        self._peers.waits(transport)

    def works(self, transport: asyncio.Transport) -> None:
        self._peers.works(transport)

    def cut(self, bound: str, client: tuple[str, int] | None) -> None:
        """Log that `bound` ended a websocket of `client`."""
        self._cuts.say(bound, client[0] if client else "")

    def _each(self) -> int:
        # However few file descriptors there are, two addresses together can never have all connections.
        return min(self._most or _FILES, max(1, most_connections() // 3))

    def _look_round(self) -> None:
        """End the connections whose clients have taken nothing of their waiting data for a minute."""
        self._look = None
        now = time.monotonic()
        for transport in self._peers:
            if not (written := transport.get_write_buffer_size()):
                self._stalled.pop(transport, None)
                continue
            left = written + _on_the_way(transport)
            before, since = self._stalled.get(transport, (-1, now))
            if left != before:
                self._stalled[transport] = (left, now)
            elif now - since >= STALLED_SECONDS:
                self._cuts.say("an answer that nobody takes", self._peers.network(transport))
                transport.abort()
        if len(self._peers):
            self._look = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look_round)


def _protocol(
    connections: Connections, limits: VisitorLimits, bounds: Callable[[Scope], BodyBounds], proxies: Container[str]
) -> type[HttpToolsProtocol]:
    class BoundedHttp(guarded_bodies(limits, bounds, proxies)):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            if not connections.enter(transport, self.client[0] if self.client else ""):
                self._refuse(503)
                transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            connections.leave(self.transport)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._upgraded or self._refused:
                return
            if self._in_head or self.cycle is None or self.cycle.more_body or self.cycle.response_complete:
                connections.waits(self.transport)

        def on_message_complete(self) -> None:
            super().on_message_complete()
            if self.cycle is None or not self.cycle.response_complete:
                connections.works(self.transport)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing():
                connections.waits(self.transport)

    return BoundedHttp


def _websocket(connections: Connections) -> type[WebSocketsSansIOProtocol]:
    class BoundedWebsocket(WebSocketsSansIOProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            connections.leave(self.transport)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            # A client has to wait for the answer (RFC 6455 section 4.1); earlier frames would be answered before the
            # handshake is.
            if self.handshake_initiated and not self.handshake_complete:
                connections.cut("frames before the handshake", self.client)
                return self.transport.abort()
            super().data_received(data)
            # The head arrives in one piece. If the library does not take it for a handshake, nothing else would end the
            # connection.
            if not self.handshake_initiated and not self.transport.is_closing():
                connections.cut("no handshake of a websocket", self.client)
                self.transport.write(b"".join(self.conn.data_to_send()) or _NO_HANDSHAKE)
                self.transport.close()

        def handle_parser_exception(self) -> None:
            if self.conn.close_sent is None:  # a close frame is out: nothing more can be sent
                connections.cut("no frames", self.client)
                return self.transport.abort()
            super().handle_parser_exception()

        def pause_writing(self) -> None:
            super().pause_writing()
            # Each ping is answered at once: a client that sends pings and reads nothing would fill the memory with
            # answers.
            self.transport.pause_reading()

        def resume_writing(self) -> None:
            super().resume_writing()
            if not self.read_paused and not self.transport.is_closing():
                self.transport.resume_reading()

        async def receive(self) -> Any:
            message = await super().receive()
            if not self.writable.is_set():
                self.transport.pause_reading()
            return message

        def handle_cont(self, event: Any) -> None:
            if len(self.frames) >= _FRAGMENTS:
                connections.cut("a message in too many pieces", self.client)
                self.conn.fail(1009, "too many fragments")
                return self.handle_parser_exception()
            super().handle_cont(event)

    return BoundedWebsocket


def body_bounds(settings: RequestSettings) -> Callable[[Scope], BodyBounds]:
    """The bounds of a request's body, by host. The API's routes set their own size."""
    rules = HostRules.from_settings(settings)
    grace = GRACE_SECONDS if settings.preview_body_seconds else 0.0
    of_a_preview = BodyBounds(size=0, seconds=settings.preview_body_seconds + grace)
    of_the_api = BodyBounds(size=0, seconds=settings.body_seconds)
    of_a_page = BodyBounds(seconds=settings.body_seconds)

    def bounds(scope: Scope) -> BodyBounds:
        if rules.kind(request_authority(scope)) is HostKind.PREVIEW:
            return of_a_preview
        return of_the_api if scope["path"].startswith("/api/") else of_a_page

    return bounds


def let_go(app: ASGIApp) -> ASGIApp:
    """`app`, with one change: a client that leaves in the middle of its request is a line in the log, not a failure."""

    async def quietly(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            log.debug("A client left in the middle of %s %s", scope.get("method", ""), scope.get("path", ""))

    return quietly


def no_fault_of_ours(record: logging.LogRecord) -> bool:
    """A filter for the server's logger: a websocket client that sends invalid UTF-8 causes no traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError))


def most_connections() -> int:
    """The most connections at once: half of the file descriptors; the other half is for the files that requests
    open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (_FILES if soft == resource.RLIM_INFINITY else min(soft, _FILES)) // 2


def allow_many_files() -> None:
    """Raise the process's soft limit of open files (each connection is one) as far as it may without privileges."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _on_the_way(transport: asyncio.Transport) -> int:
    """Bytes in the kernel's send buffer that the client has not acknowledged (tcp(7): SIOCOUTQ); 0 where it does not
    say."""
    found = array.array("i", [0])
    with contextlib.suppress(OSError, AttributeError):
        fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, found)
    return found[0]
