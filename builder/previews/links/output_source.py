"""The output that a preview host serves for an id: a live link's stored output, or a project's live or compiled one.

A tab's output is used while it is as new as the project. When the project changed without a tab (an answer came after
the tab was closed, or a program made a change), the server compiles the files that the person would see.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from builder.accounts.actor import acting_for
from builder.base.db import Database
from builder.base.ids import is_id
from builder.previews.links.shares import Shares
from builder.previews.runnables.runnables import RunnableKind, Runnables
from builder.projects.compiled import Compiled
from builder.projects.live_outputs import LiveOutputs
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.output import Output

log = logging.getLogger(__name__)
_TOLERANCE: Final = timedelta(seconds=10)


class Shown(Protocol):
    """The outputs of runnables of one kind, beside their servers."""

    async def output(self, runnable_id: str) -> Output | None:
        """Empty while no build has succeeded, None when the preview cannot be seen."""
        ...


class BuilderOutputs:
    """Satisfies the preview host's `OutputSource`. Knowing a preview's id is enough to see the preview."""

    def __init__(self, runnables: Runnables, kinds: Mapping[RunnableKind, Shown]) -> None:
        self._runnables, self._kinds = runnables, kinds

    async def find(self, preview_id: str) -> Output | None:
        """The output to serve: empty while no build has succeeded, None when there is no such preview."""
        runnable = await self._runnables.find(preview_id) if is_id(preview_id) else None
        shown = self._kinds.get(runnable.kind) if runnable else None
        return await shown.output(preview_id) if shown else None


class LinkOutputs:
    """The stored outputs of live links."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares

    async def output(self, runnable_id: str) -> Output | None:
        try:
            return await self._shares.output(runnable_id)
        except BuildFault as fault:
            log.warning("The link %s cannot be made anew now: %s", runnable_id, fault)
            return {}


class ProjectOutputs:
    """The outputs of projects: compiled by a tab, or by the server in place of a tab."""

    def __init__(
        self,
        db: Database,
        store: ProjectStore,
        live: LiveOutputs,
        compiled: Compiled,
        watched: Callable[[str], tuple[str, str]] = lambda _: ("", ""),
    ) -> None:
        """`watched`: the origins of the builder and of a project's app, by which a workbench takes up what it finds here."""
        self._db, self._store, self._live, self._compiled, self._watched = db, store, live, compiled, watched
        # The server's compilations are kept apart: a tab's next change must apply to that tab's own output.
        self._made = LiveOutputs(outputs=32)

    async def output(self, runnable_id: str) -> Output | None:
        async with self._db.reader() as session:
            project = await session.get(Project, runnable_id)
        if project is None or project.deleted_at:
            return None
        if (ready := self.ready(project)) is not None:
            return ready
        live, key = self._live.find(runnable_id), state_of(project)
        if self._compiled.fault(key) is not None:
            return live or {}
        # Without files that are damaged on the disk: the build reports what is missing.
        _, _, tree = await self._store.read_working(acting_for(project.owner), runnable_id, [])
        if not tree:
            return live or {}
        try:
            order = Order(project.owner, runnable_id, False, *self._watched(runnable_id))
            output = await self._compiled.output(key, tree, order)
        except BuildFault as fault:
            log.info("Preview %s does not build: %s", runnable_id, fault)
            return live or {}
        self._made.publish(key, project.revision, True, output)
        return output

    def ready(self, project: Project) -> Output | None:
        """What is served for the project as it is, where nothing has to be compiled for that; None elsewhere."""
        live = self._live.find(project.id)
        if live is not None and self._live.published_at(project.id) >= _earlier(project.updated_at):
            return live
        return self._made.find(state_of(project))


def state_of(project: Project) -> str:
    """Names the project's files as they are: another after each change."""
    return f"{project.id}:{project.head}:{project.revision}"


def _earlier(moment: str) -> str:
    """A tab publishes shortly before or after its change is stored: both count as the same state."""
    return (datetime.fromisoformat(moment) - _TOLERANCE).isoformat(timespec="microseconds").replace("+00:00", "Z")
