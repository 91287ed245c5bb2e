"""What servers run: a project's working copy, or the version that a live link serves."""

from __future__ import annotations

from typing import Any

from builder.accounts.access import Action, Subject, may, not_found
from builder.accounts.actor import Actor
from builder.base.tables import Project
from builder.previews.links.shares import Shares
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree


class ProjectsAndLinks:
    """`Contents` of both, by preview id. A link has nothing of its project but the files of its version."""

    def __init__(self, store: ProjectStore, shares: Shares) -> None:
        self._store, self._shares = store, shares

    async def get(self, actor: Actor, project_id: str, action: Action = Action.READ) -> Project:
        if not self._shares.is_link(project_id):
            return await self._store.get(actor, project_id, action)
        share = await self._shares.find(project_id)
        if share is None:
            raise not_found(actor, Subject("", project_id))
        # A link's server is asked for by its workspace itself: no membership is looked for.
        may(actor, action, Subject(share.owner, share.id))
        return Project(
            id=share.id, owner=share.owner, created_by=share.created_by, title="", head=share.version, revision=0
        )

    async def read_working(self, actor: Actor, project_id: str) -> tuple[Project, Any, FileTree]:
        if not self._shares.is_link(project_id):
            return await self._store.read_working(actor, project_id)
        project = await self.get(actor, project_id)
        share = await self._shares.find(project_id)
        if share is None:
            raise not_found(actor, Subject("", project_id))
        project.head = share.version
        return project, {}, await self._shares.tree(share)
