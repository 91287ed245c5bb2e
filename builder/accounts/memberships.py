"""Who belongs to a workspace, and as what. Whoever works in their own is never looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, Subject, may
from builder.accounts.actor import Actor
from builder.accounts.tables import Membership
from builder.base.db import Database


def role_in(actor: Actor, workspace: Mapped[str]) -> ColumnElement[Any]:
    """The actor's role in the workspace that a row belongs to, to be read beside that row; NULL for none."""
    if actor.alone:
        return null()
    mine = select(col(Membership.role)).where(col(Membership.owner) == workspace, col(Membership.person) == actor.id)
    return mine.correlate_except(Membership).scalar_subquery()


async def check(
    session: AsyncSession, actor: Actor, action: Action, workspace: str, project: str | None = None
) -> None:
    """`may`, where no row of the subject is read that could bring the role. No query in the actor's own workspace."""
    row = None
    if not actor.alone and workspace != actor.id:
        row = await session.get(Membership, (workspace, actor.id))
    may(actor, action, Subject(workspace, project, row.role if row else None))


class Memberships:
    """Given, changed and taken away by those who administer a workspace: the one that the actor works in."""

    def __init__(self, db: Database, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed(person)` hears of a right that was given or taken away, once that is written."""
        self._db, self._changed = db, changed

    async def check(self, actor: Actor, action: Action) -> None:
        """Whether the actor may do this in the workspace. Raises what `may` raises."""
        async with self._db.reader() as session:
            await check(session, actor, action, actor.workspace)

    async def put(self, actor: Actor, person: str, role: MemberRole) -> None:
        """Make `person` that, whatever they were. Raises NotFound, Refused."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            await session.merge(Membership(owner=actor.workspace, person=person, role=role, created_by=actor.id))
        self._changed(person)

    async def remove(self, actor: Actor, person: str) -> None:
        """Whoever is no member is no error. Raises NotFound, Refused."""
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            row = await session.get(Membership, (actor.workspace, person))
            if row is not None:
                await session.delete(row)
        self._changed(person)
