"""Partner keys: for programs of a team, which go on when the person who made them has left."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Delete, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import KEY_SCOPES, Action, allowed_to_key, within_scopes
from builder.accounts.actor import Actor, of_key
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.memberships import check
from builder.accounts.people.proofs import digest, later, random_text
from builder.accounts.people.sessions import KEY, LOOK_SECONDS, KnownSession, SignInSessions
from builder.accounts.tables import PartnerKey
from builder.base.db import Database, after_commit
from builder.base.errors import BadInput, Conflict, NotFound, Refused
from builder.texts import t

PREFIX: Final = "sayso_key_"
MOST: Final = 50
MOST_PER_MINUTE: Final = 6_000
USUAL_PER_MINUTE: Final = 600
MOST_ORIGINS: Final = 10
_SHOWN: Final = len(PREFIX) + 6
_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
"""As browsers write it (RFC 6454 section 6.2): in lower case, without a path."""


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a key is to be. `days`: how long it works from now, None for as long as it is not removed."""

    name: str
    scopes: Sequence[str]
    per_minute: int = USUAL_PER_MINUTE
    origins: Sequence[str] = ()
    days: int | None = None


class PartnerKeys:
    """The keys of all teams. Every call of an actor is for those who administer the team that they work in."""

    def __init__(self, db: Database, sessions: SignInSessions) -> None:
        self._db, self._sessions = db, sessions
        self._origins: tuple[frozenset[str], float] = (frozenset(), float("-inf"))

    async def of(self, actor: Actor) -> list[PartnerKey]:
        """Those of the team, the newest first."""
        async with self._db.reader() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            theirs = select(PartnerKey).where(col(PartnerKey.owner) == actor.workspace)
            return [*await session.scalars(theirs.order_by(col(PartnerKey.created_at).desc(), col(PartnerKey.id)))]

    async def create(self, actor: Actor, wish: KeyWish) -> tuple[PartnerKey, str]:
        """A new key and its text, which is shown once. Raises BadInput, Refused, Conflict (`too_many`)."""
        secret = random_text(PREFIX)
        row = PartnerKey(
            owner=actor.workspace, created_by=actor.id, hash=digest(secret), prefix=secret[:_SHOWN],
            name=_clean(wish.name), scopes=_given(actor, wish.scopes), per_minute=_amount(wish.per_minute),
            origins=_pages(wish.origins), expires_at=later(timedelta(days=wish.days)) if wish.days else None,
        )  # fmt: skip
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            there = select(func.count()).select_from(PartnerKey).where(col(PartnerKey.owner) == actor.workspace)
            if (await session.scalar(there) or 0) >= MOST:
                raise Conflict(t("keys_of_team.most", most=MOST), code="too_many")
            session.add(row)
            record(session, _deed("key.create", actor, row, scopes=row.scopes, days=wish.days))
        return row, secret

    async def change(
        self,
        actor: Actor,
        key: str,
        *,
        name: str | None = None,
        scopes: Sequence[str] | None = None,
        per_minute: int | None = None,
        origins: Sequence[str] | None = None,
    ) -> PartnerKey:
        """What is None stays. What the key has open ends: the program opens again what it still may. Raises BadInput,
        Refused, NotFound."""
        given = {
            "name": None if name is None else _clean(name),
            "scopes": None if scopes is None else _given(actor, scopes),
            "per_minute": None if per_minute is None else _amount(per_minute),
            "origins": None if origins is None else _pages(origins),
        }
        changed = {field: value for field, value in given.items() if value is not None}
        async with self._db.session() as session:
            row = await self._theirs(session, actor, key)
            for field, value in changed.items():
                setattr(row, field, value)
            session.add(row)
            record(session, _deed("key.change", actor, row, fields=sorted(changed)))
            after_commit(session, lambda: self._forget(key))
            return row

    async def remove(self, actor: Actor, key: str) -> None:
        """The key opens nothing any more, and what it has open ends. Raises NotFound."""
        async with self._db.session() as session:
            row = await self._theirs(session, actor, key)
            await session.delete(row)
            record(session, _deed("key.remove", actor, row))
            after_commit(session, lambda: self._forget(key))

    async def shown(self, text: str) -> KnownSession | None:
        """What a key stands for, None for one that does not exist or is over."""
        async with self._db.reader() as session:
            found = await session.scalar(select(col(PartnerKey.id)).where(col(PartnerKey.hash) == digest(text)))
        return await self._sessions.live(f"{KEY}{found}") if found else None

    async def allow(self, origin: str) -> bool:
        """Whether any key may be used by the scripts of that page: a preflight does not say which key will come."""
        origins, read_at = self._origins
        if time.monotonic() - read_at > LOOK_SECONDS:
            async with self._db.reader() as session:
                rows = await session.scalars(select(col(PartnerKey.origins)))
                origins = frozenset(one for row in rows for one in row)
            self._origins = origins, time.monotonic()
        return origin in origins

    def _forget(self, key: str) -> None:
        self._origins = (frozenset(), float("-inf"))
        self._sessions.forget(of_key(key), [f"{KEY}{key}"])

    async def _theirs(self, session: AsyncSession, actor: Actor, key: str) -> PartnerKey:
        await check(session, actor, Action.ADMINISTER, actor.workspace)
        row = await session.get(PartnerKey, key)
        if row is None or row.owner != actor.workspace:
            raise NotFound(t("keys_of_team.not_found"), detail=f"key {key[:40]!r} for {actor.id}")
        return row


def keys_of(team: str) -> Delete:
    """The statement that removes all keys of a team: it is going."""
    return delete(PartnerKey).where(col(PartnerKey.owner) == team)


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 100 or not clean.isprintable():
        raise BadInput(t("keys_of_team.name"))
    return clean


def _given(actor: Actor, scopes: Sequence[str]) -> list[str]:
    """Nobody gives a key more than they may themselves."""
    if not scopes or not {*scopes} <= {*KEY_SCOPES}:
        raise BadInput(t("keys_of_team.scopes", scopes=", ".join(KEY_SCOPES)))
    allowed = allowed_to_key(scopes)
    if actor.scopes is not None and not allowed <= actor.scopes:
        raise Refused(t("access.scope"), code="scope", detail=f"the token of {actor.id} gives {scopes}")
    if Action.SHARE in allowed:
        within_scopes(actor, Action.SHARE)
    return sorted({*scopes})


def _amount(per_minute: int) -> int:
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise BadInput(t("keys_of_team.per_minute", most=MOST_PER_MINUTE))
    return per_minute


def _pages(origins: Sequence[str]) -> list[str]:
    clean = [origin.strip().lower().rstrip("/") for origin in origins]
    if len(clean) > MOST_ORIGINS or not all(len(one) <= 200 and _ORIGIN.fullmatch(one) for one in clean):
        raise BadInput(t("keys_of_team.origins", most=MOST_ORIGINS))
    return sorted({*clean})


def _deed(action: str, actor: Actor, row: PartnerKey, **details: Detail) -> Deed:
    return Deed(action, actor.id, row.owner, resource="key", resource_id=row.id, details=details)
