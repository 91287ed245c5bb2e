"""What each session has open: sockets, streams and requests under way. They end with their session, terminals first."""

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

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.texts import t
from preview_runtime.routes.proxy import CutAnswer
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)

CONNECTION: Final = "sayso.connection"
"""In the scope of what is kept here: itself, which is told whose it is (`person`)."""
SIGNED_OUT: Final = 1008
"""The close code of a socket whose session has ended: policy violation (RFC 6455 section 7.4.1)."""
RIGHTS_CHANGED: Final = 1012
"""Of a socket that may be opened anew: service restart (IANA's registry of close codes, after RFC 6455 section 11.7)."""
# A socket's own end, once it has heard that nobody is there, takes milliseconds; then it is ended from outside.
GRACE_SECONDS: Final = 1.0
_FAREWELL_SECONDS: Final = 0.25
_TERMINAL: Final = re.compile(r"/api/v1/projects/[^/]+/(?:terminals/|server/exec)")


@dataclass(frozen=True, slots=True)
class Session:
    """`ends`: when, in seconds since 1970."""

    id: str
    ends: float


class ConnectionKind(IntEnum):
    """In the order in which they end."""

    TERMINAL = 0
    SOCKET = 1
    REQUEST = 2


class OpenConnections:
    """Session → what it has open. One for the process."""

    def __init__(self) -> None:
        self._open: dict[str, set[_Connection]] = {}
        self._also: list[Callable[[], Awaitable[None]]] = []
        self._ending = Tasks()

    def on_end(self, end: Callable[[], Awaitable[None]]) -> None:
        """Have `end` called when all sessions end: for what outlives its connections, such as a shell."""
        self._also.append(end)

    def count(self, session: str) -> int:
        return len(self._open.get(session, ()))

    async def run(
        self, session: Session, app: ASGIApp, scope: Scope, receive: Receive, send: Send, person: str = ""
    ) -> None:
        """One request or socket of `session`, until it is done or the session ends. `person`: whose it is, where that is
        known before it is looked at."""
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
        """End the sockets and streams of somebody whose rights were changed. What they may still see, they open anew."""
        for connection in [one for mine in self._open.values() for one in mine if one.person == person]:
            connection.end_stream()

    def end_all(self) -> None:
        """End what every session has open. Nothing is taken or given any more once this returns."""
        everything = [connection for mine in self._open.values() for connection in mine]
        for connection in sorted(everything, key=lambda one: one.kind):
            connection.end()
        for end in self._also:
            self._ending.begin(end(), "end something of a session that ended")


class _Connection:
    """One request or socket between a browser and the application, which hears nothing and is not heard after `end`."""

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
            self._farewell.cancel()  # who reads nothing is not waited for
        if self._ended and not self._socket and not self._complete:
            raise CutAnswer("the session has ended")  # the server breaks the connection off

    def end_stream(self) -> None:
        """End what lasts: a socket, or an answer that goes on. The next one is judged anew."""
        self._code, self._reason, self._lasts = RIGHTS_CHANGED, "rights changed", False
        if self._socket or (self._began and not self._complete):
            self.end()

    def end(self) -> None:
        """Take nothing from the browser and give it nothing any more; end what is under way."""
        if self._ended or self._task is None:
            return
        self._ended = True
        if self._socket or not self._began:
            self._farewell = self._ending.begin(self._say_so(), "say that a session ended")
        if not self._socket and (self.kind is ConnectionKind.TERMINAL or self._began) and not self._complete:
            return self._cancel()
        for task in self._receivers:
            task.cancel()  # it gets the end of the line instead
        # A request that is not answered yet may be at work that must not be left half-done: it goes on to its end, unheard.
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
            self.end()  # it was asked for before the rights were changed, and goes on
