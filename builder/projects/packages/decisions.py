"""Packages that a person uses although the policy holds them back: who decided it, when, and what they were told. No row is
ever changed, so the table is its own audit; nothing that a model writes can add one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import BadInput
from builder.projects.rows import project_of
from builder.projects.tables import PackageDecision
from builder.safety.packages.shapes import Ecosystem, Held
from builder.texts import t

MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class PackageChoice:
    """`used`: it is installed all the same; otherwise an earlier decision was taken back. `reason` is the policy's at that
    moment, `by` the person's id, `at` ISO 8601."""

    ecosystem: Ecosystem
    name: str
    used: bool
    reason: str
    by: str
    at: str


class PackageDecisions:
    """Read by the code that installs, made by people who may edit the project."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def used(self, project_id: str) -> frozenset[tuple[Ecosystem, str]]:
        """The packages that are installed whatever the policy says."""
        async with self._db.reader() as session:
            rows = await _rows(session, project_id)
        standing = {(Ecosystem(row.ecosystem), row.name): row.used for row in rows}
        return frozenset(one for one, used in standing.items() if used)

    async def log(self, actor: Actor, project_id: str) -> list[PackageChoice]:
        """All of them, the latest first. Raises NotFound."""
        async with self._db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            rows = await _rows(session, project_id)
        return [
            PackageChoice(Ecosystem(row.ecosystem), row.name, row.used, row.reason, row.created_by, row.created_at)
            for row in reversed(rows)
        ]

    async def use(self, actor: Actor, project_id: str, held: Held) -> None:
        """Install it all the same, from now on. Raises NotFound, Refused, BadInput."""
        await self._add(actor, project_id, held.wanted.ecosystem, held.wanted.name, held.reason)

    async def hold(self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str) -> None:
        """Leave it to the policy again. Raises NotFound, Refused."""
        await self._add(actor, project_id, ecosystem, name, "")

    async def copy(self, actor: Actor, source: str, target: str) -> None:
        """Let what was decided hold for a duplicate too, as the decision of who duplicates. Raises NotFound, Refused."""
        for ecosystem, name in sorted(await self.used(source)):
            await self._add(actor, target, ecosystem, name, "duplicated")

    async def _add(self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str, reason: str) -> None:
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            rows = await _rows(session, project_id)
            standing = {(row.ecosystem, row.name): row.used for row in rows}
            if standing.get((ecosystem, name), False) is bool(reason):
                return
            if len(rows) >= MOST:
                raise BadInput(t("packages.too_many", most=MOST), code="too_many_packages")
            row = PackageDecision(
                owner=project.owner,
                created_by=actor.id,
                project=project_id,
                number=len(rows),
                ecosystem=ecosystem,
                name=name,
                used=bool(reason),
                reason=reason,
            )
            session.add(row)


async def _rows(session: AsyncSession, project_id: str) -> list[PackageDecision]:
    query = select(PackageDecision).where(col(PackageDecision.project) == project_id)
    return [*await session.scalars(query.order_by(col(PackageDecision.number)))]
