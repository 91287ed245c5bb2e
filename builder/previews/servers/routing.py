"""What the route table says of servers."""

from __future__ import annotations

from builder.previews.runnables.contents import RunnableContents
from builder.previews.servers.server import Server, Stage
from preview_runtime.routes.route_table import Route, RouteTable


class ServerRoutes:
    """Has the route table say of a server what is true."""

    def __init__(self, table: RouteTable, contents: RunnableContents) -> None:
        self._table, self._contents = table, contents

    def tell(self, server: Server) -> None:
        """Where it listens, that it is woken first, or why it does not run."""
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
