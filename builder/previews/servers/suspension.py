"""Servers at rest: paused, asleep, removed; and who rests so that another has a place."""

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
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.engines import EngineFailed

log = logging.getLogger(__name__)
PAUSE_AGAIN_SECONDS: Final = 0.5
# Only what nobody used for so long makes room for another server of the same person.
SPARE_SECONDS: Final = 60.0


class Suspension:
    """Puts servers to rest."""

    def __init__(self, register: ServerRegister, routes: ServerRoutes, places: Places) -> None:
        self._register, self._routes, self._places = register, routes, places

    async def rest(self, server: Server, stage: Stage, still: Callable[[], bool] = lambda: True) -> bool:
        """Put the server to rest, unless something is under way or `still()` is false; answers whether it rests.

        From the moment that `still()` is asked no request reaches the app: it waits, and wakes it.
        """
        if server.busy or server.engine is None or not still():
            return False
        rows, before = self._register.rows, server.stage
        async with server.lock:
            server.enter(stage)
            self._routes.tell(server)
            # Before it is done: what a restart of ours finds half done is started, never taken for awake.
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
        """Have a running server stand still, as a person asks. Raises Conflict (`busy`, `cannot_rest`)."""
        if server.busy:
            raise Conflict(t("server.busy"), code="busy")
        if not await self.rest(server, Stage.PAUSED):
            raise Conflict(t("server.cannot_rest"), code="cannot_rest")


class Room:
    """Which servers nobody uses, and may rest for one that waits for a place."""

    def __init__(self, register: ServerRegister, suspension: Suspension, activity: UseCounter) -> None:
        self._register, self._suspension, self._activity = register, suspension, activity

    def idle(self, server: Server) -> float:
        """For how many seconds nobody has used the server; 0 while somebody does."""
        if server.stage is Stage.AWAKE:
            use = self._activity.of(server.id)
            if server.holds or use.open:
                server.used = time.monotonic()
            server.used = max(server.used, use.last)
        return max(0.0, time.monotonic() - server.used)  # what rests is woken by a request, and used then

    async def make(self, workspace: str, waits: Waits) -> bool:
        """Send to sleep what was used least recently: of the workspace's own what is paused or idle, of others' what is
        paused, which costs them a second when they come back."""
        spare = [
            server
            for server in self._register.all
            if (server.stage is Stage.PAUSED and (server.workspace == workspace or waits is Waits.TOTAL))
            or (server.stage is Stage.AWAKE and server.workspace == workspace and self.idle(server) >= SPARE_SECONDS)
        ]
        for server in sorted(spare, key=lambda s: (s.stage is Stage.AWAKE, -self.idle(s))):
            # To its end, also when who asked for the place gives up: half at rest, it would keep its own.
            if await uncancelled(self._suspension.rest(server, Stage.ASLEEP, partial(self._spare, server))):
                return True
        return False

    def _spare(self, server: Server) -> bool:
        return server.stage is Stage.PAUSED or self.idle(server) >= SPARE_SECONDS


async def _paused(engine: ServerEngine) -> None:
    """A busy machine may fail to freeze an app that has many threads; a moment later it can."""
    for tries_left in (2, 1, 0):
        try:
            return await engine.pause()
        except EngineFailed:
            if not tries_left:
                raise
            await asyncio.sleep(PAUSE_AGAIN_SECONDS)
