"""Servers as people have them: brought up to what is there at this moment, looked at, used, put to rest, ended.

Everything here asks first whether the actor may. What happens to servers by itself, and what is decided elsewhere, is the
business of the parts that `ServerPreviews` puts together.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.previews.data.copies import NoCopies, Ready
from builder.previews.engine import LogEntry, NoServerEngines, ServerEngine, ServerEngines
from builder.previews.observation.activity import NoUseCounter, UseCounter
from builder.previews.observation.gauges import GaugeReading, Gauges
from builder.previews.runnables.contents import RunnableContents
from builder.previews.servers.places import PlaceLimits, Places
from builder.previews.servers.recovery import Recovery
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.removal import Removal
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import ABSENT, Server, ServerState, Stage, out_of_reach
from builder.previews.servers.standby import Standby
from builder.previews.servers.starts import Starts
from builder.previews.servers.states import ServerStates
from builder.previews.servers.suspension import Room, Suspension
from builder.texts import t
from preview_runtime.engines import EngineStatus
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.routes.route_table import RouteTable

__all__ = ["LogEntry", "NoServerEngines", "ServerEngine", "ServerEngines", "ServerPreviews", "ServerState"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A server among all of a workspace's. `reading` is None where it takes nothing."""

    project: str
    title: str
    state: ServerState
    reading: GaugeReading | None


class ServerPreviews:
    """At most one server for each runnable. `recovery.recover()` takes up what an earlier process left, `close()` lets
    it run on."""

    def __init__(
        self,
        register: ServerRegister,
        contents: RunnableContents,
        routes: RouteTable,
        *,
        whole: Callable[[FileTree], bool],
        limits: PlaceLimits | None = None,
        activity: UseCounter | None = None,
        data: Ready | None = None,
    ) -> None:
        """`whole(tree)`: the server answers every path; otherwise only /api, beside a front end of its own. `activity`
        says what is used. `data`: the copies that servers begin with.
        """
        activity, data = activity or NoUseCounter(), data or NoCopies()
        self.register, self.is_whole = register, whole
        self.places = Places(limits or PlaceLimits())
        table, gauges = ServerRoutes(routes, contents), Gauges(activity)
        self.suspension = Suspension(register, table, self.places)
        self.room = Room(register, self.suspension, activity)
        self._starts = Starts(register, table, self.places, self.room.make, contents, data, whole)
        self.recovery = Recovery(register, table, self.places, self._starts)
        self.standby = Standby(register, table, self._starts, self.recovery)
        self.removal = Removal(register, table, self.places, data, gauges, activity)
        self._states = ServerStates(register, self.recovery, self.places, data, gauges)
        self._contents = contents

    @property
    def why_not(self) -> Phrase | None:
        """Why no server can run here, as half a sentence; None where one can."""
        return self.register.why_not

    async def bring_up(self, actor: Actor, runnable_id: str) -> ServerState:
        """Have the server run what there is at this moment; returns at once with how far it is.

        Raises NotFound, and Conflict (`no_engine`) where nothing can run a server.
        """
        runnable, wanted = await self._contents.find(actor, runnable_id, Action.RUN)
        server = self.register.server_of(runnable)
        self.register.engine(server)
        server.used = time.monotonic()
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
                        await self.register.rows.keep(server)
            self._starts.begin(server)
        return await self.state(actor, runnable_id)

    async def state(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> ServerState:
        """How the server does at this moment. `action`: what it is asked for. Raises NotFound, Refused."""
        server = await self._server(actor, runnable_id, action)
        return ServerState(ABSENT) if server is None else await self._states.of(server)

    async def pause(self, actor: Actor, runnable_id: str) -> ServerState:
        """Have a running server stand still until the next request. Raises NotFound and Conflict (`busy`,
        `cannot_rest`)."""
        server = await self._server(actor, runnable_id, Action.RUN)
        if server is not None and server.stage is Stage.AWAKE:
            await self.suspension.pause(server)
        return await self.state(actor, runnable_id)

    async def engine(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> ServerEngine | None:
        """The engine of the server; None where none was started. `action`: what it is asked for. Raises NotFound,
        Refused."""
        server = await self._server(actor, runnable_id, action)
        return server.engine if server else None

    async def stop(self, actor: Actor, runnable_id: str) -> None:
        """End the server; one that does not run is no error. Raises NotFound."""
        await self._contents.find(actor, runnable_id, Action.RUN)
        await self.removal.end(runnable_id)

    async def remove_data(self, actor: Actor, runnable_id: str) -> None:
        """End the server and remove what the app stored. Raises NotFound, Conflict (`no_engine`)."""
        runnable, _ = await self._contents.find(actor, runnable_id, Action.DELETE)
        await self.removal.remove_data(runnable)

    async def logs(
        self, actor: Actor, runnable_id: str, *, tail: int = 1000, follow: bool = True
    ) -> AsyncGenerator[LogEntry, None]:
        """What the app writes and wrote in earlier runs: the last `tail` lines, then each as it comes. Raises NotFound."""
        await self._contents.find(actor, runnable_id)
        lines = self.register.logs.lines(runnable_id, tail=tail, follow=follow)
        async with contextlib.aclosing(lines):
            async for line in lines:
                yield line

    async def reading(self, actor: Actor, runnable_id: str) -> GaugeReading | None:
        """What the server takes at this moment; None where none runs. Raises NotFound."""
        server = await self._server(actor, runnable_id)
        return None if server is None else await self._states.reading(server)

    async def listed(self, actor: Actor) -> list[Listed]:
        """The servers of all projects of the workspace that the actor works in, by title; those that were stopped as
        well, for they have data."""
        titles = await self.register.rows.titles(actor)
        mine = sorted((s for s in self.register.all if s.id in titles), key=lambda s: titles[s.id].lower())
        states = await asyncio.gather(*(self._states.of(server) for server in mine))
        readings = await asyncio.gather(*(self._states.reading(server) for server in mine))
        return [
            Listed(server.id, titles[server.id], state, reading)
            for server, state, reading in zip(mine, states, readings, strict=True)
        ]

    @contextlib.asynccontextmanager
    async def use(self, actor: Actor, runnable_id: str, seconds: float = 30.0) -> AsyncIterator[ServerEngine]:
        """The engine of a running server, woken where it rests, which stays awake as long as it is used (a terminal).

        Raises NotFound, and Conflict (`not_running`) where it does not come up in `seconds`.
        """
        server = await self._server(actor, runnable_id, Action.RUN)
        if server is None or not await self.standby.wake(runnable_id, seconds):
            raise Conflict(t("server.not_running"), code="not_running")
        server.holds += 1
        try:
            yield self.register.engine(server)
        finally:
            server.holds -= 1
            server.used = time.monotonic()

    async def close(self) -> None:
        """End what is under way. What runs goes on: the next process finds it."""
        await asyncio.gather(*(server.give_up() for server in self.register.all))
        await self.register.logs.close()

    async def _server(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> Server | None:
        """Its server, where the actor may do this with it; None where it never had one."""
        await self._contents.find(actor, runnable_id, action)
        return self.register.get(runnable_id)

    async def _ended(self, server: Server) -> bool:
        """Whether what should be awake is not; as long as the engine cannot tell, it is taken at its word."""
        found = await self.register.engine(server).poll()
        return found.status not in (EngineStatus.RUNNING, EngineStatus.PENDING) and not out_of_reach(found)
