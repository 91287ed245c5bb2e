"""Sign-in sessions: begun, shown, ended. A session that has ended opens nothing, and what it has open ends too."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import allowed_by, allowed_to_key
from builder.accounts.actor import Actor, KeyTerms, of_key
from builder.accounts.audit.chain import Deed, record
from builder.accounts.installation.switches import Switches
from builder.accounts.open_connections import OpenConnections, Session
from builder.accounts.people.proofs import MOST_TIME, SESSION_TIME, Caller, digest, later, random_text, seconds_of
from builder.accounts.tables import Account, PartnerKey, PersonalToken, SecondFactor, SignInSession, Team
from builder.base.db import Database, after_commit
from builder.base.errors import NotFound
from builder.base.ids import is_id, now
from builder.texts import t

log = logging.getLogger(__name__)
TOKEN: Final = "token:"  # noqa: S105 - no secret
"""Before the id of a personal token, where it stands for a session."""
KEY: Final = "key:"
"""Before the id of a partner key, where it stands for a session."""
# So long a session is believed without looking again; and so often those with something open are looked at. What ended
# in another process (the command line, a second server) ends here within both.
LOOK_SECONDS: Final = 2.0
_SEEN_SECONDS: Final = 60.0
FRESH: Final = timedelta(minutes=10)
PASSKEY: Final = "passkey"
"""The method of a session that began with two proofs in one."""
_MOST_KNOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A live session as it was last read."""

    id: str
    hash: str
    actor: Actor
    ends: float
    seen: float
    admin: bool = False


