"""What apps store of their own: the data of their servers, and their databases, as they were counted last."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.previews.data.databases import DatabaseEngines
from builder.previews.runnables.runnables import PROJECT
from builder.previews.runnables.tables import StoredServer
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.server import Stage
from preview_runtime.containers.beside.database import DatabaseStatus
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
_EVERY_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 20.0


class StoredData:
    """The data of a server are counted while it is awake (see `DiskWatch`), and its last count is stored with it; a
    database's while it is awake, and known as long as this process runs. What was never counted counts nothing."""

    def __init__(self, register: ServerRegister, engines: DatabaseEngines) -> None:
        self._register, self._engines = register, engines
        self._databases: dict[str, int] = {}
        self._tasks = Tasks()

    def begin(self) -> None:
        self._tasks.forever(self._look_after, "count what databases hold")

    async def close(self) -> None:
        await self._tasks.close()

    async def of(self, session: AsyncSession, workspace: str) -> int:
        """Bytes of all that the apps of a workspace store."""
        rows = select(col(StoredServer.runnable), col(StoredServer.state)).where(col(StoredServer.owner) == workspace)
        counts: dict[str, int] = {}
        for runnable, state in (await session.execute(rows)).all():
            live = self._register.get(runnable)
            engine = live.engine if live is not None else None
            counts[runnable] = _counted(engine.get_state() if engine is not None else state.get("engine", {}))
        return sum(counts.values()) + sum(self._databases.get(runnable, 0) for runnable in counts)

    async def look(self) -> None:
        """Count the databases that are awake; none is woken for it."""
        databases = self._engines.databases
        if databases is None:
            return
        for server in self._register.all:
            if server.stage is not Stage.AWAKE or server.runnable.kind != PROJECT:
                continue
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    if await databases.status(server.id) is DatabaseStatus.RUNNING:
                        self._databases[server.id] = (await databases.usage(server.id)).size
            except Exception as error:  # one that does not answer now is counted next time
                log.info("The database of %s could not be counted: %s", server.id, error)

    def forget(self, project: str) -> None:
        self._databases.pop(project, None)

    async def _look_after(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_SECONDS)


def _counted(state: dict[str, Any]) -> int:
    return int(state.get("stored", 0) or 0)
