"""Ends servers: by a person's request, together with what they show, with or without their data."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from builder.base.errors import Conflict
from builder.previews.data.copies import Ready
from builder.previews.failures import answered
from builder.previews.observation.activity import UseCounter
from builder.previews.observation.gauges import Gauges
from builder.previews.runnables.contents import NOTHING
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.places import Places
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import Server, Stage
from builder.texts import t
from preview_runtime.engines import EngineFailed

log = logging.getLogger(__name__)


class Removal:
    """Ends servers; the callers check the right to do so. When the engine refuses a person's request, Conflict is
    raised."""

    def __init__(
        self,
        register: ServerRegister,
        routes: ServerRoutes,
        places: Places,
        data: Ready,
        gauges: Gauges,
        activity: UseCounter,
    ) -> None:
        self._register, self._routes, self._places = register, routes, places
        self._data, self._gauges, self._activity = data, gauges, activity

    async def end(self, runnable_id: str) -> None:
        """End the server of a runnable that may be gone already; it is no error when it does not run. The data stay."""
        server = self._register.get(runnable_id)
        if server is not None:
            with answered():
                await self._end(server)

    def has_ended(self, runnable_id: str) -> bool:
        """Whether nothing runs for it or will run, so that ending it would change nothing."""
        server = self._register.get(runnable_id)
        if server is None:
            return True
        # A failed server has a route that says so, and may have left a container and a database.
        return server.stage is Stage.STOPPED and server.fault is None and server.adopted and not server.busy

    async def remove_data(self, runnable: Runnable) -> None:
        """End the server and remove its data. Raises Conflict (`no_engine`)."""
        server = self._register.get(runnable.id) or Server(runnable)
        self._register.engine(server)
        await self._data.forget(runnable.id)
        with answered():
            await self._end(server, data=True)
        if not server.busy:
            self._register.take_off(runnable.id)
            await self._register.rows.drop(runnable.id)

    async def forget(self, runnable_ids: Iterable[str]) -> None:
        """Remove everything that is left of runnables that are gone for good: containers, data and logs."""
        for runnable_id in runnable_ids:
            server = self._register.take_off(runnable_id)
            await self._data.forget(runnable_id)
            try:
                if server is not None:
                    await self._end(server, data=True)
            except (Conflict, EngineFailed) as error:
                log.warning("What the server of %s stored could not be removed: %s", runnable_id, error)
            self._gauges.forget(runnable_id)
            self._activity.forget(runnable_id)
            await self._register.logs.remove(runnable_id)
            await self._register.rows.drop(runnable_id)

    async def tidy(self) -> None:
        """End the servers of deleted projects and their links."""
        for runnable_id in await self._register.rows.put_away():
            server = self._register.get(runnable_id)
            if server is not None and (server.stage is not Stage.STOPPED or server.working):
                await self.end(runnable_id)

    async def _end(self, server: Server, *, data: bool = False) -> None:
        """`data`: the app's data are removed too. Raises `EngineFailed` when the engine refuses.

        If no engine answers, the server is ended when one does.
        """
        await server.give_up()
        rows, logs = self._register.rows, self._register.logs
        async with server.lock:
            was_up = server.stage.takes_place
            server.enter(Stage.STOPPED)
            server.fault, server.loss, server.done, server.comes_back = None, None, NOTHING, False
            self._routes.tell(server)
            self._places.leave(server.id)
            await rows.keep(server)
            server.adopted = False  # until it is gone: if it cannot be ended here, it is ended when the engine answers
            if self._register.why_not and not data:
                return
            engine = self._register.engine(server)
            await (engine.remove() if data else engine.stop())
            server.adopted = True
            if was_up:
                logs.mark(server.id, t("server.log.stopped"))
            if data:
                logs.mark(server.id, t("server.log.data_removed"))
            await rows.keep(server)
