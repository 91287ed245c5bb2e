"""Ends what runs and what is shared: of a person who is let in no more, or of one project."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database
from builder.base.errors import Conflict
from builder.base.jobs import JobQueue
from builder.base.tables import QueuedJob
from builder.previews.links.servers import ShareServers
from builder.previews.links.shares import Shares
from builder.previews.links.tables import ShareLink
from builder.previews.servers.previews import ServerPreviews

if TYPE_CHECKING:
    from builder.generation.service import GenerationService
    from builder.generation.turns.service import TurnService

log = logging.getLogger(__name__)
END_PERSON: Final = "end_person"
"""A job: its key is the account."""


class WritingNow(Protocol):
    """The owner of this process's turns and generations."""

    @property
    def turns(self) -> TurnService: ...

    @property
    def generations(self) -> GenerationService: ...


class Takedown:
    """The callers check the right."""

    def __init__(
        self,
        db: Database,
        jobs: JobQueue,
        shares: Shares,
        share_servers: ShareServers,
        servers: ServerPreviews,
        writing: WritingNow,
    ) -> None:
        self._db, self._jobs, self._shares = db, jobs, shares
        self._share_servers, self._servers, self._writing = share_servers, servers, writing

    async def ask(self, session: AsyncSession, account: str) -> None:
        """Have everything of a person ended once `session` is committed, by the process that runs it."""
        await self._jobs.ask(session, END_PERSON, account, {}, account)

    async def end_person(self, job: QueuedJob) -> None:
        """Do such a job: links first, as strangers see them."""
        account = job.key
        async with self._db.reader() as session:
            live = select(ShareLink).where(col(ShareLink.owner) == account, col(ShareLink.revoked_at).is_(None))
            links = [*await session.scalars(live)]
        await self._revoke(links)
        await self._writing.turns.stop_all(account)
        await self._writing.generations.stop_all(account)
        # Also what they had started in a team, or in a project that they were let in to.
        for server in [one for one in self._servers.register.all if account in (one.runnable.workspace, one.by)]:
            await self.stop(server.id)
        log.info("What %s had running has ended, with %d live links", account, len(links))

    async def links(self, project_id: str) -> int:
        """Revoke every live link of a project; returns how many there were."""
        async with self._db.reader() as session:
            live = select(ShareLink).where(col(ShareLink.project) == project_id, col(ShareLink.revoked_at).is_(None))
            links = [*await session.scalars(live)]
        await self._revoke(links)
        return len(links)

    async def stop(self, runnable_id: str) -> None:
        """End a server; its data stay. Where the engine refuses, it is asked again later."""
        with contextlib.suppress(Conflict):
            await self._servers.removal.end(runnable_id)

    async def _revoke(self, links: Sequence[ShareLink]) -> None:
        for link in links:
            await self._shares.take_down(link.id)
            await self._share_servers.end(link.id)
