"""Everything that runs has one id and one row, which names its kind."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, NewType

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database
from builder.base.ids import now
from builder.previews.runnables.tables import StoredRunnable
from builder.projects.tables import Project

RunnableKind = NewType("RunnableKind", str)
"""What a runnable shows. A new kind is a member here and its `Contents`."""

PROJECT: Final = RunnableKind("project")
"""A project's working copy. Its id is the project's id."""

LINK: Final = RunnableKind("link")
"""The version that a live link shows. Its id is the link's id."""

WALK: Final = RunnableKind("walk")
"""A version that is walked through, with a copy of its project's data. Its id is its own, for as long as that takes."""
PROBE: Final = RunnableKind("probe")
"""A server of a project's present files that is asked before the project is shared, and then removed. Nobody sees it."""

# Kinds are cached, because each request of a page asks for one; a row never changes its kind.
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Runnable:
    """Something that runs, or can run. `workspace` is its workspace, `project_id` the project it was made from,
    `created_at` is in ISO 8601."""

    id: str
    kind: RunnableKind
    workspace: str
    project_id: str
    created_at: str


def from_row(row: StoredRunnable) -> Runnable:
    return Runnable(row.id, RunnableKind(row.kind), row.owner, row.project, row.created_at)


class Runnables:
    """All runnables. A runnable is added and ended in the same transaction in which the project or link that it shows
    is made or ended."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._remembered: OrderedDict[str, Runnable] = OrderedDict()

    async def find(self, runnable_id: str) -> Runnable | None:
        """The runnable with this id, also one that ended: its kind knows whether it may still be seen. None for an
        unknown id."""
        known = self._remembered.get(runnable_id)
        if known is not None:
            self._remembered.move_to_end(runnable_id)
            return known
        async with self._db.reader() as session:
            row = await session.get(StoredRunnable, runnable_id)
        if row is None:
            return None
        found = self._remembered[runnable_id] = from_row(row)
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return found

    async def project_of(self, runnable_id: str) -> str:
        """The project whose settings apply to it; for an id that is no runnable's, the id itself."""
        found = await self.find(runnable_id)
        return found.project_id if found else runnable_id

    def add(self, session: AsyncSession, runnable: Runnable) -> None:
        session.add(
            StoredRunnable(
                id=runnable.id,
                kind=runnable.kind,
                owner=runnable.workspace,
                project=runnable.project_id,
                created_at=runnable.created_at,
            )
        )

    def add_project(self, session: AsyncSession, project: Project) -> None:
        """See `builder.projects.store.Made`."""
        self.add(session, Runnable(project.id, PROJECT, project.owner, project.id, project.created_at))

    def forget(self, project_id: str) -> None:
        """Read what a project has anew: it belongs to another workspace."""
        for known in [one for one in self._remembered.values() if one.project_id == project_id]:
            del self._remembered[known.id]

    async def drop(self, session: AsyncSession, runnable_id: str) -> None:
        """Forget one of which nothing is left to be found again; it is no error when it is gone."""
        self._remembered.pop(runnable_id, None)
        await session.execute(delete(StoredRunnable).where(col(StoredRunnable.id) == runnable_id))

    async def end(self, session: AsyncSession, runnable_id: str) -> None:
        """Record that it ended for good; it is no error when it ended before."""
        row = await session.get(StoredRunnable, runnable_id)
        if row is not None and row.ended_at is None:
            row.ended_at = now()