class SignInSessions:
    """All sessions of the database, as this process knows them."""

    def __init__(
        self,
        db: Database,
        connections: OpenConnections,
        ended: Callable[[str], None] = lambda _: None,
        needs_second: Callable[[bool], bool] = lambda _: False,
    ) -> None:
        """`ended(person)` is called when a session of a person has ended. `needs_second(admin)`: whether a person has to
        have a second proof; a session that began with one proof is over where it is asked for since."""
        self._db, self._connections, self._ended, self._needs_second = db, connections, ended, needs_second
        self.switches = Switches(db)
        self._known: OrderedDict[str, tuple[KnownSession, float]] = OrderedDict()
        self._seen: dict[str, str] = {}

    def begin(
        self, session: AsyncSession, account: Account, method: str, client: Caller, *, cookie: bool
    ) -> tuple[SignInSession, str]:
        """A new session and the value of its cookie ("" without one); it exists once `session` is committed."""
        secret = random_text() if cookie else ""
        row = SignInSession(
            account=account.id,
            hash=digest(secret) if secret else "",
            method=method,
            expires_at=later(SESSION_TIME),
            address=client.network,
            user_agent=client.agent,
        )
        session.add(row)
        return row, f"{row.id}.{secret}" if secret else ""

    async def by_cookie(self, value: str) -> KnownSession | None:
        """The live session of a cookie's value."""
        name, _, secret = value.partition(".")
        known = await self.live(name) if is_id(name) and secret else None
        return known if known and known.hash and hmac.compare_digest(known.hash, digest(secret)) else None

    async def live(self, name: str) -> KnownSession | None:
        """The session of that id, None when it has ended or its person is suspended or gone."""
        known, read_at = self._known.get(name, (None, 0.0))
        if known is None or time.monotonic() - read_at > LOOK_SECONDS:
            known = (await self._read([name])).get(name)
            if known is None:
                self._known.pop(name, None)
                return None
            self._known[name] = (known, time.monotonic())
            self._known.move_to_end(name)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        if known.ends <= time.time():
            return None
        self._seen[name] = known.actor.id
        return known

    async def list(
        self, account: str, *, limit: int | None = None, behind: tuple[str, str] | None = None
    ) -> Sequence[SignInSession]:
        """The live sessions of a person, the one used last first; at most `limit`, behind the place (used, id)."""
        query = select(SignInSession).where(
            col(SignInSession.account) == account,
            col(SignInSession.revoked_at).is_(None),
            col(SignInSession.expires_at) > now(),
        )
        keys = (col(SignInSession.last_seen_at), col(SignInSession.id))
        if behind is not None:
            query = query.where(tuple_(*keys) < tuple_(*map(literal, behind)))
        async with self._db.reader() as session:
            return [*await session.scalars(query.order_by(*(key.desc() for key in keys)).limit(limit))]

    async def is_fresh(self, name: str) -> bool:
        """Whether the person of a session has just proven who they are: by beginning it, or once more since."""
        async with self._db.reader() as session:
            row = await session.get(SignInSession, name) if is_id(name) else None
        return row is not None and max(row.created_at, row.proven_at or "") > now(ago=FRESH)

    async def note_proven(self, name: str) -> None:
        """The person of a session has said the password again."""
        async with self._db.session() as session:
            row = await session.get(SignInSession, name) if is_id(name) else None
            if row is not None:
                row.proven_at = now()

    async def end(self, account: str, name: str) -> None:
        """End one session of a person. Raises NotFound."""
        async with self._db.session() as session:
            row = await session.get(SignInSession, name) if is_id(name) else None
            if row is None or row.account != account or row.revoked_at is not None:
                raise NotFound(t("people.no_session"))
            row.revoked_at = now()
            record(session, Deed("session.end", actor=account, team=account, resource="session", resource_id=name))
        self.forget(account, [name])

    async def end_all(self, session: AsyncSession, account: str, *, but: str = "") -> None:
        """End all sessions of a person, except `but`, once `session` is committed."""
        mine = (
            update(SignInSession)
            .where(
                col(SignInSession.account) == account,
                col(SignInSession.revoked_at).is_(None),
                col(SignInSession.id) != but,
            )
            .values(revoked_at=now())
            .returning(col(SignInSession.id))
        )
        ended = [*await session.scalars(mine.execution_options(synchronize_session=False))]
        after_commit(session, lambda: self.forget(account, ended))

    async def end_others(self, account: str, kept: str, by: str = "") -> None:
        """End all sessions of a person but one ("" for all); `by` is who decides that, "" for the person."""
        async with self._db.session() as session:
            await self.end_all(session, account, but=kept)
            record(
                session,
                Deed("session.end_all", actor=by or account, team=account, resource="account", resource_id=account),
            )

    def forget(self, account: str, ended: Sequence[str]) -> None:
        """End what these sessions have open here."""
        for name in ended:
            self._known.pop(name, None)
            self._connections.end_session(name)
        self._ended(account)

    def look_again(self, account: str) -> None:
        """Believe nothing that was read of a person's sessions before: something of the person has changed."""
        for name in [name for name, (known, _) in self._known.items() if known.actor.id == account]:
            del self._known[name]

    async def run(self) -> None:
        """End connections whose session has ended elsewhere, and note when sessions were last used."""
        noted = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.end_ended()
                if time.monotonic() - noted > _SEEN_SECONDS:
                    noted = time.monotonic()
                    await self.note_seen()
            except Exception:  # the database may be away for a moment
                log.exception("Sessions could not be looked at, and are looked at again")

    async def end_ended(self) -> None:
        """End what is open here of sessions that have ended."""
        named = [name for name in self._connections.sessions() if is_id(name) or name.startswith((TOKEN, KEY))]
        if not named:
            return
        live = await self._read(named)
        if await self.switches.maintenance() is not None:
            for one in live.values():
                if not one.admin:
                    self._connections.end_of(one.actor.id)
        for name in named:
            if name not in live:
                known, _ = self._known.get(name, (None, 0.0))
                self.forget(known.actor.id if known else "", [name])

    async def note_seen(self) -> None:
        """Write down when sessions were used, and let them last from then."""
        seen, self._seen = self._seen, {}
        sessions = [one for one in seen if is_id(one)]
        if not seen:
            return
        async with self._db.session() as session:
            for statement in (
                update(SignInSession)
                .where(
                    col(SignInSession.id).in_(sessions),
                    col(SignInSession.revoked_at).is_(None),
                    col(SignInSession.created_at) > now(ago=MOST_TIME),
                )
                .values(last_seen_at=now(), expires_at=later(SESSION_TIME)),
                update(PersonalToken).where(col(PersonalToken.id).in_(_ids(seen, TOKEN))).values(last_used_at=now()),
                update(PartnerKey).where(col(PartnerKey.id).in_(_ids(seen, KEY))).values(last_used_at=now()),
                update(Account).where(col(Account.id).in_({*seen.values()})).values(last_active_at=now()),
            ):
                await session.execute(statement.execution_options(synchronize_session=False))

    async def _read(self, names: Sequence[str]) -> dict[str, KnownSession]:
        """Those of these sessions that are live."""
        own = select(SignInSession, Account, col(SecondFactor.confirmed_at))
        own = own.join(Account, col(Account.id) == col(SignInSession.account))
        own = own.outerjoin(SecondFactor, col(SecondFactor.account) == col(SignInSession.account)).where(
            col(SignInSession.id).in_([name for name in names if is_id(name)])
        )
        tokens, keys = _ids(names, TOKEN), _ids(names, KEY)
        found: dict[str, KnownSession] = {}
        async with self._db.reader() as session:
            for row, account, second in await session.execute(own):
                if self._needs_second(account.role == "admin") and not second and row.method != PASSKEY:
                    continue
                if row.revoked_at is None and row.expires_at > now() and account.state == "active":
                    actor = Actor(account.id, verified=account.email_verified_at is not None, session=row.id)
                    ends, seen = seconds_of(row.expires_at), seconds_of(row.last_seen_at)
                    found[row.id] = KnownSession(row.id, row.hash, actor, ends, seen, account.role == "admin")
            if tokens:
                found |= await _tokens(session, tokens)
            if keys:
                found |= await _keys(session, keys)
        return found


