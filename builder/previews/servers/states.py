"""The present state of a server, as a person sees it."""

from __future__ import annotations

from builder.previews.data.copies import Ready
from builder.previews.observation.gauges import GaugeReading, Gauges
from builder.previews.servers.places import Places
from builder.previews.servers.recovery import Recovery
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.server import ABSENT, Server, ServerState, Stage
from preview_runtime.engines import EngineState, EngineStatus, Fault, FaultKind, Phase
from preview_runtime.phrases import Phrase


class ServerStates:
    """Asks the engine each time, so that a server which ended meanwhile is noticed, and restarted if it was lost."""

    def __init__(
        self, register: ServerRegister, recovery: Recovery, places: Places, data: Ready, gauges: Gauges
    ) -> None:
        self._register, self._recovery, self._places = register, recovery, places
        self._data, self._gauges = data, gauges

    async def of(self, server: Server) -> ServerState:
        state = await self._engine_state(server)
        ahead, waits_for = self._places.waiting(server.id) or (0, None)
        copying = self._data.state(server.id) if server.working else None
        return ServerState(state, ahead, waits_for, server.stage, server.since, copying, server.loss)

    async def reading(self, server: Server) -> GaugeReading | None:
        """What the server uses; None when it uses nothing or its engine cannot tell."""
        if server.engine is None or server.stage not in (Stage.AWAKE, Stage.PAUSED):
            self._gauges.forget(server.id)
            return None
        return await self._gauges.read(server.id, server.engine)

    async def _engine_state(self, server: Server) -> EngineState:
        if server.working:
            if self._places.waiting(server.id) or server.engine is None:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
            return EngineState(EngineStatus.PENDING, (await server.engine.poll()).phase)
        if server.fault is not None:
            return EngineState(EngineStatus.FAILED, fault=server.fault)
        if server.stage is Stage.STOPPED:
            return ABSENT
        why_not = self._register.why_not
        if not server.adopted:
            if not why_not:
                return EngineState(EngineStatus.PENDING, Phase.QUEUED)
            fault = Fault(FaultKind.PLATFORM, "engine_missing", Phrase("server.away", {"why": why_not}))
            return EngineState(EngineStatus.FAILED, fault=fault)
        if server.stage.wakeable:
            return EngineState(EngineStatus.ASLEEP, Phase.LISTENING)
        return await self._recovery.look(server)
