"""Who belongs to a workspace, and in which role. The owner of a workspace needs no row there, so none is looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, literal, null, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, Subject, may
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.tables import Account, Collaborator, Membership
from builder.base.db import Database
from builder.base.errors import Conflict, NotFound
from builder.texts import t

KEY_ROLE: Final = MemberRole.ADMIN
"""The role of a partner key in its team, and nowhere else; its scopes say how much of that it may."""


def role_in(actor: Actor, workspace: Mapped[str]) -> ColumnElement[Any]:
    """The actor's role in the workspace of a row, as an expression to select together with that row; NULL for no
    role."""
    if actor.alone:
        return null()
    if actor.key is not None:
        return case((workspace == actor.key.team, KEY_ROLE), else_=None)
    mine = select(col(Membership.role)).where(col(Membership.owner) == workspace, col(Membership.person) == actor.id)
    return mine.correlate_except(Membership).scalar_subquery()


def collaborator_in(actor: Actor, project: Mapped[str]) -> ColumnElement[Any]:
    """The actor's role in the project of a row itself, selected as that of `role_in` is."""
    if actor.alone or actor.key is not None:
        return null()
    mine = select(col(Collaborator.role)).where(
        col(Collaborator.project) == project, col(Collaborator.account) == actor.id
    )
    return mine.correlate_except(Collaborator).scalar_subquery()


async def check(session: AsyncSession, actor: Actor, action: Action, workspace: str) -> None:
    """`may` for a workspace itself. In the actor's own it runs no query."""
    role: str | None = None
    if actor.key is not None:
        role = KEY_ROLE if workspace == actor.key.team else None
    elif not actor.alone and workspace != actor.id:
        row = await session.get(Membership, (workspace, actor.id))
        role = row.role if row else None
    may(actor, action, Subject(workspace, role=role))


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role. `username` and `name` are "" for one without an account."""

    id: str
    username: str
    name: str
    role: MemberRole
    since: str


class Memberships:
    """Memberships of the workspace that the actor works in: given, changed and removed by its administrators.

    A team has one owner: whoever gives somebody else that role hands the team on.
    """

    def __init__(self, db: Database, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed(person)` is called after a person's role was given or removed and the change is committed."""
        self._db, self._changed = db, changed

    async def check(self, actor: Actor, action: Action) -> None:
        """Whether the actor may do this in the workspace. Raises what `may` raises."""
        async with self._db.reader() as session:
            await check(session, actor, action, actor.workspace)

    async def list(
        self, actor: Actor, *, limit: int | None = None, behind: tuple[str, str] | None = None
    ) -> list[Member]:
        """Everybody, those who came first first; at most `limit`, behind the place (since, id). Raises NotFound."""
        async with self._db.reader() as session:
            await check(session, actor, Action.READ, actor.workspace)
            return await members(session, actor.workspace, limit=limit, behind=behind)

    async def put(self, actor: Actor, person: str, role: MemberRole) -> None:
        """Give `person` this role, whatever role they had. Raises NotFound, Refused, and Conflict (`team_owner`) where
        the team would have no owner."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            row = await session.get(Membership, (actor.workspace, person), with_for_update=True)
            await self._put(session, actor, row, person, role)
        self._changed(person)
        if role is MemberRole.OWNER:
            self._changed(actor.id)

    async def change(self, actor: Actor, person: str, role: MemberRole) -> None:
        """As `put`, for whoever is a member already: raises NotFound for others."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            row = await session.get(Membership, (actor.workspace, person), with_for_update=True)
            if row is None:
                raise NotFound(t("team.no_member"))
            await self._put(session, actor, row, person, role)
        self._changed(person)
        if role is MemberRole.OWNER:
            self._changed(actor.id)

    async def remove(self, actor: Actor, person: str) -> None:
        """Remove `person`, who may be the actor: they leave. It is no error when they are not a member. Raises NotFound,
        Refused, Conflict (`team_owner`)."""
        async with self._db.session() as session:
            leaves = person == actor.id
            await check(session, actor, Action.READ if leaves else Action.ADMINISTER, actor.workspace)
            row = await session.get(Membership, (actor.workspace, person), with_for_update=True)
            if row is not None and row.role == MemberRole.OWNER:
                raise Conflict(t("team.owner_stays"), code="team_owner")
            if row is not None:
                await session.delete(row)
                record(session, _deed("member.remove", actor, person))
        self._changed(person)

    async def _put(
        self, session: AsyncSession, actor: Actor, row: Membership | None, person: str, role: MemberRole
    ) -> None:
        if role is MemberRole.OWNER and person != actor.id:
            await check(session, actor, Action.OWN, actor.workspace)
            before = await session.get(Membership, (actor.workspace, actor.id), with_for_update=True)
            if before is not None:
                before.role = MemberRole.ADMIN
        elif row is not None and row.role == MemberRole.OWNER and role is not MemberRole.OWNER:
            raise Conflict(t("team.owner_stays"), code="team_owner")
        elif role is MemberRole.OWNER:
            await check(session, actor, Action.OWN, actor.workspace)
        former = row.role if row is not None else ""
        await session.merge(Membership(owner=actor.workspace, person=person, role=role, created_by=actor.id))
        record(session, _deed("member.role", actor, person, role=role, former=former))


async def members(
    session: AsyncSession, workspace: str, *, limit: int | None = None, behind: tuple[str, str] | None = None
) -> list[Member]:
    """The people of a workspace that have a row there, as `Memberships.list` has them."""
    place = tuple_(col(Membership.created_at), col(Membership.person))
    query = select(Membership, col(Account.username), col(Account.name))
    query = query.outerjoin(Account, col(Account.id) == col(Membership.person))
    query = query.where(col(Membership.owner) == workspace)
    if behind is not None:
        query = query.where(place > tuple_(*map(literal, behind)))
    query = query.order_by(col(Membership.created_at), col(Membership.person)).limit(limit)
    return [
        Member(row.person, username or "", name or "", MemberRole(row.role), row.created_at)
        for row, username, name in await session.execute(query)
        if row.role in {*MemberRole}
    ]


async def leads(session: AsyncSession, workspace: str) -> list[str]:
    """The people who administer a workspace: its own person, or the owner and the administrators of a team."""
    those = (MemberRole.OWNER, MemberRole.ADMIN)
    query = select(col(Membership.person)).where(col(Membership.owner) == workspace, col(Membership.role).in_(those))
    found = [*await session.scalars(query.order_by(col(Membership.created_at)))]
    return found or [workspace]


def _deed(action: str, actor: Actor, person: str, **details: Detail) -> Deed:
    return Deed(action, actor.id, actor.workspace, resource="account", resource_id=person, details=details)
