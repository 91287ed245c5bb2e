"""Whatever runs has one id and one row, which says of what kind it is."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, NewType

from sqlalchemy.ext.asyncio import AsyncSession

from builder.base.db import Database
from builder.base.ids import now
from builder.previews.runnables.tables import StoredRunnable
from builder.projects.tables import Project

RunnableKind = NewType("RunnableKind", str)
"""What a runnable shows. A further kind is a word here and its `Contents`."""

PROJECT: Final = RunnableKind("project")
"""A project's working copy. It has the project's id."""

LINK: Final = RunnableKind("link")
"""The version that a live link serves. It has the link's id."""

# What a kind is asked for with each request of a page; a row never changes its kind.
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Runnable:
    """Something that runs, or may. `workspace` is the one it belongs to, `project_id` the project it was made of,
    `created_at` ISO 8601."""

    id: str
    kind: RunnableKind
    workspace: str
    project_id: str
    created_at: str


def from_row(row: StoredRunnable) -> Runnable:
    return Runnable(row.id, RunnableKind(row.kind), row.owner, row.project, row.created_at)


class Runnables:
    """All there are. They are added and ended in the transaction in which what they show comes to be or ends."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._remembered: OrderedDict[str, Runnable] = OrderedDict()

    async def find(self, runnable_id: str) -> Runnable | None:
        """What runs under an id, or did: whether it may still be seen is known to its kind. None for an unknown id."""
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
        """The project whose settings it goes by; an id that is no runnable's stands for itself."""
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

    async def end(self, session: AsyncSession, runnable_id: str) -> None:
        """Note that it ended for good; one that ended before is no error."""
        row = await session.get(StoredRunnable, runnable_id)
        if row is not None and row.ended_at is None:
            row.ended_at = now()
