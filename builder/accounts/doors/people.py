"""Everything about people with accounts, put together."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import Headers

from builder.accounts.identities.identities import Identities
from builder.accounts.identities.passkeys import Passkeys
from builder.accounts.mail.outbox import Outbox
from builder.accounts.notices.unsubscribing import Unsubscribing
from builder.accounts.open_connections import OpenConnections, Session
from builder.accounts.people.access_tokens import AccessTokens
from builder.accounts.people.cookies import AccountCookies
from builder.accounts.people.entering import Entering
from builder.accounts.people.links import Links
from builder.accounts.people.personal_tokens import PREFIX, PersonalTokens
from builder.accounts.people.refreshing import Refreshing
from builder.accounts.people.register import Ending, Register
from builder.accounts.people.second_factors import SecondFactors
from builder.accounts.people.sessions import SignInSessions, session_of
from builder.accounts.people.ways_changed import WayLetters
from builder.accounts.settings import SignInSettings
from builder.accounts.teams.partner_keys import PREFIX as KEY_PREFIX
from builder.accounts.teams.partner_keys import PartnerKeys
from builder.base.db import Database

_BEARER: Final = "bearer "


async def _nothing_runs(_: AsyncSession, __: str) -> None:
    pass


class AccountParts:
    """The parts that routes and pages use are attributes here."""

    def __init__(
        self,
        db: Database,
        settings: SignInSettings,
        outbox: Outbox,
        connections: OpenConnections,
        ended: Callable[[str], None] = lambda _: None,
        ending: Ending = _nothing_runs,
    ) -> None:
        self.settings, self.outbox = settings, outbox
        self.sessions = SignInSessions(db, connections, ended, settings.needs_second_proof)
        self.tokens = AccessTokens(settings)
        self.personal = PersonalTokens(db, self.sessions)
        self.keys = PartnerKeys(db, self.sessions)
        self.register = Register(db, self.sessions, ending)
        self.cookies = AccountCookies(settings)
        self.links = Links(db, settings, self.sessions, outbox, ending)
        refreshing = Refreshing(db, self.sessions, self.tokens)
        self.notices = WayLetters(settings, outbox)
        self.unsubscribing = Unsubscribing(db, outbox, settings.url)
        self.factors = SecondFactors(db, settings, self.notices)
        self.entering = Entering(
            db, settings, self.register, self.sessions, refreshing, outbox, self.links, self.factors
        )
        self.identities = Identities(db, settings, self.register, self.entering, self.notices)
        self.passkeys = Passkeys(db, settings, self.register, self.entering, self.notices)

    async def by_cookie(self, headers: Headers) -> tuple[Session, str] | None:
        """The session of a request's cookies, and the value of that cookie where it is to be set anew ("" otherwise)."""
        for value in self.cookies.values(headers):
            if (known := await self.sessions.by_cookie(value)) is not None:
                return session_of(known), value if self.cookies.is_old(known.seen) else ""
        return None

    async def by_token(self, headers: Headers) -> Session | None:
        """The session of a request's `Authorization: Bearer …` (RFC 6750): an access token, a personal one,
        or a team's key."""
        token = bearer(headers)
        if token.startswith(PREFIX):
            known = await self.personal.shown(token)
            return session_of(known) if known is not None else None
        if token.startswith(KEY_PREFIX):
            known = await self.keys.shown(token)
            return session_of(known) if known is not None else None
        read = self.tokens.read(token) if token else None
        known = await self.sessions.live(read[0]) if read is not None else None
        return session_of(known, read[1]) if known is not None and read is not None else None

    async def still_signed_in(self, person: str, session: str) -> bool:
        """Whether a session lives and is that person's."""
        known = await self.sessions.live(session)
        return known is not None and hmac.compare_digest(known.actor.id, person)


def bearer(headers: Headers) -> str:
    """The token of a request, "" where it has none."""
    value = headers.get("authorization", "")
    return value[len(_BEARER) :].strip() if value.lower().startswith(_BEARER) else ""
