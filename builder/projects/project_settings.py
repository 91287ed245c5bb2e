"""A person's choices for one project: small JSON values by name. Among them the files and folders that they have locked:
no model may change these; the person still may."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import BadInput
from builder.base.events import EventLog
from builder.base.ids import now
from builder.projects.rows import project_of
from builder.projects.shapes import LocksChangedFact
from builder.projects.store import ProjectStore
from builder.projects.tables import ProjectSetting
from builder.texts import said, t
from preview_runtime.file_tree import InvalidTree, folded, validate_path

MOST_LOCKS: Final = 500
_SETTING: Final = "locks"


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


def is_locked(path: str, locks: Iterable[str]) -> bool:
    """Whether a lock covers `path`: its own, or that of a folder around it, which ends with a slash."""
    name = folded(path)
    return any(name == folded(lock) or (lock.endswith("/") and name.startswith(folded(lock))) for lock in locks)


async def locks_of(session: AsyncSession, project_id: str) -> tuple[str, ...]:
    """The paths of a project's locks, sorted; folders end with a slash."""
    row = await session.get(ProjectSetting, (project_id, _SETTING))
    return tuple(row.value) if row else ()


class Locks:
    """Read by whoever may read the project, set and taken by those who may edit it."""

    def __init__(self, db: Database, events: EventLog) -> None:
        self._db, self._events = db, events

    async def of(self, actor: Actor, project_id: str) -> tuple[str, ...]:
        """Raises NotFound."""
        async with self._db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            return await locks_of(session, project_id)

    async def lock(self, actor: Actor, project_id: str, path: str) -> tuple[str, ...]:
        """Lock a file, or with a slash at its end a folder. Raises NotFound, Refused, BadInput."""
        try:
            validate_path(path.removesuffix("/"))
        except InvalidTree as fault:
            raise BadInput(said(fault.says), code=fault.code) from None
        return await self._change(actor, project_id, add=[path])

    async def unlock(self, actor: Actor, project_id: str, path: str) -> tuple[str, ...]:
        """Take a lock away; without one nothing happens. Raises NotFound, Refused."""
        return await self._change(actor, project_id, remove=[path])

    async def _change(
        self, actor: Actor, project_id: str, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[str, ...]:
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT)
            locks = sorted({*await locks_of(session, project_id), *add} - set(remove))
            if len(locks) > MOST_LOCKS:
                raise BadInput(t("locks.too_many", most=MOST_LOCKS), code="too_many_locks")
            row = ProjectSetting(project=project_id, name=_SETTING, owner=project.owner, value=locks, updated_at=now())
            await session.merge(row)
            await self._events.append(project_id, LocksChangedFact(locks=locks), session)
        return tuple(locks)
