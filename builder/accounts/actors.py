"""Who sends a request: the one place that finds out, for routes, websockets and pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Scope

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.open_connections import CONNECTION, Session
from builder.accounts.settings import SignInSettings
from builder.base.errors import SignInNeeded
from builder.base.http.hosts import SIGNED_IN
from builder.base.watching.about import acted
from builder.texts import t

ProofSource = Callable[[Scope], Awaitable[Actor | None]]
"""Reads one kind of proof from a request (a cookie, a token, a key, a ticket); None when the request carries no proof
of that kind."""


class Actors:
    """Makes the actor of each request: the first of `sources` that finds its proof names the actor."""

    local: Final = LOCAL_OWNER
    """The person at the command line of this computer."""

    def __init__(self, settings: SignInSettings) -> None:
        self._sign_in_required: Final = settings.sign_in_required
        self._has_accounts: Final = settings.has_accounts
        self.sources: list[ProofSource] = [self._signed_in]
        self._handshake: Callable[[str], Scope | None] = lambda _: None

    async def of(self, scope: Scope) -> Actor:
        """Raises SignInNeeded when no source finds a proof."""
        for source in self.sources:
            if (actor := await source(scope)) is not None:
                if (connection := scope.get(CONNECTION)) is not None:
                    connection.person = actor.id
                acted(actor.id, actor.workspace)
                return actor
        raise SignInNeeded(t("sign_in.needed"))

    def pages_connect(self, handshake: Callable[[str], Scope | None]) -> None:
        """`handshake(id)` returns the request that opened a page's event socket, None once the socket is closed."""
        self._handshake = handshake

    async def of_page(self, socket: str) -> Actor:
        """The actor of an event over a page's socket. Raises SignInNeeded."""
        return await self.of(self.opened(socket) or {})

    def opened(self, socket: str) -> Scope | None:
        """The request that opened a page's socket; None once it is closed."""
        return self._handshake(socket)

    async def _signed_in(self, scope: Scope) -> Actor | None:
        session: Session | None = scope.get(SIGNED_IN)
        if self._has_accounts:
            return session.actor if session is not None else None
        # Without accounts every request that passes the sign-in is the owner's. Without a password only this computer
        # can send requests, so those are the owner's too.
        return self.local if session is not None or not self._sign_in_required else None