def _ids(names: Iterable[str], kind: str) -> list[str]:
    return [name.removeprefix(kind) for name in names if name.startswith(kind)]


async def _tokens(session: AsyncSession, ids: Sequence[str]) -> dict[str, KnownSession]:
    query = select(PersonalToken, Account).join(Account, col(Account.id) == col(PersonalToken.account))
    found: dict[str, KnownSession] = {}
    for row, account in await session.execute(query.where(col(PersonalToken.id).in_(ids))):
        if (row.expires_at is None or row.expires_at > now()) and account.state == "active":
            name = f"{TOKEN}{row.id}"
            actor = Actor(
                account.id,
                scopes=allowed_by(row.scopes),
                verified=account.email_verified_at is not None,
                session=name,
            )
            found[name] = KnownSession(name, row.hash, actor, _end(row.expires_at), 0.0)
    return found


async def _keys(session: AsyncSession, ids: Sequence[str]) -> dict[str, KnownSession]:
    """Those of a team that is there still, or of the own place of a person who is."""
    query = select(PartnerKey, col(Team.id), col(Account.state))
    query = query.outerjoin(Team, col(Team.id) == col(PartnerKey.owner))
    query = query.outerjoin(Account, col(Account.id) == col(PartnerKey.owner))
    found: dict[str, KnownSession] = {}
    for row, team, state in await session.execute(query.where(col(PartnerKey.id).in_(ids))):
        if (row.expires_at is None or row.expires_at > now()) and (team is not None or state == "active"):
            name = f"{KEY}{row.id}"
            terms = KeyTerms(row.owner, row.per_minute, frozenset(row.origins))
            actor = Actor(of_key(row.id), row.owner, scopes=allowed_to_key(row.scopes), session=name, key=terms)
            found[name] = KnownSession(name, row.hash, actor, _end(row.expires_at), 0.0)
    return found


def _end(expires_at: str | None) -> float:
    """In seconds since 1970; what has no end is looked at again long before."""
    return seconds_of(expires_at) if expires_at else time.time() + SESSION_TIME / timedelta(seconds=1)


def session_of(known: KnownSession, ends: float | None = None) -> Session:
    """What a request of a live session carries; `ends` where its proof ends before the session does."""
    return Session(known.id, known.ends if ends is None else min(ends, known.ends), known.actor, known.admin)
