"""People as administrators see them: their accounts, and how much of everything they have; nothing of what they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlmodel import col

from builder.accounts.doors.people import AccountParts
from builder.accounts.mail.outbox import Outbox
from builder.accounts.tables import Account, PersonalToken, SignInSession
from builder.base.db import Database
from builder.base.ids import now
from builder.billing.tables import ModelCall
from builder.projects.tables import Project

PeopleOrder = Literal["created", "active"]
_BY: Final = {"created": Account.created_at, "active": Account.last_active_at}
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """`words`: the beginning of an address or a username, or an id; "" is any. `order`: who came, or was active, last
    comes first; those who never were are left out of the second."""

    words: str = ""
    state: str = ""
    role: str = ""
    order: PeopleOrder = "created"


@dataclass(frozen=True, slots=True)
class OnePersonSeen:
    """`bytes` of the newest versions' files of all projects; `month_usd`: what models cost this month."""

    account: Account
    second_factor: bool
    sessions: int
    tokens: int
    projects: int
    bytes: int
    month_usd: float


class AdminPeople:
    """The callers check the right."""

    def __init__(self, db: Database, parts: AccountParts, outbox: Outbox) -> None:
        self._db, self._parts, self._outbox = db, parts, outbox

    async def page(
        self, wanted: PeopleQuery, *, behind: tuple[str, str] | None, limit: int
    ) -> Sequence[tuple[Account, int]]:
        """Some accounts, each with the number of its projects."""
        by = col(_BY[wanted.order])
        query = select(Account)
        if wanted.state:
            query = query.where(col(Account.state) == wanted.state)
        if wanted.role:
            query = query.where(col(Account.role) == wanted.role)
        if wanted.order == "active":
            query = query.where(by.is_not(None))
        if words := wanted.words.strip().casefold():
            query = query.where(self._found(words))
        if behind is not None:
            query = query.where(tuple_(by, col(Account.id)) < tuple_(*map(literal, behind)))
        query = query.order_by(by.desc(), col(Account.id).desc()).limit(limit)
        async with self._db.reader() as session:
            accounts = [*await session.scalars(query)]
            owned = select(col(Project.owner), func.count()).where(
                col(Project.owner).in_([one.id for one in accounts]), col(Project.deleted_at).is_(None)
            )
            counts = dict((await session.execute(owned.group_by(col(Project.owner)))).all())
        return [(one, counts.get(one.id, 0)) for one in accounts]

    async def one(self, account: str) -> OnePersonSeen:
        """Raises NotFound."""
        row = await self._parts.register.get(account)
        live = (col(SignInSession.revoked_at).is_(None), col(SignInSession.expires_at) > now())
        async with self._db.reader() as session:
            sessions = await session.scalar(select(func.count()).where(col(SignInSession.account) == account, *live))
            tokens = await session.scalar(select(func.count()).where(col(PersonalToken.account) == account))
            mine = select(func.count(), func.coalesce(func.sum(col(Project.size)), 0))
            mine = mine.where(col(Project.owner) == account, col(Project.deleted_at).is_(None))
            projects, size = (await session.execute(mine)).one()
            spent = select(func.coalesce(func.sum(col(ModelCall.cost_usd)), 0.0))
            spent = spent.where(col(ModelCall.owner) == account, col(ModelCall.started_at) >= now()[:7])
            usd = await session.scalar(spent)
        on = await self._parts.factors.is_on(account)
        return OnePersonSeen(row, on, sessions or 0, tokens or 0, projects, int(size), round(float(usd or 0), 6))

    async def invite(self, email: str, by: str) -> str | None:
        """Invite somebody; returns the link where no mail brings it to them. Raises BadInput, Conflict."""
        link = await self._parts.links.invite(email, by=by)
        return None if self._outbox.sends else link

    async def password_link(self, account: str, by: str) -> str | None:
        """A link for a new password: sent, or returned where no mail is. Raises NotFound."""
        row = await self._parts.register.get(account)
        if self._outbox.sends:
            await self._parts.links.forgotten(row.email)
            return None
        return await self._parts.links.reset_link(row.email, by)

    async def change(self, account: str, *, state: str | None, role: str | None, by: str, reason: str) -> None:
        """Suspend somebody or let them in again, or set their role. Raises NotFound, Conflict (`last_admin`)."""
        register = self._parts.register
        if role is not None:
            await register.set_role(account, "admin" if role == "admin" else "member", by)
        if state == "suspended":
            await register.suspend(account, by, reason)
        elif state == "active":
            await register.resume(account, by)

    async def remove(self, account: str, by: str, reason: str) -> None:
        """Delete an account; signing in within 30 days takes it back. Raises NotFound, Conflict (`last_admin`)."""
        await self._parts.links.leave(account, by, reason)

    async def end_sessions(self, account: str, by: str) -> None:
        """Raises NotFound."""
        await self._parts.register.get(account)
        await self._parts.sessions.end_others(account, "", by)

    async def codes_off(self, account: str, by: str) -> None:
        """Raises NotFound."""
        await self._parts.register.get(account)
        await self._parts.factors.remove(account, by)

    def _found(self, words: str) -> ColumnElement[bool]:
        if self._db.is_sqlite:  # LIKE would look at every row there
            begins: list[ColumnElement[bool]] = [
                (col(one) >= words) & (col(one) < words + _LAST) for one in (Account.email, Account.username)
            ]
        else:
            begins = [col(one).startswith(words, autoescape=True) for one in (Account.email, Account.username)]
        return or_(*begins, col(Account.id) == words)
