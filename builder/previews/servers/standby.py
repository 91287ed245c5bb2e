"""Servers that a request starts: resting ones, and those that nobody opens in a workbench."""

from __future__ import annotations

import asyncio
import time

from builder.previews.runnables.contents import Key
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.recovery import Recovery
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import Stage
from builder.previews.servers.starts import Starts


class Standby:
    """It is the `Waker` of the preview hosts."""

    def __init__(self, register: ServerRegister, routes: ServerRoutes, starts: Starts, recovery: Recovery) -> None:
        self._register, self._routes, self._starts, self._recovery = register, routes, starts, recovery

    async def offer(self, runnable: Runnable, *, whole: bool) -> None:
        """Have the first request start a server, such as a live link's. It is no error when the server is known
        already."""
        server = self._register.get(runnable.id)
        if server is None:
            server = self._register.server_of(runnable)
        elif server.stage is not Stage.STOPPED or server.fault is not None or server.busy:
            return
        server.whole = whole
        server.enter(Stage.REMOVED)
        self._routes.tell(server)
        await self._register.rows.keep(server)

    def renew(self, runnable_id: str, key: Key) -> None:
        """Have a server run other content: at once if it is awake, else when it is woken next."""
        server = self._register.get(runnable_id)
        if server is None or server.wanted == key:
            return
        server.wanted = key
        if server.stage is Stage.STOPPED:  # it failed with its previous content
            server.fault = None
            server.enter(Stage.REMOVED)
            self._routes.tell(server)
        elif server.working or server.stage is Stage.AWAKE:
            server.asked += 1
            self._starts.begin(server)

    def reroute(self, runnable_id: str) -> None:
        """Write to the route table who may see a server, after that has changed."""
        if server := self._register.get(runnable_id):
            self._routes.tell(server)

    async def wake(self, preview_id: str, seconds: float) -> bool:
        """Wake a resting server for a request that waits at most `seconds`; returns whether it answers.

        A server that a person stopped, or that fails by its own fault, is not started.
        """
        server = self._register.get(preview_id)
        if server is None:
            return False
        server.used = time.monotonic()
        if not server.adopted:
            await self._recovery.adopt(server)
        if not server.working:
            if server.stage is Stage.AWAKE and server.fault is None:
                return True
            late = server.fault is None or time.monotonic() >= server.retry_at
            if not server.adopted or not server.stage.wakeable or not late or self._register.why_not:
                return False
        await asyncio.wait({self._starts.begin(server)}, timeout=seconds)
        return server.stage is Stage.AWAKE and server.fault is None
