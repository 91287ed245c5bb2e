"""Who belongs to a workspace, and in which role. The owner of a workspace needs no row there, so none is looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, Subject, may
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.tables import Membership
from builder.base.db import Database


def role_in(actor: Actor, workspace: Mapped[str]) -> ColumnElement[Any]:
    """The actor's role in the workspace of a row, as an expression to select together with that row; NULL for no
    role."""
    if actor.alone:
        return null()
    mine = select(col(Membership.role)).where(col(Membership.owner) == workspace, col(Membership.person) == actor.id)
    return mine.correlate_except(Membership).scalar_subquery()


async def check(
    session: AsyncSession, actor: Actor, action: Action, workspace: str, project: str | None = None
) -> None:
    """`may` for callers that read no row of the subject, which would bring the role. In the actor's own workspace it
    runs no query."""
    row = None
    if not actor.alone and workspace != actor.id:
        row = await session.get(Membership, (workspace, actor.id))
    may(actor, action, Subject(workspace, project, row.role if row else None))


class Memberships:
    """Memberships of the workspace that the actor works in: given, changed and removed by its administrators."""

    def __init__(self, db: Database, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed(person)` is called after a person's role was given or removed and the change is committed."""
        self._db, self._changed = db, changed

    async def check(self, actor: Actor, action: Action) -> None:
        """Whether the actor may do this in the workspace. Raises what `may` raises."""
        async with self._db.reader() as session:
            await check(session, actor, action, actor.workspace)

    async def put(self, actor: Actor, person: str, role: MemberRole) -> None:
        """Give `person` this role, whatever role they had. Raises NotFound, Refused."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            await session.merge(Membership(owner=actor.workspace, person=person, role=role, created_by=actor.id))
            record(session, _deed("member.role", actor, person, role=role))
        self._changed(person)

    async def remove(self, actor: Actor, person: str) -> None:
        """Remove `person`; it is no error when they are not a member. Raises NotFound, Refused."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            row = await session.get(Membership, (actor.workspace, person))
            if row is not None:
                await session.delete(row)
                record(session, _deed("member.remove", actor, person))
        self._changed(person)


def _deed(action: str, actor: Actor, person: str, **details: Detail) -> Deed:
    return Deed(action, actor.id, actor.workspace, resource="account", resource_id=person, details=details)
