"""The databases of projects: which projects have one, what a person sees of it, and the copies made before it is
replaced."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, Protocol

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict
from builder.previews.data.database_copies import Copies, DatabaseCopy
from builder.previews.failures import answer, answered
from builder.previews.runnables.runnables import Runnables
from builder.projects.project_settings import ProjectSettings
from builder.projects.store import ProjectStore
from builder.texts import said, t
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.database import DatabaseStatus
from preview_runtime.containers.beside.database_content import DatabaseContent
from preview_runtime.engines import EngineFailed
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres

SETTING: Final = "database"


class Mode(StrEnum):
    """AUTO: the project has a database when its files ask for one."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class DatabaseEngine(Protocol):
    """Runs the databases; see `preview_runtime.containers.beside.database.ProjectDatabase`."""

    async def ensure(self, project: str) -> Access: ...

    async def access(self, project: str) -> Access | None: ...

    async def pause(self, project: str) -> None: ...

    async def resume(self, project: str) -> None: ...

    async def sleep(self, project: str) -> None: ...

    async def stop(self, project: str) -> None: ...

    async def remove(self, project: str) -> None: ...

    async def available(self) -> bool: ...

    async def status(self, project: str) -> DatabaseStatus: ...

    async def usage(self, project: str) -> DatabaseContent: ...

    def dump(self, project: str) -> AsyncGenerator[bytes]: ...

    async def restore(self, project: str, dump: Path) -> None: ...

    async def reset(self, project: str) -> None: ...


@dataclass(frozen=True, slots=True)
class DatabaseView:
    """The state of a database as a person sees it. `reason`: why the project has a database, or that the person chose
    to have none; "" = nothing asks for one.

    `why_not`: why none can run here, "" when one can; `problem`: why its content cannot be shown at the moment.
    """

    mode: Mode
    wanted: bool
    reason: str
    status: DatabaseStatus = DatabaseStatus.ABSENT
    content: DatabaseContent | None = None
    copies: tuple[DatabaseCopy, ...] = ()
    why_not: str = ""
    problem: str = ""


