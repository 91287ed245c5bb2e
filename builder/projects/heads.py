"""A project's head: the version that a person sees, and every step that moves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Literal

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.events import EventLog
from builder.base.ids import now
from builder.projects import working
from builder.projects.blobs import sizes
from builder.projects.rows import digests_of
from builder.projects.shapes import HeadMovedFact, VersionCommittedFact, version_shape
from builder.projects.tables import Project, Version, WorkingFile

Reason = Literal["undo", "redo", "restore"]
Accepted = Callable[[AsyncSession, Project, Version, Collection[str]], Awaitable[None]]
"""Called for each version that is made, in the same transaction, with the paths that changed."""


class Heads:
    """Each method is a step within the caller's transaction, which has locked the project's row."""

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self.accepted: Accepted | None = None

    async def add(
        self,
        session: AsyncSession,
        project: Project,
        tree: Mapping[str, str],
        *,
        by: str,
        kind: str,
        label: str,
        generation: str | None = None,
    ) -> Version:
        """Write the version, set the head to it, empty the working copy, and log the fact. `by`: who made it."""
        before = await digests_of(session, project.head)
        project.version_count += 1
        version = Version(
            owner=project.owner, created_by=by, project=project.id, number=project.version_count, parent=project.head,
            kind=kind, label=label, generation=generation, tree=dict(sorted(tree.items())), files=len(tree),
        )  # fmt: skip
        session.add(version)
        await session.execute(delete_rows(WorkingFile).where(col(WorkingFile.project) == project.id))
        project.head, project.redo, project.worked_at = version.id, [], None
        project.updated_at = version.created_at
        project.size = await _size(session, project, version)
        await session.flush()
        await self.set_reach(session, project, dirty=False)
        changed, deleted = working.difference(before, version.tree)
        fact = VersionCommittedFact(
            version=version_shape(version), changed=changed, deleted=deleted, head=version.id, **reach(project)
        )
        await self._events.append(project.id, fact, session)
        if self.accepted is not None:
            await self.accepted(session, project, version, [*changed, *deleted])
        return version

    async def move(
        self, session: AsyncSession, project: Project, head: Version, target: Version, reason: Reason
    ) -> Version:
        project.head = target.id
        project.updated_at = now()
        project.size = await _size(session, project, target)
        await self.set_reach(session, project, dirty=False)
        await self.announce(session, project, target, head.tree, reason)
        return target

    async def announce(
        self, session: AsyncSession, project: Project, version: Version, before: Mapping[str, str], reason: Reason
    ) -> None:
        changed, deleted = working.difference(before, version.tree)
        fact = HeadMovedFact(
            reason=reason, head=version.id, version=version_shape(version), changed=changed, deleted=deleted,
            **reach(project),
        )  # fmt: skip
        await self._events.append(project.id, fact, session)

    async def set_reach(self, session: AsyncSession, project: Project, *, dirty: bool) -> None:
        """Store in the project's row whether undo and redo are possible, because lists read the row without the
        versions."""
        parent = await session.scalar(select(col(Version.parent)).where(col(Version.id) == project.head))
        project.can_undo = parent is not None or (dirty and project.head is not None)
        project.can_redo = bool(project.redo) and not dirty


async def _size(session: AsyncSession, project: Project, version: Version) -> int:
    of_blob = await sizes(session, project.owner, version.tree.values())
    return sum(of_blob.get(sha, 0) for sha in version.tree.values())


def reach(project: Project) -> dict[str, bool]:
    return {"can_undo": project.can_undo, "can_redo": project.can_redo}
