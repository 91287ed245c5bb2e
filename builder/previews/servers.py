"""The server parts of projects: one engine each, brought up to the working copy, found again after a restart.

What runs is asked of the engines and never assumed. A start is a supervised task of the server: closing the tab that
asked for it changes nothing. Whatever listens stands in the route table, and nothing else does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import delete, select
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.db import Database
from builder.errors import Conflict
from builder.ids import now
from builder.models import Project, ServerPreview
from builder.projects.store import ProjectStore
from builder.texts import t
from preview_runtime.engines import Engine, EngineFailed, EngineState, EngineStatus, Fault, FaultKind, Phase
from preview_runtime.file_tree import FileTree
from preview_runtime.routes.route_table import Route, RouteTable

log = logging.getLogger(__name__)
ABSENT: Final = EngineState(EngineStatus.ABSENT)
# So many starts at once keep two cores busy; the next ones wait and say how many are before them.
MAX_STARTS: Final = 2


class LogLine(Protocol):
    """One line of an app's output. `at` is RFC 3339, "" where it has no time of its own."""

    @property
    def stream(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def at(self) -> str: ...


class ServerEngine(Engine, Protocol):
    """An engine whose app can be listened to."""

    def logs(self, *, follow: bool = True, tail: int = 1000) -> AsyncIterator[LogLine]:
        """The last `tail` lines, then each further one until the app ends; a slow reader loses the oldest."""
        ...


class ServerEngines(Protocol):
    """Makes the engine of one project. `why_not` is half a sentence where there can be none, "" where there can."""

    why_not: str

    def engine(self, project_id: str) -> ServerEngine: ...


class NoServerEngines:
    """Where nothing can run a server."""

    def __init__(self, why_not: str) -> None:
        self.why_not = why_not

    def engine(self, project_id: str) -> ServerEngine:
        raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=project_id)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a person is shown: the engine's state, and how many starts come before this one (0: it is its turn)."""

    state: EngineState
    ahead: int = 0


