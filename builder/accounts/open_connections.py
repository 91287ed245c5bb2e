"""The open connections of each session: sockets, streams and requests under way. They end with the session, terminals
first."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.accounts.actor import Actor
from builder.texts import t
from preview_runtime.routes.proxy import CutAnswer
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)

CONNECTION: Final = "sayso.connection"
"""The key in an ASGI scope under which a connection of this module puts itself; the application sets its `person`."""
SIGNED_OUT: Final = 1008
"""The close code of a socket whose session has ended: policy violation (RFC 6455 section 7.4.1)."""
RIGHTS_CHANGED: Final = 1012
"""The close code of a socket that the client may open again: service restart (IANA's registry of close codes, after RFC
6455 section 11.7)."""
# Once a socket's handler is told that the client is gone, it ends within milliseconds; after this time it is cancelled.
GRACE_SECONDS: Final = 1.0
_FAREWELL_SECONDS: Final = 0.25
_TERMINAL: Final = re.compile(r"/api/v1/projects/[^/]+/(?:terminals/|server/exec)")

_EVENTS: Final = "/_event/"  # Reflex's


@dataclass(frozen=True, slots=True)
class Session:
    """`ends`: when the session ends, in seconds since 1970. `actor`: whose it is, None where there are no accounts;
    `admin`: they look after the installation."""

    id: str
    ends: float
    actor: Actor | None = None
    admin: bool = False


class ConnectionKind(IntEnum):
    """Kinds of connections, in the order in which they are ended."""

    TERMINAL = 0
    SOCKET = 1
    REQUEST = 2


class OpenConnections:
    """The open connections of each session. One object for the process."""

    def __init__(self) -> None:
        self._open: dict[str, set[_Connection]] = {}
        self._also: list[Callable[[], Awaitable[None]]] = []
        self._ending = Tasks()

    def on_end(self, end: Callable[[], Awaitable[None]]) -> None:
        """Have `end` called when all sessions end: for things that outlive their connections, such as a shell."""
        self._also.append(end)

    def count(self, session: str) -> int:
        return len(self._open.get(session, ()))

    async def run(
        self, session: Session, app: ASGIApp, scope: Scope, receive: Receive, send: Send, person: str = ""
    ) -> None:
        """Run one request or socket of `session` until it is done or the session ends. `person`: who sent it, where the
        caller knows that already."""
        connection = scope[CONNECTION] = _Connection(scope, receive, send, person, self._ending)
        mine = self._open.setdefault(session.id, set())
        mine.add(connection)
        left = max(0.0, session.ends - time.time())
        expiry = asyncio.get_running_loop().call_later(left, connection.end)
        try:
            await connection.run(app)
        finally:
            expiry.cancel()
            mine.discard(connection)
            if not mine and self._open.get(session.id) is mine:
                del self._open[session.id]

    def end_of(self, person: str) -> None:
        """End the sockets and streams of `person`, whose rights have changed. The browser may open again what they may
        still see. A page's events go on: each is checked by itself, and one may have changed the rights."""
        theirs = [one for mine in self._open.values() for one in mine if one.person == person]
        for connection in theirs:
            if not connection.is_of_events:
                connection.end_stream()

    def end_at(self, place: str) -> None:
        """End the sockets and streams of everybody at a project, or at its preview: who sees it has changed."""
        for connection in [one for mine in self._open.values() for one in mine if one.is_at(place)]:
            connection.end_stream()

    def sessions(self) -> list[str]:
        """The sessions that have something open."""
        return [*self._open]

    def end_session(self, session: str) -> None:
        """End what one session has open. Nothing of it is taken or given any more once this returns."""
        _end([*self._open.get(session, ())])

    def end_all(self) -> None:
        """End what every session has open. Nothing is taken or given any more once this returns."""
        _end([connection for mine in self._open.values() for connection in mine])
        for end in self._also:
            self._ending.begin(end(), "end something of a session that ended")


def _end(connections: list[_Connection]) -> None:
    # The request that asks for the end is answered.
    others = [one for one in connections if not one.is_of_this_task]
    for connection in sorted(others, key=lambda one: one.kind):
        connection.end()


