"""Writes the state of servers to the route table."""

from __future__ import annotations

from builder.previews.runnables.contents import RunnableContents
from builder.previews.servers.server import Server, Stage
from preview_runtime.routes.route_table import Route, RouteTable


class ServerRoutes:
    """Keeps a server's entry in the route table up to date."""

    def __init__(self, table: RouteTable, contents: RunnableContents) -> None:
        self._table, self._contents = table, contents

    def tell(self, server: Server) -> None:
        """Its address, that it has to be woken first, or why it does not run."""
        fault, retried = server.fault, server.stage.wakeable
        if server.stage is Stage.STOPPED and fault is None:
            self._table.drop(server.id)
            return
        awake = server.stage is Stage.AWAKE and server.adopted
        route = Route(
            server.address if awake else "",
            whole=server.whole,
            asleep=not awake,
            private=self._contents.private(server.runnable),
            problem=fault.says if fault is not None and not retried else None,
        )
        self._table.put(server.id, route)
