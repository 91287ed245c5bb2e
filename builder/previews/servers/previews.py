"""The server parts of projects: one engine each, brought up to the working copy, put to rest when nobody uses it, woken
by the next request, found again after a restart.

What runs is asked of the engines and never assumed. A start is a supervised task of the server: closing the tab that
asked for it changes nothing. What listens stands in the route table; what rests stands there as asleep.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import Conflict
from builder.previews.data.copies import NoCopies, Ready
from builder.previews.engine import LogEntry, NoServerEngines, ServerEngine, ServerEngines
from builder.previews.failures import answered
from builder.previews.servers.activity import NoUseCounter, UseCounter
from builder.previews.servers.contents import Contents
from builder.previews.servers.gauges import GaugeReading, Gauges
from builder.previews.servers.logs import ServerLogs
from builder.previews.servers.places import PlaceLimits, Waits
from builder.previews.servers.rows import ServerRows, from_row
from builder.previews.servers.server import ABSENT, Key, Server, ServerState, Stage
from builder.previews.servers.work import ServerWork, out_of_reach
from builder.texts import t
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.containers.reconciler import Known
from preview_runtime.engines import EngineFailed, EngineState, EngineStatus, Fault, FaultKind, Phase
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.routes.route_table import RouteTable

__all__ = ["LogEntry", "NoServerEngines", "ServerEngine", "ServerEngines", "ServerPreviews", "ServerState"]

log = logging.getLogger(__name__)
# Only what nobody used for so long makes room for another server of the same person.
SPARE_SECONDS: Final = 60.0
# So long a restart of ours waits for servers to be found again; the rest are found while it runs.
_RECOVER_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A server among all of a workspace's. `reading` is None where it takes nothing."""

    project: str
    title: str
    state: ServerState
    reading: GaugeReading | None


