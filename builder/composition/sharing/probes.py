"""Probes of projects' servers: a server of the present files with a copy of the data, asked and then removed."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action, Subject, may, not_found
from builder.accounts.actor import Actor, acting_for
from builder.base.db import Database
from builder.base.errors import Conflict, SaysoError
from builder.base.ids import new_id, now
from builder.previews.data.copies import DataCopies
from builder.previews.links.access import OPEN_PREVIEW
from builder.previews.runnables.contents import Key
from builder.previews.runnables.runnables import PROBE, Runnable, Runnables
from builder.previews.runnables.tables import StoredRunnable
from builder.previews.servers.previews import ServerPreviews
from builder.safety.probing.asking.holes import Hole
from builder.safety.probing.probe import probe
from builder.safety.probing.routes.reading import read_sources
from builder.texts import said, t
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output
from preview_runtime.tasks import Tasks, cancel

log = logging.getLogger(__name__)
START_SECONDS: Final = 180.0
_KEPT: Final = 200  # probes of projects that are remembered
ProbeState = Literal["none", "running", "done", "failed"]


@dataclass
class ProbeRun:
    """The last probe of a project. `of`: the content that was probed. `done` of `all` steps; 0 of 0: the server starts.
    `whole`: everything was asked that should be. `problem`: why it failed, for the person."""

    of: Key
    state: ProbeState = "running"
    done: int = 0
    all: int = 0
    holes: list[Hole] = field(default_factory=list)
    routes: int = 0
    accounts: bool = False
    whole: bool = True
    problem: str = ""
    task: asyncio.Task[None] | None = None


class ProbeContents:
    """`Contents` of probes, and that nobody sees them: what they run is only in memory."""

    def __init__(self) -> None:
        self.trees: dict[str, tuple[Key, FileTree]] = {}

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        may(actor, action, Subject(runnable.workspace, runnable.id))
        return (await self.read(runnable))[0]

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        found = self.trees.get(runnable.id)
        if found is None:
            raise not_found(acting_for(runnable.workspace), Subject("", runnable.id))
        return found

    def private(self, runnable: Runnable) -> bool:  # noqa: ARG002 - as the other kinds have it
        return True

    page = OPEN_PREVIEW

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        raise not_found(actor, Subject("", runnable_id))

    async def output(self, runnable_id: str) -> Output | None:  # noqa: ARG002 - nothing is shown
        return None


class Probes:
    """At most one probe of a project at a time."""

    def __init__(
        self, db: Database, runnables: Runnables, servers: ServerPreviews, data: DataCopies, contents: ProbeContents
    ) -> None:
        self._db, self._runnables, self._servers, self._data, self._contents = db, runnables, servers, data, contents
        self._tasks = Tasks()
        self._runs: OrderedDict[str, ProbeRun] = OrderedDict()

    def last(self, project_id: str) -> ProbeRun | None:
        return self._runs.get(project_id)

    def begin(self, owner: str, project_id: str, of: Key, tree: FileTree) -> ProbeRun:
        """Start one, unless one of this content runs or has ended well. Raises Conflict (`no_engine`)."""
        known = self._runs.get(project_id)
        if known is not None and (
            known.state == "running" or (known.state == "done" and known.whole and known.of == of)
        ):
            return known
        if (why := self._servers.why_not) is not None:
            raise Conflict(t("server.none", why=why), code="no_engine")
        run = self._runs[project_id] = ProbeRun(of)
        self._runs.move_to_end(project_id)
        while len(self._runs) > _KEPT:
            self._runs.popitem(last=False)
        run.task = self._tasks.begin(self._run(run, owner, project_id, tree), f"probe {project_id}")
        return run

    async def stop(self, project_id: str) -> None:
        """End the one under way; it is no error when there is none."""
        run = self._runs.get(project_id)
        if run is not None and run.task is not None and not run.task.done():
            await cancel(run.task)
            self._runs.pop(project_id, None)

    async def tidy(self) -> None:
        """Remove what probes of a killed process left."""
        query = select(col(StoredRunnable.id)).where(
            col(StoredRunnable.kind) == PROBE, col(StoredRunnable.ended_at).is_(None)
        )
        async with self._db.reader() as session:
            left = [*await session.scalars(query)]
        for probe_id in left:
            await self._end(probe_id)

    async def close(self) -> None:
        await self._tasks.close()

    async def _run(self, run: ProbeRun, owner: str, project_id: str, tree: FileTree) -> None:
        probe_id = new_id()
        self._contents.trees[probe_id] = (run.of, tree)
        try:
            async with self._db.session() as session:
                self._runnables.add(session, Runnable(probe_id, PROBE, owner, project_id, now()))
            sources = await asyncio.to_thread(read_sources, tree)
            base = await self._address(owner, project_id, probe_id)

            def tell(done: int, of: int) -> None:
                run.done, run.all = done, of

            found = await probe(base, sources, tell=tell)
            run.holes, run.routes, run.accounts, run.whole = found.holes, found.routes, found.accounts, found.whole
            run.state = "done"
        except SaysoError as error:
            run.problem = error.message
            log.info("The server of %s could not be probed: %s", project_id, error)
        except Exception:
            run.problem = t("sharing.probe.broken")
            log.exception("The probe of %s failed", project_id)
        finally:
            run.state = "done" if run.state == "done" else "failed"
            await self._end(probe_id)

    async def _address(self, owner: str, project_id: str, probe_id: str) -> str:
        """Where the server listens once it does. Raises Conflict."""
        await self._data.begin(project_id, probe_id, owner)
        await self._servers.bring_up(acting_for(owner), probe_id)
        if await self._servers.standby.wake(probe_id, START_SECONDS):
            server = self._servers.register.get(probe_id)
            if server is not None and server.address:
                return server.address
        server = self._servers.register.get(probe_id)
        why = said(server.fault.says) if server is not None and server.fault is not None else t("sharing.probe.slow")
        raise Conflict(why, code="not_running")

    async def _end(self, probe_id: str) -> None:
        async with self._db.session() as session:
            await self._runnables.end(session, probe_id)
        await self._servers.removal.forget([probe_id])
        self._contents.trees.pop(probe_id, None)
