"""The server's own upkeep of projects: versions of working copies at rest, and purging of projects deleted long ago
and of attachments that nobody sent."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import acting_for
from builder.accounts.audit.chain import Deed, record
from builder.base.errors import SaysoError
from builder.base.ids import now
from builder.base.jobs import JobQueue
from builder.base.tables import Event
from builder.generation.tables import Generation
from builder.previews.links.tables import ShareLink, StoredOutput
from builder.projects.attachments.attachments import unused
from builder.projects.attachments.tables import Attachment
from builder.projects.store import ProjectStore
from builder.projects.tables import Blob, Project, Version
from preview_runtime.file_tree import InvalidTree

log = logging.getLogger(__name__)
FORGET: Final = "forget_project"
REST: Final = timedelta(seconds=30)
KEEP_DELETED: Final = timedelta(days=30)
KEEP_TYPING: Final = timedelta(days=1)
_LOOK_SECONDS: Final = 5.0
_PURGE_SECONDS: Final = 3600.0


class Upkeep:
    """Two supervised loops; `run()` ends when it is cancelled."""

    def __init__(self, store: ProjectStore, jobs: JobQueue | None = None) -> None:
        """For each purged project a job `FORGET` is queued, with its `generations`: it removes the project's files from
        the disk."""
        self._store, self._jobs = store, jobs

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(_LOOK_SECONDS, self.save_resting), name="save resting work")
            group.create_task(self._every(_PURGE_SECONDS, self.purge), name="purge deleted projects")

    async def _every(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await work()
            except Exception:  # one failed round must not end the loop: the next may succeed
                log.exception("Upkeep failed and is tried again in %s s", seconds)
            await asyncio.sleep(seconds)

    async def save_resting(self, rest: timedelta = REST) -> int:
        """Make a version of every working copy in which nobody has typed for `rest`; returns how many."""
        query = select(col(Project.owner), col(Project.id)).where(
            col(Project.worked_at) <= now(ago=rest), col(Project.deleted_at).is_(None)
        )
        async with self._store.db.reader() as session:
            resting = [(row.owner, row.id) for row in await session.execute(query)]
        saved = 0
        for owner, project_id in resting:
            try:
                saved += await self._store.save(acting_for(owner), project_id) is not None
            except (SaysoError, InvalidTree) as error:
                log.warning("Project %s could not be saved at rest: %s", project_id, error)
        return saved

    async def purge(self, keep: timedelta = KEEP_DELETED) -> list[str]:
        """Remove projects deleted longer than `keep` ago, with their blobs; returns their ids."""
        async with self._store.db.session() as session:
            old = select(Project).where(col(Project.deleted_at) <= now(ago=keep))
            projects = [*await session.scalars(old)]
            ids = [project.id for project in projects]
            for project in projects:
                mine = select(col(Generation.id)).where(col(Generation.project) == project.id)
                generations = [*await session.scalars(mine)]
                if self._jobs is not None:
                    left = {"generations": generations}
                    await self._jobs.ask(session, FORGET, project.id, left, project.owner, here=True)
                loose = await blobs_of(session, project)
                gone = Deed("project.purge", "", project.owner, project.id, "project", project.id)
                record(session, gone)
                await session.delete(project)
                await session.flush()
                await _drop_unused(session, project.owner, loose)
            await _forget_unused(session)
            # By then all typed text is in versions; a client that was away this long reads the files again.
            typing = delete(Event).where(
                col(Event.kind) == "working_changed", col(Event.created_at) <= now(ago=KEEP_TYPING)
            )
            await session.execute(typing.execution_options(synchronize_session=False))
        if ids:
            log.info("Purged %d projects deleted more than %s ago", len(ids), keep)
        return ids


async def blobs_of(session: AsyncSession, project: Project) -> set[str]:
    """The digests of all contents of a project."""
    shas = {project.thumbnail} if project.thumbnail else set()
    for tree in await session.scalars(select(col(Version.tree)).where(col(Version.project) == project.id)):
        shas.update(tree.values())
    shas |= await _blobs_attached(session, col(Attachment.project) == project.id)
    outputs = select(col(StoredOutput.sha256)).join(ShareLink, col(ShareLink.id) == col(StoredOutput.share))
    shas.update(await session.scalars(outputs.where(col(ShareLink.project) == project.id)))
    return shas


async def _blobs_attached(session: AsyncSession, which: ColumnElement[bool]) -> set[str]:
    found = await session.execute(select(col(Attachment.picture), col(Attachment.file)).where(which))
    return {sha for row in found for sha in row if sha}


async def _forget_unused(session: AsyncSession) -> None:
    """Attachments that nobody sent."""
    left = defaultdict[str, set[str]](set)
    for one in await unused(session):
        left[one.owner].update(sha for sha in (one.picture, one.file) if sha)
        await session.delete(one)
    await session.flush()
    for owner, shas in left.items():
        if shas:
            await _drop_unused(session, owner, shas)


async def _drop_unused(session: AsyncSession, owner: str, shas: set[str]) -> None:
    """Delete those of an owner's blobs that nothing refers to any more."""
    trees = await session.stream_scalars(select(col(Version.tree)).where(col(Version.owner) == owner))
    async for tree in trees:
        shas -= set(tree.values())
    shas -= {*await session.scalars(select(col(StoredOutput.sha256)).where(col(StoredOutput.owner) == owner))}
    shas -= {*await session.scalars(select(col(Project.thumbnail)).where(col(Project.owner) == owner))}
    shas -= await _blobs_attached(session, col(Attachment.owner) == owner)
    loose = sorted(shas)
    for start in range(0, len(loose), 500):
        part = delete(Blob).where(col(Blob.owner) == owner, col(Blob.sha256).in_(loose[start : start + 500]))
        await session.execute(part.execution_options(synchronize_session=False))
