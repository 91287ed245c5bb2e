"""Finds out what happened to servers in the meantime: those of an earlier process, and those that ended by
themselves."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Final

from builder.base.ids import now
from builder.previews.engine import ServerEngine
from builder.previews.runnables.contents import NOTHING
from builder.previews.servers.places import Places
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import LOSSES, MOST_LOSSES, Loss, Server, Stage, out_of_reach
from builder.previews.servers.starts import Starts
from builder.texts import said, t
from preview_runtime.engines import EngineFailed, EngineState, EngineStatus, Fault, FaultKind, Phase
from preview_runtime.phrases import Phrase

log = logging.getLogger(__name__)
# How long (seconds) a starting process waits for servers to be found again; the others are found while it runs.
_RECOVER_SECONDS: Final = 5.0


class Recovery:
    """Compares the recorded state of servers with what runs. The engines are asked for that; nothing is assumed."""

    def __init__(self, register: ServerRegister, routes: ServerRoutes, places: Places, starts: Starts) -> None:
        self._register, self._routes, self._places, self._starts = register, routes, places, starts

    async def recover(self) -> None:
        """Take up the servers of an earlier process, as far as an engine answers; the rest when it does
        (`Lifecycle`)."""
        await self._register.load()
        for server in self._register.all:
            self._routes.tell(server)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_RECOVER_SECONDS):
                await self.adopt_all()

    async def adopt_all(self) -> None:
        """Compare all servers that were not compared yet."""
        await asyncio.gather(*(self.adopt(server) for server in self._register.all if not server.adopted))

    async def look(self, server: Server) -> EngineState:
        """Check the servers that should be awake, and restart those that are lost."""
        found = await self._register.engine(server).poll()
        if server.busy or server.stage is not Stage.AWAKE:
            return EngineState(EngineStatus.PENDING, found.phase)
        if found.status is EngineStatus.RUNNING:
            if found.address and found.address != server.address:
                server.address = found.address
                self._routes.tell(server)
        elif found.status is not EngineStatus.PENDING and not out_of_reach(found):
            await self.ended(server, found)
            if server.working:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
        return found

    async def ended(self, server: Server, found: EngineState) -> None:
        """A server that should be awake is not. After an error of its own, or a limit that it passed, a person has to
        act; after anything else it is restarted."""
        fault = found.fault
        if fault is not None and fault.code not in LOSSES:
            self._places.leave(server.id)
            await self._starts.failed(server, fault)
        else:
            await self.lost(server, fault)

    async def vanished(self, server: Server) -> None:
        """A resting server is gone from the engine: the next request starts it again."""
        server.enter(Stage.REMOVED)
        self._routes.tell(server)
        self._places.leave(server.id)
        await self._register.rows.keep(server)

    async def lost(self, server: Server, fault: Fault | None) -> None:
        """The server ended against its will: restart it, unless that happens again and again."""
        out_of_memory = fault is not None and fault.code == "out_of_memory"
        why = fault.says if fault is not None and out_of_memory else Phrase("server.lost")
        log.warning("The server of %s is lost: %s", server.id, why)
        if server.lost_too_often(time.monotonic()):
            kind = fault.kind if fault is not None else FaultKind.PLATFORM
            says = Phrase("server.crash_loop", {"why": why, "count": MOST_LOSSES})
            self._places.leave(server.id)
            await self._starts.failed(server, Fault(kind, "crash_loop", says, frame=fault.frame if fault else ""))
            return
        self._register.logs.mark(server.id, f"{said(why)} {t('server.log.back')}")
        if fault is not None and out_of_memory:
            server.loss = Loss(fault, now())
        server.enter(Stage.REMOVED)
        server.fault, server.done, server.comes_back = None, NOTHING, True
        self._routes.tell(server)
        self._starts.begin(server)

    async def adopt(self, server: Server) -> bool:
        """Compare a server's recorded state from an earlier process with what runs; False while the engine cannot
        tell."""
        if server.busy or self._register.why_not:
            return server.adopted
        async with server.lock:
            try:
                engine = self._register.engine(server)
                found = await engine.poll()
                if found.status is EngineStatus.PENDING or out_of_reach(found):
                    return False
                await self._take_up(server, engine, found)
            except Exception:  # an error with one server must not keep the others from coming back
                log.exception("The server of %s could not be found again", server.id)
                return False
            server.adopted = True
            self._routes.tell(server)
        return True

    async def _take_up(self, server: Server, engine: ServerEngine, found: EngineState) -> None:
        before = server.stage
        if before is Stage.STOPPED:
            if found.status is not EngineStatus.ABSENT:
                await engine.stop()
        elif found.status is EngineStatus.RUNNING and (before is not Stage.AWAKE or server.done == NOTHING):
            # A start, a wake or a rest was interrupted half-way.
            server.done, server.comes_back = NOTHING, True
            self._starts.begin(server)
        elif found.status is EngineStatus.RUNNING:
            with contextlib.suppress(EngineFailed):
                await engine.resume()  # paused, because the last process was killed while it copied or counted its data
            self._starts.awake(server, found.address)
            self._starts.follow(server)
        elif found.status is EngineStatus.ASLEEP:
            server.enter(before if before is Stage.PAUSED else Stage.ASLEEP)
        elif not before.takes_place or before is Stage.PAUSED:
            server.enter(Stage.REMOVED)
        else:
            await self.ended(server, found)
        if server.stage.takes_place:
            self._places.hold(server.id, server.workspace)
        self._routes.tell(server)
        if server.stage is not before:
            await self._register.rows.keep(server)
