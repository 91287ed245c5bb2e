"""Copies of apps' stored data that are under way: for a live link, or for a duplicate of a project.

A copy is a job: it is finished however often this process is killed meanwhile. The preview that needs it starts only
afterwards. A failed copy is retried by itself, and at once when the preview is started.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from builder.base.errors import Conflict
from builder.base.jobs import JobQueue
from builder.base.tables import QueuedJob
from builder.base.workers import CannotBeDone, Worker
from builder.previews.engine import ServerEngine
from builder.texts import said, t
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase, verbatim

KIND: Final = "copy_data"
# Copies run at the same time: a copy may wait for the copy that its own source begins with.
_AT_ONCE: Final = 16


class Copier(Protocol):
    """See `preview_runtime.containers.data.copies.DataCopier`."""

    async def copy(
        self, source: ServerEngine, target: str, tell: Callable[[int, int], None], most: int | None = None
    ) -> None: ...


class Ready(Protocol):
    """What the servers need to know about the copies."""

    def state(self, target: str) -> CopyState | None: ...

    async def ready(self, target: str) -> None: ...

    async def forget(self, target: str) -> None: ...


@dataclass(frozen=True, slots=True)
class CopyState:
    """How far a copy is, in bytes; `problem` says why it failed, None while it is under way."""

    done: int = 0
    total: int = 0
    problem: Phrase | None = None


@dataclass
class _Copy:
    """`tried` is set while no try is running."""

    source: str
    owner: str
    most: int | None = None
    done: int = 0
    total: int = 0
    fault: Fault | None = None
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class NoCopies:
    """For tests and processes without copies."""

    def state(self, target: str) -> CopyState | None:  # noqa: ARG002 - as the others have it
        return None

    async def ready(self, target: str) -> None: ...

    async def forget(self, target: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of copies: `engine_of(project)` is the engine of a project's server, None if it never had one;
    `copier()` copies data. Both raise Conflict while nothing can run containers."""

    engine_of: Callable[[str], ServerEngine | None]
    copier: Callable[[], Copier]


class CopyBoard:
    """What is known of the copies, for whoever may not get at data that are not all there. `DataCopies` keeps it."""

    def __init__(self) -> None:
        self.copies: dict[str, _Copy] = {}

    def state(self, target: str) -> CopyState | None:
        """None where nothing is copied."""
        copy = self.copies.get(target)
        if copy is None:
            return None
        return CopyState(copy.done, copy.total, copy.fault.says if copy.fault else None)

    def problem(self, target: str) -> str | None:
        """Why the copy for `target` failed, "" while it is under way; None where nothing is copied."""
        state = self.state(target)
        return None if state is None else said(state.problem) if state.problem else ""

    def held(self, target: str) -> str:
        """Why the data of `target` cannot be used at the moment, as a sentence; "" when they can."""
        problem = self.problem(target)
        return "" if problem is None else problem or t("data.copying")


class DataCopies:
    """All copies there are, which are made from `recover` on."""

    def __init__(self, jobs: JobQueue, board: CopyBoard, sources: Sources) -> None:
        self._jobs, self._board, self._sources = jobs, board, sources
        self._copies = board.copies
        self._here = False
        self._told: list[Callable[[str], Awaitable[None]]] = []
        self._worker = Worker(jobs, KIND, self._copy, over=self._over, at_once=_AT_ONCE)

    def on_change(self, tell: Callable[[str], Awaitable[None]]) -> None:
        """Have `tell(target)` called whenever a copy begins or ends."""
        self._told.append(tell)

    async def recover(self) -> None:
        """Read the queued copies, and start to make them."""
        self._here = True
        for job in await self._jobs.of(KIND):
            copy = self._known(job)
            if job.status == "dead":
                self._tried(copy, _broken())
        self._worker.begin()

    async def begin(self, source: str, target: str, owner: str, most: int | None = None) -> None:
        """Queue the copy of `source`'s stored data to `target`, `most` bytes at most; returns at once. Does nothing when
        `source` never ran."""
        if target in self._copies or self._source_known(source) is False:
            return
        copy = self._copies[target] = _Copy(source, owner, most)
        try:
            await self._ask(target, copy)
        except BaseException:
            self._copies.pop(target, None)
            raise
        await self._changed(target)

    def state(self, target: str) -> CopyState | None:
        """None where nothing is copied."""
        return self._board.state(target)

    async def ready(self, target: str) -> None:
        """Return once `target` has its data; a failed copy is retried. Raises EngineFailed."""
        copy = self._copies.get(target)
        if copy is None:
            return
        if copy.tried.is_set():
            fault, copy.fault = copy.fault, None
            copy.tried.clear()
            try:
                await self._ask(target, copy)
            except BaseException:
                self._tried(copy, fault)
                raise
        await copy.tried.wait()
        if copy.fault is not None:
            raise EngineFailed(copy.fault)
        if self._copies.get(target) is copy:  # we are about to end
            raise EngineFailed(_broken())

    async def forget(self, target: str) -> None:
        """Cancel the copy: the data are going to be removed."""
        copy = self._copies.pop(target, None)
        if copy is None:
            return
        await self._worker.drop(target)
        copy.tried.set()

    async def close(self) -> None:
        """End the copies under way; the next process starts them again."""
        await self._worker.close()
        for copy in self._copies.values():
            copy.tried.set()

    async def _changed(self, target: str) -> None:
        for tell in self._told:
            await tell(target)

    def _known(self, job: QueuedJob) -> _Copy:
        most = job.payload.get("most")
        known = _Copy(str(job.payload["source"]), job.owner, None if most is None else int(most))
        return self._copies.setdefault(job.key, known)

    def _source_known(self, source: str) -> bool:
        if not self._here:  # another process copies
            return True
        try:
            return self._sources.engine_of(source) is not None
        except Conflict:  # no engine at the moment: the source may have data
            return True

    async def _ask(self, target: str, copy: _Copy) -> None:
        async with self._jobs.db.session() as session:
            await self._jobs.ask(
                session, KIND, target, {"source": copy.source, "most": copy.most}, copy.owner, here=True
            )

    async def _copy(self, job: QueuedJob) -> None:
        copy = self._known(job)
        copy.fault = None
        copy.tried.clear()
        await self._changed(job.key)
        try:
            await self.ready(copy.source)  # the source may have to wait for its own copy
            engine = self._sources.engine_of(copy.source)
            if engine is not None:

                def tell(done: int, total: int) -> None:
                    copy.done, copy.total = done, total

                await self._sources.copier().copy(engine, job.key, tell, copy.most)
        except EngineFailed as failed:
            raise _NotCopied(failed.fault) from failed
        except Conflict as error:
            raise _NotCopied(Fault(FaultKind.PLATFORM, "data_not_copied", verbatim(error.message))) from error

    async def _over(self, job: QueuedJob, error: BaseException | None) -> None:
        copy = self._copies.get(job.key)
        if copy is None:
            return
        if error is None:
            del self._copies[job.key]
        fault = error.fault if isinstance(error, _NotCopied) else _broken() if error else None
        self._tried(copy, fault)
        await self._changed(job.key)

    def _tried(self, copy: _Copy, fault: Fault | None) -> None:
        copy.fault = fault
        copy.tried.set()


class _NotCopied(CannotBeDone):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.says))
        self.fault = fault


def _broken() -> Fault:
    return Fault(FaultKind.PLATFORM, "data_not_copied", Phrase("data.broken"))
