"""What the app of a project keeps in SQLite files, to look at: read only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.previews.engine import ServerEngine
from builder.previews.failures import answered
from builder.projects.store import ProjectStore
from preview_runtime.containers.data.sqlite_files import RowsAsked, SqliteFile, TableRows
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase


class SqliteEngine(Protocol):
    """Reads the files; see `preview_runtime.containers.data.sqlite_files.SqliteFiles`."""

    async def files(self, slot: str) -> tuple[SqliteFile, ...]: ...

    async def rows(self, slot: str, asked: RowsAsked) -> TableRows: ...


class SqliteEngines(Protocol):
    """Has what reads the files; None while nothing can run containers."""

    sqlite: SqliteEngine | None


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """One object for all projects. `engine_of` is the engine of a project's server, None if it never had one; `held`
    says why a project's data cannot be used at the moment, "" when they can."""

    store: ProjectStore
    engine_of: Callable[[str], ServerEngine | None]
    engines: SqliteEngines
    held: Callable[[str], str]

    async def files(self, actor: Actor, project_id: str) -> tuple[SqliteFile, ...]:
        """The SQLite files in the app's folder; none where it never ran in a container. Raises NotFound, Conflict."""
        found = await self._place(actor, project_id)
        if found is None:
            return ()
        engine, slot = found
        with answered():
            return await engine.files(slot)

    async def rows(self, actor: Actor, project_id: str, asked: RowsAsked) -> TableRows:
        """A page of one table. Raises NotFound, Conflict."""
        found = await self._place(actor, project_id)
        with answered():
            if found is None:
                raise EngineFailed(Fault(FaultKind.PLATFORM, "sqlite_gone", Phrase("fault.sqlite_gone")))
            engine, slot = found
            return await engine.rows(slot, asked)

    async def _place(self, actor: Actor, project_id: str) -> tuple[SqliteEngine, str] | None:
        await self.store.get(actor, project_id, Action.RUN)
        if self.engines.sqlite is None:
            return None
        if why := self.held(project_id):
            raise Conflict(why, code="database_at_work")
        server = self.engine_of(project_id)
        return None if server is None else (self.engines.sqlite, str(server.get_state().get("slot", project_id)))