@dataclass
class _Server:
    engine: ServerEngine
    wanted: tuple[str, int] = ("", -1)
    done: tuple[str, int] = ("", -1)
    task: asyncio.Task[None] | None = None
    fault: Fault | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class ServerPreviews:
    """At most one server per project. `recover()` takes up what an earlier process left, `close()` lets it run on."""

    def __init__(
        self,
        db: Database,
        store: ProjectStore,
        routes: RouteTable,
        engines: ServerEngines,
        *,
        whole: Callable[[FileTree], bool],
        starts: int = MAX_STARTS,
    ) -> None:
        """`whole(tree)`: the server answers every path; otherwise only /api, beside a front end of the project's own."""
        self._db, self._store, self._routes, self._engines = db, store, routes, engines
        self.is_whole = whole
        self._servers: dict[str, _Server] = {}
        self._waiting: list[str] = []
        self._turn = asyncio.Semaphore(starts)

    @property
    def why_not(self) -> str:
        """Why no server can run here, as half a sentence; "" where one can."""
        return self._engines.why_not

    async def bring_up(self, actor: Actor, project_id: str) -> ServerState:
        """Have the server run what the working copy holds; returns at once with how far it is.

        Raises NotFound, and Conflict (`no_engine`) where nothing can run a server.
        """
        project = await self._store.get(actor, project_id)
        server = self._servers.get(project_id)
        if server is None:
            server = self._servers[project_id] = _Server(self._engines.engine(project_id))
        server.wanted = (project.head or "", project.revision)
        if server.task is None or server.task.done():
            if server.wanted == server.done and (await server.engine.poll()).status is EngineStatus.RUNNING:
                return await self.state(actor, project_id)
            server.task = asyncio.create_task(self._follow(actor, project_id, server), name=f"server {project_id}")
            server.task.add_done_callback(_report)
        return await self.state(actor, project_id)

    async def state(self, actor: Actor, project_id: str) -> ServerState:
        """How the server does at this moment. Raises NotFound."""
        await self._store.get(actor, project_id)
        server = self._servers.get(project_id)
        if server is None:
            return ServerState(ABSENT)
        if project_id in self._waiting:
            return ServerState(EngineState(EngineStatus.PENDING, Phase.QUEUED), self._waiting.index(project_id) + 1)
        state = await server.engine.poll()
        if server.task is not None and not server.task.done():
            return ServerState(EngineState(EngineStatus.PENDING, state.phase, state.address))
        if state.status is not EngineStatus.RUNNING:
            self._routes.drop(project_id)
            if server.fault is not None:
                return ServerState(EngineState(EngineStatus.FAILED, state.phase, fault=server.fault))
        return ServerState(state)

    async def logs(self, actor: Actor, project_id: str, *, tail: int = 1000) -> AsyncIterator[LogLine]:
        """What the app writes: the last `tail` lines, then each as it comes; ends with the server. Raises NotFound."""
        await self._store.get(actor, project_id)
        server = self._servers.get(project_id)
        if server is not None:
            async for line in server.engine.logs(tail=tail):
                yield line

    async def engine(self, actor: Actor, project_id: str) -> ServerEngine | None:
        """The engine of the project's server; None where none was started. Raises NotFound."""
        await self._store.get(actor, project_id)
        server = self._servers.get(project_id)
        return server.engine if server else None

    async def stop(self, actor: Actor, project_id: str) -> None:
        """End the project's server; one that does not run is no error. Raises NotFound."""
        await self._store.get(actor, project_id)
        await self.remove(project_id)

    async def remove(self, project_id: str) -> None:
        """End the server of a project that may be gone already."""
        self._routes.drop(project_id)
        server = self._servers.pop(project_id, None)
        if server is None:
            return
        await _cancelled(server.task)
        await server.engine.stop()
        async with self._db.session() as session:
            await session.execute(delete(ServerPreview).where(col(ServerPreview.project) == project_id))

    async def recover(self) -> None:
        """Find what an earlier process started: what still runs is routed again, the rest is forgotten."""
        if self._engines.why_not:
            return
        async with self._db.reader() as session:
            known = [*await session.scalars(select(ServerPreview))]
        for row in known:
            engine = self._engines.engine(row.project)
            try:
                engine.load_state(row.state["engine"])
                state = await engine.poll()
            except Exception:  # one that cannot be read must not keep the others from coming back
                log.exception("The server of project %s could not be found again", row.project)
                continue
            if state.status is EngineStatus.RUNNING:
                done = (str(row.state["head"]), int(row.state["revision"]))
                self._servers[row.project] = _Server(engine, done, done)
                self._routes.put(row.project, Route(state.address, whole=bool(row.state["whole"])))
            elif state.status is not EngineStatus.PENDING:
                log.info("The server of project %s is gone", row.project)
                async with self._db.session() as session:
                    await session.execute(delete(ServerPreview).where(col(ServerPreview.project) == row.project))

    async def close(self) -> None:
        """End what is under way. What runs goes on: the next process finds it."""
        for server in self._servers.values():
            await _cancelled(server.task)

    async def _follow(self, actor: Actor, project_id: str, server: _Server) -> None:
        """Start, and start again as long as the project went on meanwhile."""
        self._waiting.append(project_id)
        try:
            async with self._turn:
                self._waiting.remove(project_id)
                while True:
                    project, _, tree = await self._store.read_working(actor, project_id)
                    key = (project.head or "", project.revision)
                    await self._start(project_id, server, tree, key)
                    if server.fault is not None or server.wanted == key:
                        return
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(project_id)

    async def _start(self, project_id: str, server: _Server, tree: FileTree, key: tuple[str, int]) -> None:
        server.fault = None
        try:
            address = await server.engine.start(tree)
        except EngineFailed as failed:
            server.fault = failed.fault
            self._routes.drop(project_id)
            log.info("The server of project %s did not start: %s", project_id, failed.fault.message)
            return
        except Exception:
            server.fault = Fault(FaultKind.PLATFORM, "engine", t("server.broken"))
            self._routes.drop(project_id)
            raise
        server.done = key
        whole = self.is_whole(tree)
        self._routes.put(project_id, Route(address, whole=whole))
        state = {"engine": server.engine.get_state(), "head": key[0], "revision": key[1], "whole": whole}
        await self._keep(project_id, state)

    async def _keep(self, project_id: str, state: Mapping[str, Any]) -> None:
        async with self._db.session() as session:
            project = await session.get(Project, project_id)
            if project is None:
                return
            await session.merge(
                ServerPreview(project=project_id, owner=project.owner, state=dict(state), updated_at=now())
            )


async def _cancelled(task: asyncio.Task[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("The task “%s” ended", task.get_name(), exc_info=error)
