"""What a preview host serves for an id: a share's stored output, or a project's live or compiled one."""

from __future__ import annotations

import logging

from builder.accounts.actor import Actor
from builder.db import Database
from builder.ids import is_id
from builder.models import Project
from builder.projects.compiled import Compiled
from builder.projects.live_outputs import LiveOutputs
from builder.projects.store import ProjectStore
from builder.sharing.shares import Shares
from preview_runtime.compiler import BuildFault
from preview_runtime.output import Output

log = logging.getLogger(__name__)


class BuilderOutputs:
    """Satisfies the preview host's `OutputSource`. Whoever knows a preview's id may see the preview."""

    def __init__(
        self, db: Database, store: ProjectStore, shares: Shares, live: LiveOutputs, compiled: Compiled
    ) -> None:
        self._db = db
        self._store = store
        self._shares = shares
        self._live = live
        self._compiled = compiled

    async def find(self, preview_id: str) -> Output | None:
        """The output to serve; None when there is no such preview, it was revoked, or it does not build."""
        if not is_id(preview_id):
            return None
        share = await self._shares.output(preview_id)
        if share is not None:
            return share
        async with self._db.reader() as session:
            project = await session.get(Project, preview_id)
        if project is None or project.deleted_at:
            return None
        live = self._live.find(preview_id)
        if live is not None:
            return live
        tree = await self._store.head_tree(Actor(project.owner), preview_id)
        if not tree:
            return None
        try:
            output = await self._compiled.output(f"{preview_id}:{project.head}", tree)
        except BuildFault as fault:
            log.info("Preview %s does not build: %s", preview_id, fault)
            return None
        # Kept as if a tab had sent it: the page's other files are asked for within the same second.
        if self._live.find(preview_id) is None:
            self._live.publish(preview_id, 0, True, output)
        return self._live.find(preview_id)
