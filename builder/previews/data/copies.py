"""The copies of what apps stored that are under way: for a live link, or for a duplicate of a project.

A copy is a supervised task of the server and a row until it is done: a restart of ours makes it anew. The preview it is
for does not start before. One that failed is tried again by its next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from sqlalchemy import select

from builder.base.db import Database
from builder.base.errors import Conflict
from builder.base.tables import DataCopy
from builder.previews.engine import ServerEngine
from builder.texts import t
from preview_runtime.engines import EngineFailed, Fault, FaultKind

log = logging.getLogger(__name__)
_BROKEN: Final = "data_not_copied"


class Copier(Protocol):
    """See `preview_runtime.containers.data.copies.DataCopies`."""

    async def copy(self, source: ServerEngine, target: str, tell: Callable[[int, int], None]) -> None: ...


class Ready(Protocol):
    """What the servers ask of the copies."""

    def state(self, target: str) -> CopyState | None: ...

    async def ready(self, target: str) -> None: ...

    async def forget(self, target: str) -> None: ...


@dataclass(frozen=True, slots=True)
class CopyState:
    """How far a copy is, in bytes; `problem` says why it failed, "" while it is under way."""

    done: int = 0
    total: int = 0
    problem: str = ""


@dataclass
class _Copy:
    source: str
    done: int = 0
    total: int = 0
    fault: Fault | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class NoCopies:
    """Where nothing is copied."""

    def state(self, target: str) -> CopyState | None:  # noqa: ARG002 - as the others have it
        return None

    async def ready(self, target: str) -> None: ...

    async def forget(self, target: str) -> None: ...


class DataCopies:
    """All copies there are. `copier()` raises Conflict while nothing can run containers; `source(project)` is the
    engine of its server, None where it never had one; `changed(target)` is told of a beginning and an end.
    """

    def __init__(
        self,
        db: Database,
        copier: Callable[[], Copier],
        source: Callable[[str], ServerEngine | None],
        changed: Callable[[str], Awaitable[None]],
    ) -> None:
        self._db, self._copier, self._source, self._changed = db, copier, source, changed
        self._copies: dict[str, _Copy] = {}

    async def recover(self) -> None:
        """Make anew what an earlier process of ours did not finish."""
        async with self._db.reader() as session:
            rows = [*await session.scalars(select(DataCopy))]
        for row in rows:
            self._begin(row.target, row.source)

    async def begin(self, source: str, target: str, owner: str) -> None:
        """Have `target` begin with what `source` stored; returns at once. Nothing happens where it never ran."""
        if target in self._copies or self._source_known(source) is False:
            return
        async with self._db.session() as session:
            await session.merge(DataCopy(target=target, source=source, owner=owner))
        if target not in self._copies:
            self._begin(target, source)

    def state(self, target: str) -> CopyState | None:
        """None where nothing is copied."""
        copy = self._copies.get(target)
        if copy is None:
            return None
        return CopyState(copy.done, copy.total, copy.fault.message if copy.fault else "")

    async def ready(self, target: str) -> None:
        """Return once `target` has its data; one that failed is tried again. Raises EngineFailed."""
        copy = self._copies.get(target)
        if copy is None:
            return
        if copy.task is None or copy.task.done():
            copy = self._begin(target, copy.source)
        if copy.task is not None:
            await asyncio.wait({copy.task})
        if copy.fault is not None:
            raise EngineFailed(copy.fault)
        if self._copies.get(target) is copy:  # it has a mistake of ours, or we are about to end
            raise EngineFailed(Fault(FaultKind.PLATFORM, _BROKEN, t("data.broken")))

    async def forget(self, target: str) -> None:
        """Leave what is under way: the data are to go."""
        copy = self._copies.pop(target, None)
        if copy is None:
            return
        if copy.task is not None:
            copy.task.cancel()
            await asyncio.gather(copy.task, return_exceptions=True)
        await self._drop(target)

    async def close(self) -> None:
        """End what is under way; the next process makes it anew."""
        tasks = [copy.task for copy in self._copies.values() if copy.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _source_known(self, source: str) -> bool:
        try:
            return self._source(source) is not None
        except Conflict:  # no engine at this moment: it may have data
            return True

    def _begin(self, target: str, source: str) -> _Copy:
        copy = self._copies[target] = _Copy(source)
        copy.task = asyncio.create_task(self._run(target, copy), name=f"data of {source} for {target}")
        copy.task.add_done_callback(_report)
        return copy

    async def _run(self, target: str, copy: _Copy) -> None:
        await self._changed(target)
        try:
            await self.ready(copy.source)  # which may wait for its own
            engine = self._source(copy.source)
            if engine is not None:

                def tell(done: int, total: int) -> None:
                    copy.done, copy.total = done, total

                await self._copier().copy(engine, target, tell)
        except EngineFailed as failed:
            copy.fault = failed.fault
        except Conflict as error:
            copy.fault = Fault(FaultKind.PLATFORM, _BROKEN, str(error))
        except Exception:
            copy.fault = Fault(FaultKind.PLATFORM, _BROKEN, t("data.broken"))
            raise
        else:
            await self._drop(target)
            if self._copies.get(target) is copy:
                del self._copies[target]
        finally:
            if copy.fault is not None:
                log.warning("The data of %s are not copied to %s: %s", copy.source, target, copy.fault.message)
            await self._changed(target)

    async def _drop(self, target: str) -> None:
        async with self._db.session() as session:
            if row := await session.get(DataCopy, target):
                await session.delete(row)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("The task “%s” ended", task.get_name(), exc_info=error)
