"""What the server does with apps' servers by itself: idle ones rest, lost ones come back, those of an earlier process
are found again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from builder.previews.servers.previews import ServerPreviews
from builder.previews.servers.server import Server, Stage, out_of_reach
from builder.previews.servers.settings import ServerSettings
from preview_runtime.engines import EngineStatus

log = logging.getLogger(__name__)
LOOK_SECONDS: Final = 3.0
# Resting servers are looked at only every so many rounds: nobody waits for them.
_RESTING_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class IdleTimes:
    """After so many idle seconds a server is paused, put to sleep, or removed; 0 = never."""

    pause: float = 600.0
    sleep: float = 1800.0
    remove: float = 86_400.0

    @classmethod
    def of(cls, settings: ServerSettings) -> IdleTimes:
        minutes = 60.0
        return cls(
            settings.preview_pause_minutes * minutes,
            settings.preview_stop_minutes * minutes,
            settings.preview_remove_hours * 60 * minutes,
        )

    def due(self, stage: Stage, idle: float) -> Stage | None:
        """The stage for a server that has been idle for `idle` seconds; None when it stays in `stage`."""
        if stage not in (Stage.AWAKE, Stage.PAUSED, Stage.ASLEEP):
            return None
        if self.remove and idle >= self.remove:
            return Stage.REMOVED
        if self.sleep and idle >= self.sleep:
            return Stage.ASLEEP if stage is not Stage.ASLEEP else None
        return Stage.PAUSED if self.pause and idle >= self.pause and stage is Stage.AWAKE else None


class Lifecycle:
    """`run()` looks every few seconds and ends when it is cancelled; `round()` is one look."""

    def __init__(self, servers: ServerPreviews, rests: IdleTimes) -> None:
        self._servers, self._rests = servers, rests
        self._rounds = 0

    async def run(self, seconds: float = LOOK_SECONDS) -> None:
        while True:
            try:
                await self.round()
            except Exception:  # one failed round must not end the loop: the next may succeed
                log.exception("The servers could not be looked after; tried again in %s s", seconds)
            await asyncio.sleep(seconds)

    async def round(self) -> None:
        """Look at every server once."""
        servers = self._servers
        if not servers.why_not:
            await servers.recovery.adopt_all()
            resting = self._rounds % _RESTING_ROUNDS == 0
            await asyncio.gather(*(self._look(server, resting) for server in servers.register.all))
            if resting:
                await servers.removal.tidy()
        self._rounds += 1

    async def _look(self, server: Server, resting: bool) -> None:
        try:
            if server.busy or not server.adopted:
                return
            if server.stage is Stage.AWAKE:
                await self._servers.recovery.look(server)
            elif server.comes_back or (resting and server.stage.wakeable):
                await self._resting(server)
            await self._rest(server)
        except Exception:  # an error with one server must not keep the round from the others
            log.exception("The server of %s could not be looked after", server.id)

    async def _rest(self, server: Server) -> None:
        due = self._rests.due(server.stage, self._servers.room.idle(server))
        if due is not None:
            await self._servers.rests.rest(server, due, lambda: self._still(server, due))

    def _still(self, server: Server, due: Stage) -> bool:
        return self._rests.due(server.stage, self._servers.room.idle(server)) is due

    async def _resting(self, server: Server) -> None:
        """A resting server may be gone too: the next request starts it again. A server that was lost before is
        restarted at once."""
        recovery = self._servers.recovery
        found = await self._servers.register.engine(server).poll()
        if server.busy or not server.stage.wakeable or out_of_reach(found):
            return
        if server.comes_back:
            await recovery.lost(server, server.fault)
        elif found.status in (EngineStatus.ABSENT, EngineStatus.FAILED) and server.stage is not Stage.REMOVED:
            await recovery.vanished(server)
