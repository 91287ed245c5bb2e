"""Servers as people use them: started or updated to the present content, inspected, used, put to rest, ended.

Every method first checks the actor's right. What servers do by themselves, and what is decided elsewhere, is done by
the parts that `ServerPreviews` puts together.
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
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.places import PlaceLimits, Places
from builder.previews.servers.recovery import Recovery
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.removal import Removal
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import ABSENT, Server, ServerState, Stage, out_of_reach
from builder.previews.servers.standby import Standby
from builder.previews.servers.starts import Admits, FailureHeard, Starts
from builder.previews.servers.states import ServerStates
from builder.previews.servers.suspension import Room, Suspension
from builder.texts import t
from preview_runtime.engines import EngineStatus, Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.routes.route_table import RouteTable

__all__ = ["LogEntry", "NoServerEngines", "ServerEngine", "ServerEngines", "ServerPreviews", "ServerState"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A server in the list of a workspace's servers. `reading` is None when it uses nothing."""

    project: str
    title: str
    state: ServerState
    reading: GaugeReading | None


class ServerPreviews:
    """At most one server per runnable. `recovery.recover()` takes up the servers of an earlier process, `close()`
    leaves them running."""

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
        admits: Admits | None = None,
    ) -> None:
        """`whole(tree)`: the server answers every path; otherwise only /api, beside a separate front end. `activity`
        says which servers are used. `data`: the copies of data that servers begin with. `admits`: a tree as it is
        started, and why it may not be.
        """
        activity, data = activity or NoUseCounter(), data or NoCopies()
        self.register, self.is_whole = register, whole
        self.places = Places(limits or PlaceLimits())
        table, gauges = ServerRoutes(routes, contents), Gauges(activity)
        self.suspension = Suspension(register, table, self.places)
        self.room = Room(register, self.suspension, activity)
        self._starts = Starts(
            register, table, self.places, self.room.make, contents, data, whole, admits or _admits_all
        )
        self.recovery = Recovery(register, table, self.places, self._starts)
        self.standby = Standby(register, table, self._starts, self.recovery)
        self.removal = Removal(register, table, self.places, data, gauges, activity)
        self._states = ServerStates(register, self.recovery, self.places, data, gauges)
        self._contents = contents

    @property
    def why_not(self) -> Phrase | None:
        """Why no server can run here, as half a sentence; None when one can."""
        return self.register.why_not

    def on_failed(self, heard: FailureHeard) -> None:
        """Have `heard` told of each server that does not run, and is not brought back by itself."""
        self._starts.heard = heard

    async def bring_up(self, actor: Actor, runnable_id: str) -> ServerState:
        """Have the server run the present content; returns its state at once.

        Raises NotFound, and Conflict (`no_engine`) when nothing can run a server.
        """
        runnable, wanted = await self._contents.find(actor, runnable_id, Action.RUN)
        server = self.register.server_of(runnable)
        self.register.engine(server)
        server.used = time.monotonic()
        if wanted != server.wanted:
            server.loss = None  # other content may fix the fault
        server.wanted = wanted
        if server.wanted != server.done or server.stage is not Stage.AWAKE or await self._ended(server):
            server.asked, server.by = server.asked + 1, actor.id
            server.adopted = True  # the engine finds what runs of it; a start takes that over
            if server.stage is Stage.STOPPED:
                # Stored before anybody is told that it will start: if this process is killed while the start waits, it
                # still happens.
                server.fault = None
                server.enter(Stage.STARTING)
                if not server.lock.locked():  # the holder of the lock stores the final state
                    async with server.lock:
                        await self.register.rows.keep(server)
            self._starts.begin(server)
        return await self.state(actor, runnable_id)

    async def state(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> ServerState:
        """The server's state at the moment. `action`: why it is read. Raises NotFound, Refused."""
        server = await self._server(actor, runnable_id, action)
        return ServerState(ABSENT) if server is None else await self._states.of(server)

    async def rewind(self, actor: Actor, runnable_id: str) -> ServerState:
        """Run the present content anew with the data that the first start found; returns when it answers, or has failed.
        Raises NotFound."""
        server = await self._server(actor, runnable_id, Action.RUN)
        if server is not None:
            await self._starts.rewind(server)
        return await self.state(actor, runnable_id)

    async def pause(self, actor: Actor, runnable_id: str) -> ServerState:
        """Pause a running server until the next request. Raises NotFound and Conflict (`busy`, `cannot_rest`)."""
        server = await self._server(actor, runnable_id, Action.RUN)
        if server is not None and server.stage is Stage.AWAKE:
            await self.suspension.pause(server)
        return await self.state(actor, runnable_id)

    async def engine(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> ServerEngine | None:
        """The engine of the server; None when none was started. `action`: why it is read. Raises NotFound, Refused."""
        server = await self._server(actor, runnable_id, action)
        return server.engine if server else None

    async def stop(self, actor: Actor, runnable_id: str) -> None:
        """End the server; it is no error when it does not run. Raises NotFound."""
        await self._contents.find(actor, runnable_id, Action.RUN)
        await self.removal.end(runnable_id)

    async def remove_data(self, actor: Actor, runnable_id: str) -> None:
        """End the server and remove what the app stored. Raises NotFound, Conflict (`no_engine`)."""
        runnable, _ = await self._contents.find(actor, runnable_id, Action.DELETE)
        await self.removal.remove_data(runnable)

    async def logs(
        self, actor: Actor, runnable_id: str, *, tail: int = 1000, follow: bool = True
    ) -> AsyncGenerator[LogEntry, None]:
        """The app's output, earlier runs included: the last `tail` lines, then each new one. Raises NotFound."""
        await self._contents.find(actor, runnable_id)
        lines = self.register.logs.lines(runnable_id, tail=tail, follow=follow)
        async with contextlib.aclosing(lines):
            async for line in lines:
                yield line

    async def reading(self, actor: Actor, runnable_id: str) -> GaugeReading | None:
        """What the server uses at the moment; None when none runs. Raises NotFound."""
        server = await self._server(actor, runnable_id)
        return None if server is None else await self._states.reading(server)

    async def listed(self, actor: Actor) -> list[Listed]:
        """The servers of all projects in the actor's workspace, by title; stopped ones too, because they have data."""
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
        """The engine of a running server, woken if it rests; the server stays awake while it is used (a terminal).

        Raises NotFound, and Conflict (`not_running`) when the server does not come up within `seconds`.
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
        """End starts and wakes under way. Running servers stay up: the next process finds them."""
        await asyncio.gather(*(server.give_up() for server in self.register.all))
        await self.register.logs.close()

    async def _server(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> Server | None:
        """The runnable's server, if the actor may do this with it; None when it never had one."""
        await self._contents.find(actor, runnable_id, action)
        return self.register.get(runnable_id)

    async def _ended(self, server: Server) -> bool:
        """Whether a server that should be awake is not; while the engine cannot tell, the recorded stage is
        believed."""
        found = await self.register.engine(server).poll()
        return found.status not in (EngineStatus.RUNNING, EngineStatus.PENDING) and not out_of_reach(found)


async def _admits_all(_: Runnable, tree: FileTree) -> tuple[FileTree, Fault | None]:
    return tree, None
