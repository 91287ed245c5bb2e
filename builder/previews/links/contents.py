"""What servers run: a project's working copy, or the version that a live link serves."""

from __future__ import annotations

from typing import Any

from builder.accounts.actor import Actor
from builder.base.errors import NotFound
from builder.base.tables import Project
from builder.previews.links.shares import Shares
from builder.projects.store import ProjectStore
from builder.texts import t
from preview_runtime.file_tree import FileTree


class ProjectsAndLinks:
    """`Contents` of both, by preview id. A link has nothing of its project but the files of its version."""

    def __init__(self, store: ProjectStore, shares: Shares) -> None:
        self._store, self._shares = store, shares

    async def get(self, actor: Actor, project_id: str) -> Project:
        if not self._shares.is_link(project_id):
            return await self._store.get(actor, project_id)
        share = await self._shares.find(project_id)
        if share is None or share.owner != actor.id:
            raise NotFound(t("project.not_found"), detail=f"link {project_id} for {actor.id}")
        return Project(id=share.id, owner=share.owner, title="", head=share.version, revision=0)

    async def read_working(self, actor: Actor, project_id: str) -> tuple[Project, Any, FileTree]:
        if not self._shares.is_link(project_id):
            return await self._store.read_working(actor, project_id)
        project = await self.get(actor, project_id)
        share = await self._shares.find(project_id)
        if share is None:
            raise NotFound(t("project.not_found"), detail=f"link {project_id} for {actor.id}")
        project.head = share.version
        return project, {}, await self._shares.tree(share)
