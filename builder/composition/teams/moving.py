"""A project moves to another team: its rows, its contents, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from builder.accounts.access import Action, Visibility
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, record
from builder.accounts.memberships import check
from builder.base.errors import Conflict
from builder.base.ids import now
from builder.billing.tables import Budget
from builder.generation.tables import Generation
from builder.previews.links.tables import ShareLink, StoredOutput
from builder.previews.runnables.runnables import Runnables
from builder.previews.runnables.tables import StoredRunnable, StoredServer
from builder.previews.servers.previews import ServerPreviews
from builder.projects import blobs
from builder.projects.git.tables import GitRemote
from builder.projects.rows import project_of
from builder.projects.searching.tables import SearchEntry
from builder.projects.shapes import ProjectChangedFact, project_shape
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.projects.vault.vault import Vault
from builder.texts import t


class Moving:
    """Gives projects to other teams. `contents(session, project)`: the digests of everything that a project holds."""

    def __init__(
        self,
        store: ProjectStore,
        runnables: Runnables,
        servers: ServerPreviews,
        vault: Vault,
        contents: Callable[[AsyncSession, Project], Awaitable[set[str]]],
    ) -> None:
        self._store, self._runnables, self._servers, self._vault = store, runnables, servers, vault
        self._contents = contents

    async def move(self, actor: Actor, project_id: str, team: str) -> Project:
        """Its servers are ended; their data stay. The token of its repository is forgotten. Raises NotFound, Refused, and
        Conflict (`busy`) while a model writes in it."""
        async with self._store.db.reader() as session:
            project = await project_of(session, actor, project_id, Action.INVITE)
            await check(session, actor, Action.EDIT, team)
            if project.owner == team:
                return project
        await self._end_servers(project_id)
        async with self._store.db.session() as session:
            project = await project_of(session, actor, project_id, Action.INVITE, lock=True)
            await check(session, actor, Action.EDIT, team)
            writing = select(col(Generation.id)).where(
                col(Generation.project) == project_id, col(Generation.status) == "running"
            )
            if await session.scalar(writing.limit(1)):
                raise Conflict(t("team.busy"), code="busy")
            await blobs.copy_blobs(session, project.owner, team, await self._contents(session, project))
            await self._vault.move(session, project, team)
            await _rows(session, project_id, team)
            deed = Deed(
                "project.move", actor.id, project.owner, project_id, "project", project_id, details={"to": team}
            )
            record(session, deed)
            project.owner, project.updated_at = team, now()
            if project.visibility == Visibility.PRIVATE:
                project.visibility = Visibility.TEAM  # who moves it there shows it to them
            await session.flush()
            await self._store.events.append(
                project_id, ProjectChangedFact(project=project_shape(project, self._store.addresses)), session
            )
        self._runnables.forget(project_id)
        for server in self._servers.register.all:
            if server.runnable.project_id == project_id:
                server.runnable = replace(server.runnable, workspace=team)
        return project

    async def _end_servers(self, project_id: str) -> None:
        for server in self._servers.register.all:
            if server.runnable.project_id == project_id:
                await self._servers.removal.end(server.id)


async def _rows(session: AsyncSession, project_id: str, team: str) -> None:
    """All rows that belong to the project: those with a foreign key to it, and theirs."""
    for table in SQLModel.metadata.sorted_tables:
        # What a team was charged for, and what was noticed there, have no such key: they stay with it.
        if "owner" in table.c and "project" in table.c and table.c.project.foreign_keys:
            await session.execute(update(table).where(table.c.project == project_id).values(owner=team))
    links = select(col(ShareLink.id)).where(col(ShareLink.project) == project_id)
    runs = select(col(StoredRunnable.id)).where(col(StoredRunnable.project) == project_id)
    for statement in (
        update(StoredOutput).where(col(StoredOutput.share).in_(links)).values(owner=team),
        update(StoredServer).where(col(StoredServer.runnable).in_(runs)).values(owner=team),
        # A token is a person's, and was not given to the others.
        update(GitRemote).where(col(GitRemote.project) == project_id).values(secret=None, hint=""),
        update(Budget).where(col(Budget.project) == project_id).values(owner=team),
        # The words of its texts name the team as well: they are taken anew.
        delete(SearchEntry).where(col(SearchEntry.project) == project_id),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
