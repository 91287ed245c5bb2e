"""Servers for walks: each runs one version of a project with a copy of its data, for as long as a page walks through it.

One at a time for each project, counted among the person's awake servers, reached at the names for walks alone. The page
keeps it by asking again; when it is not asked for any more it is ended, and its data are removed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import NotFound
from builder.base.ids import new_id, now
from builder.previews.data.copies import DataCopies
from builder.previews.engine import RewindableEngine
from builder.previews.observation.activity import UseCounter
from builder.previews.runnables.runnables import WALK, Runnable, Runnables
from builder.previews.servers.places import Waits
from builder.previews.servers.previews import ServerPreviews, ServerState
from builder.previews.walks.contents import WalkedVersions
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.texts import said, t
from preview_runtime.engines import EngineStatus
from preview_runtime.routes.route_table import RouteTable
from preview_runtime.walked_answers import WalkedServer

log = logging.getLogger(__name__)
LEASE_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 600.0
# So long a page waits for a place among the awake servers.
PLACE_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 2.0


class WalkServerStatus(StrEnum):
    """TAKEN: somebody else walks through this project at the moment; asked again later, there is one. FAILED: there is none,
    and asking again changes nothing."""

    STARTING = "starting"
    READY = "ready"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WalkServerState:
    """`lease` is named when it is asked for again, "" where there is none; `why`, a sentence, where it failed. `server`: its
    runnable."""

    status: WalkServerStatus
    lease: str = ""
    why: str = ""
    server: str = ""


@dataclass
class _Lease:
    """`requests`: how many the server had answered when it last began with the data of the copy."""

    id: str
    runnable: Runnable
    began: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    requests: int = 0
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock)

    def over(self, at: float) -> bool:
        return at - self.used > LEASE_SECONDS or at - self.began > LONGEST_SECONDS


class WalkServers:
    """`run()` ends those that nobody asks for any more, and ends when it is cancelled. `most`: the bytes that a copy may
    have. `reaches_out(project)`: whether its app may reach other hosts."""

    def __init__(
        self,
        db: Database,
        store: ProjectStore,
        runnables: Runnables,
        contents: WalkedVersions,
        servers: ServerPreviews,
        data: DataCopies,
        routes: RouteTable,
        activity: UseCounter,
        reaches_out: Callable[[str], Awaitable[bool]],
        *,
        most: int,
    ) -> None:
        self._db, self._store, self._runnables, self._contents = db, store, runnables, contents
        self._servers, self._data, self._routes, self._activity = servers, data, routes, activity
        self._reaches_out, self.most_bytes = reaches_out, most
        self._leases: dict[str, _Lease] = {}  # by project
        self._opening = asyncio.Lock()

    async def recover(self) -> None:
        """Remove what an earlier process left."""
        for server in self._servers.register.all:
            if server.runnable.kind == WALK:
                await self._remove(server.runnable)

    async def run(self, seconds: float = LOOK_SECONDS) -> None:
        while True:
            try:
                await self.round()
            except Exception:  # one failed round must not end the loop: the next may succeed
                log.exception("The servers for walks could not be looked after; tried again in %s s", seconds)
            await asyncio.sleep(seconds)

    async def round(self) -> None:
        """End those whose time is over."""
        at = time.monotonic()
        for lease in [lease for lease in self._leases.values() if lease.over(at)]:
            await self._end(lease)

    async def open(
        self, actor: Actor, project_id: str, version_id: str, lease_id: str, builder: str
    ) -> WalkServerState:
        """Have a server for the walks of a version, or keep the one of `lease_id`; returns its state at once. `builder`: the
        origin of the page that walks. Raises NotFound, Refused."""
        project = await self._store.get(actor, project_id, Action.RUN)
        async with self._opening:
            lease = self._leases.get(project_id)
            if lease is not None and lease.id != lease_id:
                return WalkServerState(WalkServerStatus.TAKEN)
            if lease is None:
                why = t("walks.server.ended") if lease_id else await self._why_not(project)
                if why:
                    return WalkServerState(WalkServerStatus.FAILED, why=why)
                await self._store.version_tree(actor, project_id, version_id, [])  # raises NotFound
                lease = await self._begin(actor, project, version_id, builder)
        lease.used = time.monotonic()
        return await self._state(actor, lease)

    async def begin_walk(self, actor: Actor, project_id: str, lease_id: str) -> WalkServerState:
        """Have the server begin again with the data of the copy, unless it has; returns once it answers. Raises NotFound,
        Refused."""
        await self._store.get(actor, project_id, Action.RUN)
        lease = self._leases.get(project_id)
        if lease is None or lease.id != lease_id:
            return WalkServerState(WalkServerStatus.FAILED, why=t("walks.server.ended"))
        async with lease.beginning:
            server = lease.runnable.id
            if (route := self._routes.walked(project_id)) is not None:
                route.begins = True  # from here on nothing of the walk before reaches it
            if self._activity.of(server).requests != lease.requests:
                await self._servers.rewind(actor, server)
                lease.requests = self._activity.of(server).requests
        lease.used = time.monotonic()
        return await self._state(actor, lease)

    async def end(self, actor: Actor, project_id: str, lease_id: str) -> None:
        """End the server; it is no error when it is gone. Raises NotFound, Refused."""
        await self._store.get(actor, project_id, Action.RUN)
        lease = self._leases.get(project_id)
        if lease is not None and lease.id == lease_id:
            await self._end(lease)

    async def _why_not(self, project: Project) -> str:
        if why := self._servers.why_not:
            return t("walks.server.none", why=said(why))
        # A walk would send its mails and orders for real, each time.
        return t("walks.server.reaches_out") if await self._reaches_out(project.id) else ""

    async def _begin(self, actor: Actor, project: Project, version_id: str, builder: str) -> _Lease:
        runnable = Runnable(new_id(), WALK, project.owner, project.id, now())
        async with self._db.session() as session:
            self._runnables.add(session, runnable)
        lease = self._leases[project.id] = _Lease(new_id(), runnable)
        self._contents.versions[runnable.id] = version_id
        register = self._servers.register
        server = register.server_of(runnable)
        try:
            engine = register.engine(server)
            if isinstance(engine, RewindableEngine):
                engine.keep_data()
            await register.rows.keep(server)  # stored before there are data: a later process removes them
            await self._data.begin(project.id, runnable.id, project.owner, self.most_bytes)
            self._routes.lend(project.id, WalkedServer(runnable.id, builder))
            await self._servers.bring_up(actor, runnable.id)
        except BaseException:
            await self._end(lease)
            raise
        return lease

    async def _state(self, actor: Actor, lease: _Lease) -> WalkServerState:
        try:
            shown = await self._servers.state(actor, lease.runnable.id)
        except NotFound:  # it was ended meanwhile
            return WalkServerState(WalkServerStatus.FAILED, why=t("walks.server.ended"))
        if shown.state.status in (EngineStatus.RUNNING, EngineStatus.ASLEEP):
            return WalkServerState(WalkServerStatus.READY, lease.id, server=lease.runnable.id)
        why = _why(shown, time.monotonic() - lease.began)
        if why:
            await self._end(lease)
            return WalkServerState(WalkServerStatus.FAILED, why=why)
        return WalkServerState(WalkServerStatus.STARTING, lease.id, server=lease.runnable.id)

    async def _end(self, lease: _Lease) -> None:
        project = lease.runnable.project_id
        if self._leases.get(project) is lease:
            del self._leases[project]
            self._routes.take_back(project)
        await self._remove(lease.runnable)

    async def _remove(self, runnable: Runnable) -> None:
        await self._servers.removal.forget([runnable.id])
        self._contents.versions.pop(runnable.id, None)
        async with self._db.session() as session:
            await self._runnables.drop(session, runnable.id)


def _why(shown: ServerState, seconds: float) -> str:
    """Why there will be no server; "" while one may still come."""
    if shown.waits_for in (Waits.PERSON, Waits.TOTAL):
        return t("walks.server.no_place") if seconds > PLACE_SECONDS else ""
    if shown.state.status is EngineStatus.PENDING:
        return ""
    fault = shown.state.fault
    return t("walks.server.failed", why=said(fault.says)) if fault else t("walks.server.ended")