@dataclass
class Databases:
    """One object for all projects. `engine` is None while nothing can run containers. `held(project)` says why a
    project's data cannot be used at the moment, "" when they can."""

    store: ProjectStore
    settings: ProjectSettings
    runnables: Runnables
    copies: Copies
    held: Callable[[str], str] = lambda _: ""
    engine: DatabaseEngine | None = None
    _replacing: set[str] = field(default_factory=set)

    # For the engine of apps: see `preview_runtime.containers.app.parts.Databases`.

    async def ensure(self, project: str, tree: FileTree) -> Access | None:
        if self.engine is None:
            return None
        mode = await self._mode(project)
        asks = await asyncio.to_thread(asks_for_postgres, tree) if mode is Mode.AUTO else ""
        return await self.engine.ensure(project) if asks or mode is Mode.ON else None

    async def access(self, project: str) -> Access | None:
        return await self.engine.access(project) if self.engine else None

    async def pause(self, project: str) -> None:
        if self.engine:
            await self.engine.pause(project)

    async def resume(self, project: str) -> None:
        if self.engine:
            await self.engine.resume(project)

    async def sleep(self, project: str) -> None:
        if self.engine:
            await self.engine.sleep(project)

    async def stop(self, project: str) -> None:
        if self.engine:
            await self.engine.stop(project)

    async def remove(self, project: str) -> None:
        """Remove everything of it, the copies included."""
        if self.engine:
            await self.engine.remove(project)
        await self.copies.remove(project)

    # For a person.

    async def view(self, actor: Actor, project_id: str) -> DatabaseView:
        """Everything the dialog shows; a sleeping database is woken for as long as it takes. Raises NotFound."""
        tree = await self.store.working_tree(actor, project_id)
        mode = await self._mode(project_id)
        asks = await asyncio.to_thread(asks_for_postgres, tree)
        reason = {
            Mode.ON: t("database.chosen"),
            Mode.OFF: t("database.refused"),
            Mode.AUTO: said(asks) if asks else "",
        }[mode]
        wanted = mode is Mode.ON or (mode is Mode.AUTO and asks is not None)
        copies = await self.copies.list(project_id)
        if self.engine is None:
            return DatabaseView(mode, wanted, reason, copies=copies, why_not=t("engine.no_docker") + ".")
        status, content, problem = DatabaseStatus.ABSENT, None, self.held(project_id)
        if problem:
            return DatabaseView(mode, wanted, reason, copies=copies, problem=problem)
        try:
            if not await self.engine.available():
                return DatabaseView(mode, wanted, reason, copies=copies, why_not=t("database.no_image"))
            status = await self.engine.status(project_id)
            if status is not DatabaseStatus.ABSENT:
                content = await self.engine.usage(project_id)
        except EngineFailed as failed:
            problem = answer(failed.fault).message
        return DatabaseView(mode, wanted, reason, status, content, copies, problem=problem)

    async def set_mode(self, actor: Actor, project_id: str, mode: Mode) -> None:
        """Set whether the project has a database; the next start of the app follows it. Raises NotFound."""
        await self.settings.put(actor, project_id, SETTING, mode.value)

    async def dump(self, actor: Actor, project_id: str) -> AsyncGenerator[bytes]:
        """The database as a dump of pg_dump. Raises NotFound, and Conflict before the first piece."""
        await self.store.get(actor, project_id, Action.RUN)
        self._check_free(project_id)
        with answered():
            async with contextlib.aclosing(self._engine().dump(project_id)) as pieces:
                async for piece in pieces:
                    yield piece

    async def restore(self, actor: Actor, project_id: str, dump: AsyncIterator[bytes]) -> None:
        """Replace the data with a dump; a copy of the data is kept. Raises NotFound, Conflict, BadInput."""
        await self.store.get(actor, project_id, Action.RUN)
        async with self._alone(project_id), self.copies.incoming(project_id) as file:
            if not await self.copies.write(file, dump):
                raise BadInput(t("database.empty_file"), code="not_a_dump")
            await self._replace(project_id, file)

    async def restore_copy(self, actor: Actor, project_id: str, copy_id: str) -> None:
        """Restore a copy; a copy of the present data is kept. Raises NotFound, Conflict."""
        await self.store.get(actor, project_id, Action.RUN)
        async with self._alone(project_id), self.copies.held(project_id, copy_id) as file:
            await self._replace(project_id, file)

    async def reset(self, actor: Actor, project_id: str) -> None:
        """Empty the database; a copy of its data is kept. Raises NotFound, Conflict."""
        await self.store.get(actor, project_id, Action.RUN)
        async with self._alone(project_id):
            with answered():
                await self._keep_copy(project_id, "reset")
                await self._engine().reset(project_id)

    async def open_copy(self, actor: Actor, project_id: str, copy_id: str) -> IO[bytes]:
        """Read a copy. Raises NotFound."""
        await self.store.get(actor, project_id, Action.RUN)
        return await self.copies.open(project_id, copy_id)

    async def _replace(self, project_id: str, file: Path) -> None:
        with answered():
            await self._keep_copy(project_id, "restore")
            await self._engine().restore(project_id, file)

    async def _keep_copy(self, project_id: str, reason: str) -> None:
        engine = self._engine()
        if await engine.status(project_id) is DatabaseStatus.ABSENT or not (await engine.usage(project_id)).count:
            return
        await self.copies.keep(project_id, reason, engine.dump(project_id))

    @contextlib.asynccontextmanager
    async def _alone(self, project_id: str) -> AsyncIterator[None]:
        self._check_free(project_id)
        if project_id in self._replacing:
            raise Conflict(t("database.at_work"), code="database_at_work")
        self._replacing.add(project_id)
        try:
            yield
        finally:
            self._replacing.discard(project_id)

    def _check_free(self, project_id: str) -> None:
        if why := self.held(project_id):
            raise Conflict(why, code="database_at_work")

    async def _mode(self, runnable_id: str) -> Mode:
        value = await self.settings.get(await self.runnables.project_of(runnable_id), SETTING)
        return Mode(value) if value in set(Mode) else Mode.AUTO

    def _engine(self) -> DatabaseEngine:
        if self.engine is None:
            raise Conflict(t("server.none", why=t("engine.no_docker")), code="no_engine")
        return self.engine
