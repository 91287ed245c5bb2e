"""The graph of a project as an actor may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.tables import Account
from builder.base.errors import NotFound, Refused
from builder.generation.graph.findings import cycles, unused
from builder.generation.graph.graph import FileGraph
from builder.generation.graph.shapes import Level, ProjectGraph
from builder.projects.files.by_path import FilesByPath
from builder.projects.files.facts import FileFacts
from builder.projects.store import ProjectStore
from builder.texts import t
from preview_runtime.file_tree import FileTree

_MOST_FOUND = 100


class ProjectGraphs:
    """Of the working copy; each content is parsed once."""

    def __init__(self, store: ProjectStore, files: FilesByPath) -> None:
        self._store, self._files = store, files

    async def read(self, actor: Actor, project_id: str, level: Level, focus: str, depth: int) -> ProjectGraph:
        """Raises NotFound, also for a `focus` that is not there. Who changed what is told only to those who may know
        how the project was made."""
        damaged: list[str] = []
        project, _, tree = await self._store.read_working(actor, project_id, damaged)
        _, facts = await self._files.facts(actor, project_id)
        graph = await asyncio.to_thread(_made, tree, facts, level, focus, depth, project.revision)
        if graph is None:
            raise NotFound(t("file.not_found", path=focus[:100]))
        if await self._may_know(actor, project_id):
            graph.people = await self._names({one for node in graph.nodes if (one := node.changed_by)})
        else:
            for node in graph.nodes:
                node.changed_by = node.changed_how = None
        return graph

    async def _may_know(self, actor: Actor, project_id: str) -> bool:
        try:
            await self._store.get(actor, project_id, Action.READ_TALK)
        except (NotFound, Refused):
            return False
        return True

    async def _names(self, people: set[str]) -> dict[str, str]:
        async with self._store.db.reader() as session:
            query = select(col(Account.id), col(Account.name), col(Account.username)).where(col(Account.id).in_(people))
            rows = await session.execute(query)
            return {row.id: row.name or row.username for row in rows}


def _made(
    tree: FileTree, facts: Mapping[str, FileFacts], level: Level, focus: str, depth: int, revision: int
) -> ProjectGraph | None:
    graph = FileGraph(tree, facts)
    drawn = graph.drawn(level, focus, depth)
    if drawn is None:
        return None
    return ProjectGraph(
        revision=revision, level=level, nodes=drawn.nodes, edges=drawn.edges, people={}, left_out=drawn.left_out,
        cycles=cycles(graph.map.imports)[:_MOST_FOUND], unused=unused(graph.map, graph.texts)[:_MOST_FOUND],
    )  # fmt: skip
