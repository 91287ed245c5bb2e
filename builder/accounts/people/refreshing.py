"""Refresh tokens: each is exchanged once. One that comes a second time was copied, so its whole session ends."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.chain import Deed, record
from builder.accounts.people.access_tokens import AccessTokens
from builder.accounts.people.proofs import MOST_TIME, SESSION_TIME, digest, later, random_text
from builder.accounts.people.sessions import SignInSessions
from builder.accounts.tables import Account, RefreshToken, SignInSession
from builder.base.db import Database, after_commit
from builder.base.errors import SaysoError
from builder.base.ids import now
from builder.texts import t

log = logging.getLogger(__name__)
_PREFIX: Final = "sayso_refresh_"


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str
    refresh: str


class Refreshing:
    """Issues pairs of tokens for sessions of programs."""

    def __init__(self, db: Database, sessions: SignInSessions, tokens: AccessTokens) -> None:
        self._db, self._sessions, self._tokens = db, sessions, tokens

    def pair(self, session: AsyncSession, of: SignInSession) -> TokenPair:
        """The first pair of a session; valid once `session` is committed."""
        return self._pair(session, of, None)

    async def exchange(self, token: str) -> tuple[Account, TokenPair]:
        """A new pair for a refresh token, which is dead from then on. Raises SaysoError (401 `invalid_token`)."""
        async with self._db.session() as session:
            query = select(RefreshToken).where(col(RefreshToken.hash) == digest(token)).with_for_update()
            row = await session.scalar(query)
            of = await session.get(SignInSession, row.session) if row is not None else None
            account = await session.get(Account, of.account) if of is not None else None
            if row is not None and of is not None and account is not None and of.revoked_at is None:
                if row.used_at is not None:
                    of.revoked_at = now()
                    name, person = of.id, account.id
                    after_commit(session, lambda: self._sessions.forget(person, [name]))
                    record(
                        session,
                        Deed("refresh.reused", team=person, resource="session", resource_id=name, outcome="ended"),
                    )
                    log.warning("A refresh token of %s came a second time: session %s was ended", person, name)
                elif row.expires_at > now() and of.expires_at > now() and account.state == "active":
                    of.last_seen_at = now()
                    if of.created_at > now(ago=MOST_TIME):
                        of.expires_at = later(SESSION_TIME)
                    return account, self._pair(session, of, row)
        raise SaysoError(t("people.token_over"), code="invalid_token", status=401)

    def _pair(self, session: AsyncSession, of: SignInSession, before: RefreshToken | None) -> TokenPair:
        refresh = random_text(_PREFIX)
        row = RefreshToken(session=of.id, hash=digest(refresh), expires_at=later(SESSION_TIME))
        session.add(row)
        if before is not None:
            before.used_at, before.replaced_by = now(), row.id
        return TokenPair(self._tokens.issue(of.account, of.id), refresh)
