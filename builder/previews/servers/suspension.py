"""Resting servers: paused, asleep or removed; and which server rests so that another gets a place."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from builder.base.errors import Conflict
from builder.previews.engine import ServerEngine
from builder.previews.observation.activity import UseCounter
from builder.previews.servers.places import Places, Waits
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import Server, Stage
from builder.texts import t
from preview_runtime.engines import EngineFailed
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
PAUSE_AGAIN_SECONDS: Final = 0.5
# Only a server that was not used for so long (seconds) rests for another server of the same person.
SPARE_SECONDS: Final = 60.0


class Suspension:
    """Puts servers to rest."""

    def __init__(self, register: ServerRegister, routes: ServerRoutes, places: Places) -> None:
        self._register, self._routes, self._places = register, routes, places

    async def rest(self, server: Server, stage: Stage, still: Callable[[], bool] = lambda: True) -> bool:
        """Put the server to rest, unless something is under way or `still()` is false; returns whether it rests.

        From the call of `still()` on, no request reaches the app: a request waits and then wakes it.
        """
        if server.busy or server.engine is None or not still():
            return False
        rows, before = self._register.rows, server.stage
        async with server.lock:
            server.enter(stage)
            self._routes.tell(server)
            # Stored before the engine acts: after a restart a half-done rest is started again, and never counts as
            # awake.
            await rows.keep(server)
            try:
                if stage is Stage.PAUSED:
                    await _paused(server.engine)
                elif stage is Stage.ASLEEP:
                    await server.engine.sleep()
                else:
                    await server.engine.stop()
            except EngineFailed as failed:
                log.info("The server of %s cannot rest: %s", server.id, failed.fault.says)
                server.enter(before)
                self._routes.tell(server)
                await rows.keep(server)
                return False
            self._register.logs.mark(server.id, t(f"server.log.{stage}"))
            await rows.keep(server)
        if not stage.takes_place:
            self._places.leave(server.id)
        return True

    async def pause(self, server: Server) -> None:
        """Pause a running server at a person's request. Raises Conflict (`busy`, `cannot_rest`)."""
        if server.busy:
            raise Conflict(t("server.busy"), code="busy")
        if not await self.rest(server, Stage.PAUSED):
            raise Conflict(t("server.cannot_rest"), code="cannot_rest")


class Room:
    """Finds servers that nobody uses, and puts one to sleep when another server waits for a place."""

    def __init__(self, register: ServerRegister, suspension: Suspension, activity: UseCounter) -> None:
        self._register, self._suspension, self._activity = register, suspension, activity

    def idle(self, server: Server) -> float:
        """The seconds since the server was last used; 0 while somebody uses it."""
        if server.stage is Stage.AWAKE:
            use = self._activity.of(server.id)
            if server.holds or use.open:
                server.used = time.monotonic()
            server.used = max(server.used, use.last)
        return max(0.0, time.monotonic() - server.used)  # a resting server is woken by a request, which counts as use

    async def make(self, workspace: str, waits: Waits) -> bool:
        """Put the least recently used server to sleep: one of the workspace's own that is paused or idle, or a paused
        one of another workspace, which then takes a second longer to come back."""
        spare = [
            server
            for server in self._register.all
            if (server.stage is Stage.PAUSED and (server.workspace == workspace or waits is Waits.TOTAL))
            or (server.stage is Stage.AWAKE and server.workspace == workspace and self.idle(server) >= SPARE_SECONDS)
        ]
        for server in sorted(spare, key=lambda s: (s.stage is Stage.AWAKE, -self.idle(s))):
            # Carried to its end, even when the start that asked for the place is cancelled: a half-resting server would
            # keep its own place.
            if await uncancelled(self._suspension.rest(server, Stage.ASLEEP, partial(self._spare, server))):
                return True
        return False

    def _spare(self, server: Server) -> bool:
        return server.stage is Stage.PAUSED or self.idle(server) >= SPARE_SECONDS


async def _paused(engine: ServerEngine) -> None:
    """On a busy machine freezing an app with many threads may fail; a moment later it works."""
    for tries_left in (2, 1, 0):
        try:
            return await engine.pause()
        except EngineFailed:
            if not tries_left:
                raise
            await asyncio.sleep(PAUSE_AGAIN_SECONDS)
