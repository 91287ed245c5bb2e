"""Ends of servers: by a person, with what they run, with their data or without."""

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
    """Ends servers, for whoever may decide it. A person's refusal by the engine is raised as Conflict."""

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
        """End the server of what may be gone already; one that does not run is no error. What the app stored stays."""
        server = self._register.get(runnable_id)
        if server is not None:
            with answered():
                await self._end(server)

    def has_ended(self, runnable_id: str) -> bool:
        """Whether nothing runs for it, nor is to: an end would change nothing."""
        server = self._register.get(runnable_id)
        if server is None:
            return True
        # What failed has a route that says so, and may have left a container and a database.
        return server.stage is Stage.STOPPED and server.fault is None and server.adopted and not server.busy

    async def remove_data(self, runnable: Runnable) -> None:
        """End the server and remove what the app stored. Raises Conflict (`no_engine`)."""
        server = self._register.get(runnable.id) or Server(runnable)
        self._register.engine(server)
        await self._data.forget(runnable.id)
        with answered():
            await self._end(server, data=True)
        if not server.busy:
            self._register.take_off(runnable.id)
            await self._register.rows.drop(runnable.id)

    async def forget(self, runnable_ids: Iterable[str]) -> None:
        """Remove all that is left of what is gone for good: containers, data and logs."""
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
        """End the servers of what was put away."""
        for runnable_id in await self._register.rows.put_away():
            server = self._register.get(runnable_id)
            if server is not None and (server.stage is not Stage.STOPPED or server.working):
                await self.end(runnable_id)

    async def _end(self, server: Server, *, data: bool = False) -> None:
        """`data`: what the app stored goes as well. Raises `EngineFailed` where the engine refuses.

        Where no engine answers, it is ended when one does.
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
            server.adopted = False  # until it is gone: what cannot be ended now is ended when the engine answers
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
