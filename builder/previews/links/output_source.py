"""What a preview host serves for an id: a live link's stored output, or a project's live or compiled one.

A tab's output counts while it is as new as the project; when the project went on without a tab (an answer that came
in after the tab was closed, a change by a program), the server compiles what the person would see.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
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
    """What runnables of one kind show beside their server."""

    async def output(self, runnable_id: str) -> Output | None:
        """Empty while there is nothing that builds, None for one that cannot be seen."""
        ...


class BuilderOutputs:
    """Satisfies the preview host's `OutputSource`. Whoever knows a preview's id may see the preview."""

    def __init__(self, runnables: Runnables, kinds: Mapping[RunnableKind, Shown]) -> None:
        self._runnables, self._kinds = runnables, kinds

    async def find(self, preview_id: str) -> Output | None:
        """The output to serve: empty while there is nothing that builds, None when there is no such preview."""
        runnable = await self._runnables.find(preview_id) if is_id(preview_id) else None
        return None if runnable is None else await self._kinds[runnable.kind].output(preview_id)


class LinkOutputs:
    """What live links show: it is stored."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares

    async def output(self, runnable_id: str) -> Output | None:
        try:
            return await self._shares.output(runnable_id)
        except BuildFault as fault:
            log.warning("The link %s cannot be made anew now: %s", runnable_id, fault)
            return {}


class ProjectOutputs:
    """What projects show: what a tab has compiled, or the server in its place."""

    def __init__(self, db: Database, store: ProjectStore, live: LiveOutputs, compiled: Compiled) -> None:
        self._db, self._store, self._live, self._compiled = db, store, live, compiled
        # What the server compiled is kept apart: a tab's next change must meet that tab's own output.
        self._made = LiveOutputs(outputs=32)

    async def output(self, runnable_id: str) -> Output | None:
        async with self._db.reader() as session:
            project = await session.get(Project, runnable_id)
        if project is None or project.deleted_at:
            return None
        live = self._live.find(runnable_id)
        if live is not None and self._live.published_at(runnable_id) >= _earlier(project.updated_at):
            return live
        key = f"{runnable_id}:{project.head}:{project.revision}"
        made = self._made.find(key)
        if made is not None:
            return made
        if self._compiled.fault(key) is not None:
            return live or {}
        # Without what is damaged on the disk: the build says what is missing.
        _, _, tree = await self._store.read_working(acting_for(project.owner), runnable_id, [])
        if not tree:
            return live or {}
        try:
            output = await self._compiled.output(key, tree, Order(project.owner, runnable_id))
        except BuildFault as fault:
            log.info("Preview %s does not build: %s", runnable_id, fault)
            return live or {}
        self._made.publish(key, project.revision, True, output)
        return output


def _earlier(moment: str) -> str:
    """A tab publishes what changed a little before or after the change is written: both count as the same state."""
    return (datetime.fromisoformat(moment) - _TOLERANCE).isoformat(timespec="microseconds").replace("+00:00", "Z")
