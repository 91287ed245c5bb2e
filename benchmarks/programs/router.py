"""The router in a process of its own: python -m benchmarks.programs.router PORT PREVIEW_ID UPSTREAM."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

import uvicorn

from builder.texts import said
from preview_runtime.output import Output
from preview_runtime.routes.limits import VisitorLimits
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable

# One visitor asks more than one may.
UNLIMITED: Final = VisitorLimits(requests_per_second=0)


class Nothing:
    """No output and no packages: every request is the server part's."""

    async def find(self, preview_id: str) -> Output | None:  # noqa: ARG002
        return None

    def path(self, hash: str, file: str) -> Path | None:  # noqa: ARG002
        return None


def host(table: RouteTable) -> PreviewHost:
    """A preview host that serves `table` and nothing else."""
    return PreviewHost(Nothing(), Nothing(), Path(tempfile.gettempdir()), speak=said, routes=table, limits=UNLIMITED)


if __name__ == "__main__":
    port, preview_id, upstream = sys.argv[1:]
    routes = RouteTable()
    routes.put(preview_id, Route(upstream))
    uvicorn.run(host(routes), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
