"""A person's choices for one project: small JSON values by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.ids import now
from builder.projects.store import ProjectStore
from builder.projects.tables import ProjectSetting


class ProjectSettings:
    """Read by the code that runs the project, written by people who may configure it."""

    def __init__(self, db: Database, store: ProjectStore) -> None:
        self._db, self._store = db, store

    async def get(self, project_id: str, name: str) -> Any:
        """The value, None when nobody has set it."""
        async with self._db.reader() as session:
            row = await session.get(ProjectSetting, (project_id, name))
            return row.value if row else None

    async def copy(self, actor: Actor, source: str, target: str) -> None:
        """Copy the original's choices to a duplicate. Raises NotFound."""
        project = await self._store.get(actor, target, Action.EDIT)
        await self._store.get(actor, source)
        async with self._db.session() as session:
            for row in await session.scalars(select(ProjectSetting).where(col(ProjectSetting.project) == source)):
                session.add(ProjectSetting(project=target, name=row.name, owner=project.owner, value=row.value))

    async def put(self, actor: Actor, project_id: str, name: str, value: Any) -> None:
        """Raises NotFound, Refused."""
        project = await self._store.get(actor, project_id, Action.CONFIGURE)
        async with self._db.session() as session:
            await session.merge(
                ProjectSetting(project=project.id, name=name, owner=project.owner, value=value, updated_at=now())
            )
