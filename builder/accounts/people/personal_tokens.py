"""Personal access tokens: for programs of one person, with scopes and an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlmodel import col

from builder.accounts.access import SCOPES
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.people.proofs import digest, later, random_text
from builder.accounts.people.sessions import TOKEN, KnownSession, SignInSessions
from builder.accounts.tables import PersonalToken
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.ids import is_id
from builder.texts import t

PREFIX: Final = "sayso_pat_"
MOST: Final = 50
MOST_DAYS: Final = 366


class PersonalTokens:
    """The tokens of all people."""

    def __init__(self, db: Database, sessions: SignInSessions) -> None:
        self._db, self._sessions = db, sessions

    async def create(
        self, account: str, name: str, scopes: Sequence[str], days: int | None
    ) -> tuple[PersonalToken, str]:
        """A new token and its text, which is shown once; `days` until it ends, None for never. Raises BadInput,
        Conflict."""
        name = " ".join(name.split())
        if not name or len(name) > 100 or not name.isprintable():
            raise BadInput(t("people.token_name"))
        if not scopes or not SCOPES.keys() >= {*scopes}:
            raise BadInput(t("people.token_scopes", scopes=", ".join(SCOPES)))
        secret = random_text(PREFIX)
        row = PersonalToken(
            account=account,
            name=name,
            hash=digest(secret),
            hint=secret[-4:],
            scopes=sorted({*scopes}),
            expires_at=later(timedelta(days=days)) if days else None,
        )
        async with self._db.session() as session:
            mine = select(func.count()).select_from(PersonalToken).where(col(PersonalToken.account) == account)
            if (await session.scalar(mine) or 0) >= MOST:
                raise Conflict(t("people.token_most", most=MOST), code="too_many")
            session.add(row)
            record(session, _deed("token.create", row, scopes=row.scopes, days=days))
        return row, secret

    async def list(self, account: str) -> Sequence[PersonalToken]:
        """A person's tokens, the newest first."""
        query = select(PersonalToken).where(col(PersonalToken.account) == account)
        async with self._db.reader() as session:
            return [*await session.scalars(query.order_by(col(PersonalToken.created_at).desc()))]

    async def remove(self, account: str, token_id: str) -> None:
        """The token opens nothing any more, and what it has open ends. Raises NotFound."""
        async with self._db.session() as session:
            row = await session.get(PersonalToken, token_id) if is_id(token_id) else None
            if row is None or row.account != account:
                raise NotFound(t("people.no_token"))
            await session.delete(row)
            record(session, _deed("token.remove", row))
        self._sessions.forget(account, [f"{TOKEN}{token_id}"])

    async def shown(self, token: str) -> KnownSession | None:
        """What a token stands for, None for one that does not exist or is over."""
        async with self._db.reader() as session:
            found = await session.scalar(select(col(PersonalToken.id)).where(col(PersonalToken.hash) == digest(token)))
        return await self._sessions.live(f"{TOKEN}{found}") if found else None


def _deed(action: str, row: PersonalToken, **details: Detail) -> Deed:
    owner = row.account
    return Deed(action, actor=owner, team=owner, resource="token", resource_id=row.id, details=details)
