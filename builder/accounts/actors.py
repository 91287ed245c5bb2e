"""Whose a request is: one place for routes, websockets and pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Scope

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.open_connections import CONNECTION
from builder.accounts.settings import SignInSettings
from builder.base.errors import SignInNeeded
from builder.base.http.hosts import SIGNED_IN
from builder.texts import t

ProofSource = Callable[[Scope], Awaitable[Actor | None]]
"""Reads one kind of proof from a request (a cookie, a token, a key, a ticket); None where there is none of its kind."""


class Actors:
    """Makes the actor of each request: the first of `sources` that finds its proof says whose it is."""

    local: Final = LOCAL_OWNER
    """Whoever uses the command line of this computer."""

    def __init__(self, settings: SignInSettings) -> None:
        self._sign_in_required: Final = settings.sign_in_required
        self.sources: list[ProofSource] = [self._local_owner]
        self._handshake: Callable[[str], Scope | None] = lambda _: None

    async def of(self, scope: Scope) -> Actor:
        """Raises SignInNeeded for a request that is nobody's."""
        for source in self.sources:
            if (actor := await source(scope)) is not None:
                if (connection := scope.get(CONNECTION)) is not None:
                    connection.person = actor.id
                return actor
        raise SignInNeeded(t("sign_in.needed"))

    def pages_connect(self, handshake: Callable[[str], Scope | None]) -> None:
        """`handshake(id)`: the request that opened a page's event socket, None once that is closed."""
        self._handshake = handshake

    async def of_page(self, socket: str) -> Actor:
        """Who sent an event over a page's socket. Raises SignInNeeded."""
        return await self.of(self._handshake(socket) or {})

    async def _local_owner(self, scope: Scope) -> Actor | None:
        # Until there are accounts everybody who gets this far is the owner: with the owner's password, or on this
        # computer alone, where none is set.
        return self.local if SIGNED_IN in scope or not self._sign_in_required else None