class ServerPreviews:
    """At most one server per project. `recover()` takes up what an earlier process left, `close()` lets it run on.

    It is the `Waker` of the preview hosts, whose `activity` says what is used.
    """

    def __init__(
        self,
        db: Database,
        store: Contents,
        routes: RouteTable,
        engines: ServerEngines,
        *,
        whole: Callable[[FileTree], bool],
        logs: Path,
        limits: PlaceLimits | None = None,
        activity: UseCounter | None = None,
        private: Callable[[str], bool] = lambda _: False,
        data: Ready | None = None,
        place: Callable[[], str] = lambda: "",
    ) -> None:
        """`whole(tree)`: the server answers every path; otherwise only /api, beside a front end of the project's own.
        What apps write is kept below `logs`. `private(preview_id)`: only people with a ticket see a server.
        `data`: the copies that servers begin with. `place()`: see `ServerRows`.
        """
        self._store, self._engines = store, engines
        self.is_whole = whole
        self.limits = limits or PlaceLimits()
        self._activity = activity if activity is not None else NoUseCounter()
        self._rows = ServerRows(db, place)
        self._data = data or NoCopies()
        self._logs = ServerLogs(logs)
        self._gauges = Gauges(self._activity)
        self._servers: dict[str, Server] = {}
        self.work = ServerWork(
            store,
            self._rows,
            routes,
            engines,
            self._logs,
            self.limits,
            whole=whole,
            private=private,
            make_room=self._make_room,
            data=self._data,
        )

    @property
    def why_not(self) -> Phrase | None:
        """Why no server can run here, as half a sentence; "" where one can."""
        return self._engines.why_not

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk that previews take is watched only seldom or not at all, as a sentence; "" where it is."""
        return self._engines.disk_note

    @property
    def all(self) -> list[Server]:
        """Every server there is to know of."""
        return [*self._servers.values()]

    async def bring_up(self, actor: Actor, project_id: str) -> ServerState:
        """Have the server run what the working copy holds; returns at once with how far it is.

        Raises NotFound, and Conflict (`no_engine`) where nothing can run a server.
        """
        project = await self._store.get(actor, project_id, Action.RUN)
        server = self._servers.get(project_id)
        if server is None:
            server = self._servers[project_id] = Server(project_id, project.owner)
        self.work.engine(server)
        server.used = time.monotonic()
        wanted = (project.head or "", project.revision)
        if wanted != server.wanted:
            server.loss = None  # other contents may be the cure
        server.wanted = wanted
        if server.wanted != server.done or server.stage is not Stage.AWAKE or await self._ended(server):
            server.asked += 1
            server.adopted = True  # what runs of it is the engine's to find: a start takes it over
            if server.stage is Stage.STOPPED:
                # Stored before anybody is told that it comes: were we killed while it waits, it comes all the same.
                server.fault = None
                server.enter(Stage.STARTING)
                if not server.lock.locked():  # whoever has it stores what is true at its end
                    async with server.lock:
                        await self._rows.keep(server)
            self.work.begin(server)
        return await self.state(actor, project_id)

    async def offer(self, preview_id: str, owner: str, *, whole: bool) -> None:
        """Have the first request start a server that nobody opens in a workbench: a live link's. It may be known."""
        server = self._servers.get(preview_id)
        if server is None:
            server = self._servers[preview_id] = Server(preview_id, owner)
        elif server.stage is not Stage.STOPPED or server.fault is not None or server.busy:
            return
        server.whole = whole
        server.enter(Stage.REMOVED)
        self.work.route(server)
        await self._rows.keep(server)

    def renew(self, preview_id: str, key: Key) -> None:
        """Have a server run other contents: at once where it is awake, else when it is woken next."""
        server = self._servers.get(preview_id)
        if server is None or server.wanted == key:
            return
        server.wanted = key
        if server.stage is Stage.STOPPED:  # it failed with what it had before
            server.fault = None
            server.enter(Stage.REMOVED)
            self.work.route(server)
        elif server.working or server.stage is Stage.AWAKE:
            server.asked += 1
            self.work.begin(server)

    def reroute(self, preview_id: str) -> None:
        """Have the route table say who may see a server, which was changed."""
        if server := self._servers.get(preview_id):
            self.work.route(server)

    def engine_of(self, project_id: str) -> ServerEngine | None:
        """The engine of a project's server, made where it is needed; None where there never was one. Raises Conflict."""
        server = self._servers.get(project_id)
        return self.work.engine(server) if server else None

    async def state(self, actor: Actor, project_id: str, action: Action = Action.READ) -> ServerState:
        """How the server does at this moment. `action`: what it is asked for. Raises NotFound, Refused."""
        await self._store.get(actor, project_id, action)
        server = self._servers.get(project_id)
        return ServerState(ABSENT) if server is None else await self._shown(server)

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Have a resting server answer again, for a request that waits at most `seconds`; whether it does.

        A server that a person stopped, or that fails by its own fault, stays as it is.
        """
        server = self._servers.get(preview_id)
        if server is None:
            return False
        server.used = time.monotonic()
        if not server.adopted:
            await self.work.adopt(server)
        if not server.working:
            if server.stage is Stage.AWAKE and server.fault is None:
                return True
            late = server.fault is None or time.monotonic() >= server.retry_at
            if not server.adopted or not server.stage.wakeable or not late or self.why_not:
                return False
        await asyncio.wait({self.work.begin(server)}, timeout=seconds)
        return server.stage is Stage.AWAKE and server.fault is None

    async def pause(self, actor: Actor, project_id: str) -> ServerState:
        """Have a running server stand still until the next request. Raises NotFound and Conflict (`busy`,
        `cannot_rest`)."""
        await self._store.get(actor, project_id, Action.RUN)
        server = self._servers.get(project_id)
        if server is not None and server.stage is Stage.AWAKE:
            if server.busy:
                raise Conflict(t("server.busy"), code="busy")
            if not await self.work.rest(server, Stage.PAUSED):
                raise Conflict(t("server.cannot_rest"), code="cannot_rest")
        return await self.state(actor, project_id)

    async def engine(self, actor: Actor, project_id: str, action: Action = Action.READ) -> ServerEngine | None:
        """The engine of the project's server; None where none was started. `action`: what it is asked for. Raises
        NotFound, Refused."""
        await self._store.get(actor, project_id, action)
        server = self._servers.get(project_id)
        return server.engine if server else None

    async def stop(self, actor: Actor, project_id: str) -> None:
        """End the project's server; one that does not run is no error. Raises NotFound."""
        await self._store.get(actor, project_id, Action.RUN)
        await self.remove(project_id)

    async def remove(self, project_id: str) -> None:
        """End the server of a project that may be gone already. What the app stored stays."""
        server = self._servers.get(project_id)
        if server is not None:
            await self._end(server)

    def has_ended(self, project_id: str) -> bool:
        """Whether nothing runs for it, nor is to: an end would change nothing."""
        server = self._servers.get(project_id)
        if server is None:
            return True
        # What failed has a route that says so, and may have left a container and a database.
        return server.stage is Stage.STOPPED and server.fault is None and server.adopted and not server.busy

    async def remove_data(self, actor: Actor, project_id: str) -> None:
        """End the project's server and remove what the app stored. Raises NotFound, Conflict (`no_engine`)."""
        project = await self._store.get(actor, project_id, Action.DELETE)
        server = self._servers.get(project_id) or Server(project_id, project.owner)
        self.work.engine(server)
        await self._data.forget(project_id)
        await self._end(server, data=True)
        if not server.busy:
            self._servers.pop(project_id, None)
            await self._rows.drop(project_id)

    async def forget(self, project_ids: Iterable[str]) -> None:
        """Remove all that is left of projects that are gone for good: containers, data and logs."""
        for project_id in project_ids:
            server = self._servers.pop(project_id, None)
            await self._data.forget(project_id)
            try:
                if server is not None:
                    await self.work.end(server, data=True)
            except (Conflict, EngineFailed) as error:
                log.warning("What the server of project %s stored could not be removed: %s", project_id, error)
            self._gauges.forget(project_id)
            self._activity.forget(project_id)
            await self._logs.remove(project_id)
            await self._rows.drop(project_id)

    async def logs(
        self, actor: Actor, project_id: str, *, tail: int = 1000, follow: bool = True
    ) -> AsyncGenerator[LogEntry, None]:
        """What the app writes and wrote in earlier runs: the last `tail` lines, then each as it comes. Raises NotFound."""
        await self._store.get(actor, project_id)
        async with contextlib.aclosing(self._logs.lines(project_id, tail=tail, follow=follow)) as lines:
            async for line in lines:
                yield line

    async def reading(self, actor: Actor, project_id: str) -> GaugeReading | None:
        """What the server takes at this moment; None where none runs. Raises NotFound."""
        await self._store.get(actor, project_id)
        server = self._servers.get(project_id)
        return None if server is None else await self._gauges.read(server)

    async def listed(self, actor: Actor) -> list[Listed]:
        """All servers of the workspace that the actor works in, by title; those that were stopped as well, for they have
        data."""
        titles = await self._rows.titles(actor)
        mine = sorted((s for s in self.all if s.project in titles), key=lambda s: titles[s.project].lower())
        states = await asyncio.gather(*(self._shown(server) for server in mine))
        readings = await asyncio.gather(*(self._gauges.read(server) for server in mine))
        return [
            Listed(server.project, titles[server.project], state, reading)
            for server, state, reading in zip(mine, states, readings, strict=True)
        ]

    @contextlib.asynccontextmanager
    async def use(self, actor: Actor, project_id: str, seconds: float = 30.0) -> AsyncIterator[ServerEngine]:
        """The engine of a running server, woken where it rests, which stays awake as long as it is used (a terminal).

        Raises NotFound, and Conflict (`not_running`) where it does not come up in `seconds`.
        """
        await self._store.get(actor, project_id, Action.RUN)
        server = self._servers.get(project_id)
        if server is None or not await self.wake(project_id, seconds):
            raise Conflict(t("server.not_running"), code="not_running")
        server.holds += 1
        try:
            yield self.work.engine(server)
        finally:
            server.holds -= 1
            server.used = time.monotonic()

    def idle(self, server: Server) -> float:
        """For how many seconds nobody has used the server; 0 while somebody does."""
        if server.stage is Stage.AWAKE:
            use = self._activity.of(server.project)
            if server.holds or use.open:
                server.used = time.monotonic()
            server.used = max(server.used, use.last)
        return max(0.0, time.monotonic() - server.used)  # what rests is woken by a request, and used then

    async def recover(self) -> None:
        """Take up what an earlier process started, as far as an engine answers; the rest when it does (`Lifecycle`)."""
        for row in await self._rows.mine():
            server = self._servers.setdefault(row.project, from_row(row))
            self.work.route(server)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RECOVER_SECONDS):
                await self.adopt()

    async def adopt(self) -> None:
        """Compare what is known of servers with what runs, for all that were not compared yet."""
        await asyncio.gather(*(self.work.adopt(server) for server in self.all if not server.adopted))

    async def tidy(self) -> None:
        """End the servers of projects that were deleted."""
        for project_id in await self._rows.gone():
            server = self._servers.get(project_id)
            if server is not None and (server.stage is not Stage.STOPPED or server.working):
                await self._end(server)

    async def known(self) -> Known:
        """What is somebody's, for whoever removes the rest: what was stored, what is at work, and what is under way."""
        rows = [row.state.get("engine", {}) for row in await self._rows.all()]
        live = [server.engine.get_state() for server in self.all if server.engine is not None]
        slots = {str(state["slot"]) for state in (*rows, *live) if state.get("slot")}
        slots |= {server.project for server in self.all}
        return Known(frozenset(slots), await self._rows.projects(), await self._rows.deleted())

    async def close(self) -> None:
        """End what is under way. What runs goes on: the next process finds it."""
        await asyncio.gather(*(server.give_up() for server in self.all))
        await self._logs.close()

    async def _end(self, server: Server, *, data: bool = False) -> None:
        with answered():
            await self.work.end(server, data=data)

    async def _ended(self, server: Server) -> bool:
        """Whether what should be awake is not; as long as the engine cannot tell, it is taken at its word."""
        found = await self.work.engine(server).poll()
        return found.status not in (EngineStatus.RUNNING, EngineStatus.PENDING) and not out_of_reach(found)

    async def _shown(self, server: Server) -> ServerState:
        state = await self._engine_state(server)
        ahead, waits_for = self.work.places.waiting(server.project) or (0, None)
        copying = self._data.state(server.project) if server.working else None
        return ServerState(state, ahead, waits_for, server.stage, server.since, copying, server.loss)

    async def _engine_state(self, server: Server) -> EngineState:
        if server.working:
            if self.work.places.waiting(server.project) or server.engine is None:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
            return EngineState(EngineStatus.PENDING, (await server.engine.poll()).phase)
        if server.fault is not None:
            return EngineState(EngineStatus.FAILED, fault=server.fault)
        if server.stage is Stage.STOPPED:
            return ABSENT
        if not server.adopted:
            if self.why_not is None:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
            return EngineState(EngineStatus.FAILED, fault=_no_engine(self.why_not))
        if server.stage.wakeable:
            return EngineState(EngineStatus.ASLEEP, Phase.LISTENING)
        return await self.look(server)

    async def look(self, server: Server) -> EngineState:
        """Find out whether what should be awake is; what is lost is brought back."""
        found = await self.work.engine(server).poll()
        if server.busy or server.stage is not Stage.AWAKE:
            return EngineState(EngineStatus.PENDING, found.phase)
        if found.status is EngineStatus.RUNNING:
            if found.address and found.address != server.address:
                server.address = found.address
                self.work.route(server)
        elif found.status is not EngineStatus.PENDING and not out_of_reach(found):
            await self.work.ended(server, found)
            if server.working:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
        return found

    async def _make_room(self, owner: str, waits: Waits) -> bool:
        """Send to sleep what was used least recently: of the person's own what is paused or idle, of others' what is
        paused, which costs them a second when they come back."""
        spare = [
            server
            for server in self.all
            if (server.stage is Stage.PAUSED and (server.owner == owner or waits is Waits.TOTAL))
            or (server.stage is Stage.AWAKE and server.owner == owner and self.idle(server) >= SPARE_SECONDS)
        ]
        for server in sorted(spare, key=lambda s: (s.stage is Stage.AWAKE, -self.idle(s))):
            # To its end, also when who asked for the place gives up: half at rest, it would keep its own.
            if await uncancelled(self.work.rest(server, Stage.ASLEEP, lambda server=server: self._spare(server))):  # type: ignore[misc]
                return True
        return False

    def _spare(self, server: Server) -> bool:
        return server.stage is Stage.PAUSED or self.idle(server) >= SPARE_SECONDS


def _no_engine(why_not: Phrase) -> Fault:
    return Fault(FaultKind.PLATFORM, "engine_missing", Phrase("server.away", {"why": why_not}))
