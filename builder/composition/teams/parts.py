"""Teams and everybody's access to projects, wired, and what of it spans areas."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import of_witness
from builder.accounts.memberships import Memberships
from builder.accounts.open_connections import OpenConnections
from builder.accounts.teams.invitations import Invitations, Offer
from builder.accounts.teams.teams import Teams
from builder.composition.base import Base
from builder.composition.people import Accounts
from builder.composition.settings import Settings
from builder.previews.links.access import PreviewAccess
from builder.projects.people.collaborators import Collaborators
from builder.projects.tables import Project


class TeamParts:
    """The parts that routes and pages use are attributes here. Whoever loses a right loses what they had open with it."""

    def __init__(
        self, settings: Settings, base: Base, connections: OpenConnections, access: PreviewAccess, accounts: Accounts
    ) -> None:
        self._connections, self._access = connections, access
        self.memberships = Memberships(base.db, self.person_changed)
        self.invitations = Invitations(base.db, settings, accounts.outbox, self.person_changed)
        self.teams = Teams(base.db, self.invitations, _has_projects, self.person_changed)
        self.collaborators = Collaborators(base.db, self.invitations, self.person_changed)

    async def offer(self, secret: str) -> Offer:
        """What an invitation offers. Raises NotFound."""
        return await self.invitations.look(secret, _title)

    def person_changed(self, person: str) -> None:
        """Somebody's rights have changed."""
        self._access.gate.forget_person(lambda witness: of_witness(witness)[0] == person)
        self._connections.end_of(person)

    def project_changed(self, project_id: str) -> None:
        """Who sees a project, or what can be done with it, has changed."""
        self._access.gate.forget(project_id)
        self._connections.end_at(project_id)


async def _has_projects(session: AsyncSession, team: str) -> bool:
    there = select(col(Project.id)).where(col(Project.owner) == team, col(Project.deleted_at).is_(None))
    return await session.scalar(there.limit(1)) is not None


def _title(project: str) -> ColumnElement[str]:
    query = select(col(Project.title)).where(col(Project.id) == project, col(Project.deleted_at).is_(None))
    return query.scalar_subquery()
