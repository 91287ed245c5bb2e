"""The known servers: the state of each, its engine, and its stored row and log."""

from __future__ import annotations

from builder.previews.engine import ServerEngine, ServerEngines
from builder.previews.observation.logs import ServerLogs
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.rows import ServerRows
from builder.previews.servers.server import Server
from builder.texts import said
from preview_runtime.containers.reconciler import Known
from preview_runtime.phrases import Phrase


class ServerRegister:
    """At most one server for each runnable. `rows` find them again after a restart, `logs` keep their output."""

    def __init__(self, rows: ServerRows, engines: ServerEngines, logs: ServerLogs) -> None:
        self.rows, self.engines, self.logs = rows, engines, logs
        self._servers: dict[str, Server] = {}

    @property
    def why_not(self) -> Phrase | None:
        """Why no server can run here, as half a sentence; None when one can."""
        return self.engines.why_not

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk use of previews is measured seldom or not at all; None when it is measured all the time."""
        return self.engines.disk_note

    @property
    def all(self) -> list[Server]:
        """Every known server."""
        return [*self._servers.values()]

    def get(self, runnable_id: str) -> Server | None:
        return self._servers.get(runnable_id)

    def server_of(self, runnable: Runnable) -> Server:
        """Its server, added to the register if it was not known."""
        return self._servers.setdefault(runnable.id, Server(runnable))

    def take_off(self, runnable_id: str) -> Server | None:
        """Remove its server from the register; returns the server, None when none was known."""
        return self._servers.pop(runnable_id, None)

    async def load(self) -> None:
        """Add the servers of an earlier process; known servers stay as they are."""
        for server in await self.rows.mine():
            self._servers.setdefault(server.id, server)

    def engine(self, server: Server) -> ServerEngine:
        """The engine of `server`, made when it is first needed. Raises Conflict (`no_engine`)."""
        if server.engine is None:
            server.engine = self.engines.engine(
                server.id,
                lambda: self.rows.keep(server),
                lambda line: self.logs.say(server.id, said(line) if isinstance(line, Phrase) else line),
            )
            if server.kept is not None:
                server.engine.load_state(server.kept)
        return server.engine

    def engine_of(self, runnable_id: str) -> ServerEngine | None:
        """The engine of a runnable's server, made if needed; None when it never had a server. Raises Conflict."""
        server = self._servers.get(runnable_id)
        return self.engine(server) if server else None

    async def known(self) -> Known:
        """What must not be removed as nobody's: stored data, running servers, and starts under way."""
        rows = [row.state.get("engine", {}) for row in await self.rows.all()]
        live = [server.engine.get_state() for server in self.all if server.engine is not None]
        slots = {str(state["slot"]) for state in (*rows, *live) if state.get("slot")}
        slots |= {server.id for server in self.all}
        return Known(frozenset(slots), await self.rows.lasting(), await self.rows.put_away())
