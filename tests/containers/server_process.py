"""A process of ours that starts, edits, rests and wakes servers without end, to be killed at any moment.

`python -m tests.containers.server_process DATA_DIR DOCKER_HOST PROJECT…`
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from pathlib import Path

import httpx

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import Conflict
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.servers.server import Stage


async def live(services: Services, project: str) -> None:
    servers = services.servers
    for turn in itertools.count():
        with contextlib.suppress(Conflict, httpx.HTTPError):
            await servers.bring_up(LOCAL_OWNER, project)
            server = next(server for server in servers.register.all if server.id == project)
            if server.task:
                await server.task
            if (route := services.routes.find(project)) and route.awake:
                async with httpx.AsyncClient(timeout=30) as client:
                    await client.get(f"{route.upstream}/visit")
            for stage in (Stage.PAUSED, Stage.ASLEEP, Stage.REMOVED):
                await servers.suspension.rest(server, stage)
                await servers.standby.wake(project, 60)
            if turn % 2:
                await servers.stop(LOCAL_OWNER, project)
            await services.store.write_working(LOCAL_OWNER, project, {"note.txt": f"turn {turn}"})


async def main(data_dir: str, docker_host: str, *projects: str) -> None:
    services = Services(Settings(_env_file=None, data_dir=Path(data_dir), docker_host=docker_host))
    await services.db.migrate()
    await services.engines.look()
    await services.servers.recovery.recover()
    print("at work", flush=True)
    await asyncio.gather(*(live(services, project) for project in projects))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
