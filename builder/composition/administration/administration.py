"""Everything that administrators do, after one check of who they are."""

from __future__ import annotations

from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, record
from builder.accounts.audit.search import AuditLog
from builder.accounts.installation.overseers import Overseers
from builder.accounts.installation.switches import Switches
from builder.base.db import Database
from builder.base.jobs import JobQueue
from builder.composition.administration.figures import Figures
from builder.composition.administration.people import AdminPeople
from builder.composition.administration.projects import AdminProjects
from builder.composition.administration.system import SystemState


class Administration:
    """Its parts are attributes here; whoever calls them has called `enter` before."""

    def __init__(
        self,
        db: Database,
        overseers: Overseers,
        switches: Switches,
        people: AdminPeople,
        projects: AdminProjects,
        figures: Figures,
        system: SystemState,
        jobs: JobQueue,
    ) -> None:
        self._db, self._overseers = db, overseers
        self.switches, self.people, self.projects, self.figures = switches, people, projects, figures
        self.system, self.jobs, self.audit = system, jobs, AuditLog(db)

    async def is_for(self, actor: Actor) -> bool:
        """Whether the actor looks after this installation."""
        return await self._overseers.is_one(actor)

    async def note(self, by: str, action: str, resource: str, which: str) -> None:
        """Write down what an administrator did."""
        async with self._db.session() as session:
            record(session, Deed(f"admin.{action}", by, resource=resource, resource_id=which))

    async def enter(self, actor: Actor, what: str = "", which: str = "") -> None:
        """Let the actor in, and write down what they look at (`what` is "" for what is written down elsewhere). Raises
        Refused."""
        await self._overseers.check(actor)
        if what:
            async with self._db.session() as session:
                record(session, Deed("admin.read", actor.id, resource=what, resource_id=which))
