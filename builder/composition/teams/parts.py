"""Teams and everybody's access to projects, wired, and what of it spans areas."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor, of_witness
from builder.accounts.mail.outbox import Outbox
from builder.accounts.memberships import Memberships
from builder.accounts.notices.notices import Notices
from builder.accounts.open_connections import OpenConnections
from builder.accounts.settings import SignInSettings
from builder.accounts.teams.invitations import Invitations, Offer
from builder.accounts.teams.teams import Teams
from builder.base.db import Database
from builder.previews.links.access import PreviewAccess
from builder.projects.people.collaborators import Collaborators
from builder.projects.tables import Project


class TeamParts:
    """The parts that routes and pages use are attributes here. Whoever loses a right loses what they had open with it."""

    def __init__(
        self,
        db: Database,
        settings: SignInSettings,
        outbox: Outbox,
        notices: Notices,
        connections: OpenConnections,
        access: PreviewAccess,
    ) -> None:
        self._connections, self._access = connections, access
        self.memberships = Memberships(db, self.person_changed)
        self.invitations = Invitations(db, settings, outbox, notices)
        self.teams = Teams(db, self.invitations, _has_projects, self.person_changed)
        self.collaborators = Collaborators(db, self.invitations, self.person_changed)

    async def offer(self, actor: Actor, secret: str) -> Offer:
        """What an invitation offers. Raises NotFound."""
        return await self.invitations.look(actor, secret, _title)

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
