"""What happens in projects is told to those outside who want to know."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.settings import SignInSettings
from builder.accounts.webhooks.webhooks import DELIVER, Webhooks
from builder.base.db import Database
from builder.base.errors import Json
from builder.base.events import EventLog, Fact
from builder.base.jobs import JobQueue
from builder.base.workers import Worker
from builder.generation.records import GenerationFinishedFact
from builder.previews.links.shapes import SharesChangedFact
from builder.projects.shapes import ProjectChangedFact, VersionCommittedFact
from preview_runtime.containers.beside.egress_proxy import EgressProxy

# Eight tries: the last some 20 hours after the first.
_FIRST_SECONDS: Final = 600.0
_TYPES: Final[dict[type[Fact], str]] = {
    VersionCommittedFact: "version.committed",
    GenerationFinishedFact: "generation.finished",
    SharesChangedFact: "share.changed",
    ProjectChangedFact: "project.changed",
}


class Telling:
    def __init__(self, settings: SignInSettings, db: Database, events: EventLog, jobs: JobQueue) -> None:
        # The same addresses that apps may reach.
        self.webhooks = Webhooks(db, jobs, settings, EgressProxy(()).public)
        self._sending = Worker(jobs, DELIVER, self.webhooks.deliver, first=_FIRST_SECONDS)
        events.hear([fact.kind for fact in _TYPES], self._heard)

    def begin(self) -> None:
        self._sending.begin()

    async def close(self) -> None:
        await self._sending.close()

    async def _heard(self, session: AsyncSession, project: str, owner: str, fact: Fact) -> None:
        await self.webhooks.tell(session, owner, _TYPES[type(fact)], project, _data(fact))


def _data(fact: Fact) -> dict[str, Json]:
    """Ids and states: what people wrote is asked for by whoever may read it."""
    match fact:
        case GenerationFinishedFact(generation=one):
            return {"generation": one.id, "status": one.status, "version": one.version}
        case VersionCommittedFact(version=version):
            return {"version": version.id, "kind": version.kind}
    return {}