class _Connection:
    """One request or socket between a browser and the application. After `end` nothing passes in either direction."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, person: str, ending: Tasks) -> None:
        self.person = person
        self._scope, self._inner_receive, self._inner_send, self._ending = scope, receive, send, ending
        self._socket = scope["type"] == "websocket"
        terminal = _TERMINAL.match(scope["path"]) is not None
        self.kind = (
            ConnectionKind.TERMINAL if terminal else ConnectionKind.SOCKET if self._socket else ConnectionKind.REQUEST
        )
        self._task: asyncio.Task[object] | None = None
        self._receivers: set[asyncio.Task[object]] = set()
        self._farewell: asyncio.Task[None] | None = None
        self._ended = self._cancelled = False
        self._began = self._complete = False
        self._code, self._reason, self._lasts = SIGNED_OUT, "signed out", True

    @property
    def is_of_this_task(self) -> bool:
        return self._task is not None and self._task is asyncio.current_task()

    @property
    def is_of_events(self) -> bool:
        """Whether it is the socket of a page's events."""
        path: str = self._scope["path"]
        return self._socket and path.startswith(_EVENTS)

    def is_at(self, place: str) -> bool:
        """Whether its address names a project: in the path, or in the name of a preview's host."""
        host = Headers(scope=self._scope).get("host", "").partition(".")[0]
        path: str = self._scope["path"]
        return place in path.split("/") or place in host.split("-")

    async def run(self, app: ASGIApp) -> None:
        self._task = asyncio.current_task()
        try:
            await app(self._scope, self._receive, self._send)
        except asyncio.CancelledError:
            if not self._cancelled:
                raise
        except Exception as error:
            if not self._ended:
                raise
            log.info("%s ended with its session: %r", self._scope["path"], error)
        finally:
            self._task = None
        if self._farewell is not None:
            await asyncio.wait({self._farewell}, timeout=_FAREWELL_SECONDS)
            self._farewell.cancel()  # do not wait for a client that reads nothing
        if self._ended and not self._socket and not self._complete:
            raise CutAnswer("the session has ended")  # makes the server close the connection

    def end_stream(self) -> None:
        """End a socket or an unfinished answer. The next request is checked against the new rights."""
        self._code, self._reason, self._lasts = RIGHTS_CHANGED, "rights changed", False
        if self._socket or (self._began and not self._complete):
            self.end()

    def end(self) -> None:
        """Stop passing messages in both directions and end the work under way."""
        if self._ended or self._task is None:
            return
        self._ended = True
        if self._socket or not self._began:
            self._farewell = self._ending.begin(self._say_so(), "say that a session ended")
        if not self._socket and (self.kind is ConnectionKind.TERMINAL or self._began) and not self._complete:
            return self._cancel()
        for task in self._receivers:
            task.cancel()  # `_receive` then reports a disconnect
        # An unanswered request may be in the middle of work that must not be left half-done: it runs to its end, and
        # its answer is dropped.
        if self._socket:
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._cancelled = True
            self._task.cancel()

    async def _say_so(self) -> None:
        if self._socket:
            return await self._inner_send({"type": "websocket.close", "code": self._code, "reason": self._reason})
        self._began = self._complete = True
        error = {"code": "sign_in", "message": t("sign_in.needed"), "details": {}}
        body = json.dumps({"error": error}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await self._inner_send({"type": "http.response.start", "status": 401, "headers": headers})
        await self._inner_send({"type": "http.response.body", "body": body})

    async def _receive(self) -> Message:
        if self._ended:
            return self._gone()
        task = asyncio.current_task()
        assert task is not None
        self._receivers.add(task)
        try:
            message = await self._inner_receive()
        except asyncio.CancelledError:
            if not self._ended or self._cancelled or task.uncancel() > 0:
                raise
            return self._gone()
        finally:
            self._receivers.discard(task)
        return self._gone() if self._ended else message

    def _gone(self) -> Message:
        if self._socket:
            return {"type": "websocket.disconnect", "code": self._code, "reason": self._reason}
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._ended:
            return
        if message["type"] == "http.response.start":
            self._began = True
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self._complete = True
        await self._inner_send(message)
        if not self._lasts and not self._socket and not self._complete and message["type"] == "http.response.body":
            self.end()  # a stream whose request came before the rights changed
