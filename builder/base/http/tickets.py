"""SocketTickets that open one websocket each: for programs that cannot send headers with a handshake.

A ticket stands for the headers by which the request that asked for it was let in. Who they are and what they may is
decided anew when the socket opens, so a ticket gives no right that its holder has lost meanwhile.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

SECONDS: Final = 60.0
QUERY: Final = "ticket"
_MOST: Final = 1_000
# By these the sender is known, and known to mean it.
_PROOFS: Final = (b"authorization", b"cookie", b"x-sayso-client")
Headers = list[tuple[bytes, bytes]]


class SocketTickets:
    """Kept in memory: a restart ends them. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[float, str, Headers]] = OrderedDict()

    def issue(self, scope: Scope, path: str) -> str:
        """A ticket for the websocket at `path`, good once and for 60 seconds, for whoever sends this request."""
        self._forget()
        ticket = secrets.token_urlsafe(24)
        proofs = [(name, value) for name, value in scope["headers"] if name in _PROOFS]
        self._open[ticket] = self._clock() + SECONDS, path, proofs
        return ticket

    def redeem(self, ticket: str, path: str) -> Headers | None:
        """The headers that it stands for; None for one that is used, too old, or for another socket."""
        self._forget()
        found = self._open.pop(ticket, None)
        return found[2] if found and found[1] == path else None

    def _forget(self) -> None:
        while self._open:
            until, _, _ = next(iter(self._open.values()))
            if len(self._open) < _MOST and self._clock() < until:
                return
            self._open.popitem(last=False)


def with_tickets(app: ASGIApp, tickets: Callable[[], SocketTickets]) -> ASGIApp:
    """`app`, whose websockets also open with `?ticket=`. One that opens nothing is taken away, and the handshake goes on
    as it came."""

    async def ticketed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and QUERY.encode() in scope["query_string"]:
            asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            given = [value for name, value in asked if name == QUERY]
            proofs = tickets().redeem(given[0], scope["path"]) if given else None
            if given:
                rest = urlencode([(name, value) for name, value in asked if name != QUERY])
                scope = {**scope, "query_string": rest.encode("latin-1")}
            if proofs is not None:
                others = [(name, value) for name, value in scope["headers"] if name not in _PROOFS]
                scope["headers"] = [*others, *proofs]
        await app(scope, receive, send)

    return ticketed
