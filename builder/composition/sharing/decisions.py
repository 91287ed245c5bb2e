"""What people said of findings: kept, so that nobody is asked twice and it can be seen who decided."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import BadInput
from builder.projects.rows import project_of
from builder.safety.tables import SharingDecision
from builder.texts import t

DecidedKind = Literal["leak", "hole"]
MOST: Final = 2_000
"""Decisions of a project."""


class Decisions:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, project_id: str) -> dict[str, set[str]]:
        """The keys of what was decided, by kind: leaks by the digest of the secret, holes by `Hole.key`."""
        found: dict[str, set[str]] = {"leak": set(), "hole": set()}
        async with self._db.reader() as session:
            query = select(col(SharingDecision.kind), col(SharingDecision.key)).where(
                col(SharingDecision.project) == project_id
            )
            for kind, key in await session.execute(query):
                found.setdefault(kind, set()).add(key)
        return found

    async def keep(self, actor: Actor, project_id: str, kind: DecidedKind, keys: list[str]) -> None:
        """Record that these are no secrets, or may stay; who said it first stays. Raises NotFound, Refused, BadInput."""
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.SHARE, lock=True)
            rows = select(col(SharingDecision.kind), col(SharingDecision.key)).where(
                col(SharingDecision.project) == project_id
            )
            known = {(row.kind, row.key) for row in await session.execute(rows)}
            fresh = [key for key in dict.fromkeys(keys) if (kind, key) not in known]
            if len(known) + len(fresh) > MOST:
                raise BadInput(t("sharing.too_many", most=MOST))
            session.add_all(
                SharingDecision(project=project.id, kind=kind, key=key, owner=project.owner, created_by=actor.id)
                for key in fresh
            )
