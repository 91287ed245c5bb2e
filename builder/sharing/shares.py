"""Live links: one version's compiled output, stored, so that it needs no tab, no compiler and no network."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.db import Database
from builder.errors import Conflict, NotFound
from builder.events import EventLog
from builder.ids import now
from builder.models import Project, ShareLink, StoredOutput
from builder.projects.blobs import get_blobs, put_blobs, raw
from builder.projects.compiled import Compiled
from builder.projects.shapes import share_shape
from builder.projects.store import ProjectStore
from builder.texts import t
from preview_runtime.file_tree import digest
from preview_runtime.output import Output, OutputFile

_CACHE_BYTES: Final = 64 * 1024 * 1024


class Shares:
    """All of a project's live links."""

    def __init__(self, db: Database, store: ProjectStore, events: EventLog, compiled: Compiled) -> None:
        self._db = db
        self._store = store
        self._events = events
        self._compiled = compiled
        self._cache: OrderedDict[str, Output] = OrderedDict()

    async def create(self, actor: Actor, project_id: str) -> ShareLink:
        """A link to what the person sees: saves what was typed, compiles that version, stores the output.

        A version that has a link already keeps it. Raises Conflict when there are no files yet, and what the
        compiler raises when the app does not build; then nothing is shared.
        """
        await self._store.save(actor, project_id)
        project = await self._store.get(actor, project_id)
        if project.head is None:
            raise Conflict(t("version.empty"))
        version = await self._store.version(actor, project_id, project.head)
        for share in await self.list(actor, project_id):
            if share.version == version.id and share.revoked_at is None:
                return share
        tree = await self._store.version_tree(actor, project_id, version.id)
        if not tree:
            raise Conflict(t("version.empty"))
        output = await self._compiled.output(f"{project_id}:{version.id}", tree)
        share = ShareLink(owner=actor.id, project=project_id, version=version.id, version_number=version.number)
        async with self._db.session() as session:
            await self._project(session, actor, project_id)
            session.add(share)
            await session.flush()
            bodies = {path: digest(file.body) for path, file in output.items()}
            await put_blobs(session, actor.id, {bodies[path]: file.body for path, file in output.items()})
            session.add_all(
                StoredOutput(share=share.id, path=path, owner=actor.id, type=file.type, sha256=bodies[path])
                for path, file in output.items()
            )
            await session.flush()
            await self._announce(session, project_id)
        return share

    async def list(self, actor: Actor, project_id: str) -> list[ShareLink]:
        """Every link ever made of the project, newest first; revoked ones carry when."""
        async with self._db.reader() as session:
            await self._project(session, actor, project_id)
            return await _links(session, project_id)

    async def revoke(self, actor: Actor, project_id: str, share_id: str) -> ShareLink:
        """End a link; what it served is gone at once. Revoking twice is no error."""
        async with self._db.session() as session:
            await self._project(session, actor, project_id)
            share = await session.get(ShareLink, share_id)
            if share is None or share.project != project_id:
                raise NotFound(t("share.not_found"))
            if share.revoked_at is None:
                share.revoked_at = now()
                await session.flush()
                await self._announce(session, project_id)
        self._cache.pop(share_id, None)
        return share

    async def output(self, share_id: str) -> Output | None:
        """What a link serves; None for an unknown or revoked one, or one of a deleted project."""
        async with self._db.reader() as session:
            query = select(ShareLink).join(Project, col(Project.id) == col(ShareLink.project))
            query = query.where(col(ShareLink.id) == share_id, col(ShareLink.revoked_at).is_(None))
            share = await session.scalar(query.where(col(Project.deleted_at).is_(None)))
            if share is None:
                return None
            known = self._cache.get(share_id)
            if known is not None:
                self._cache.move_to_end(share_id)
                return known
            rows = [*await session.scalars(select(StoredOutput).where(col(StoredOutput.share) == share_id))]
            bodies = await get_blobs(session, share.owner, (row.sha256 for row in rows))
        output = {row.path: OutputFile(row.type, raw(bodies[row.sha256])) for row in rows}
        self._cache[share_id] = output
        while len(self._cache) > 1 and sum(map(_size, self._cache.values())) > _CACHE_BYTES:
            self._cache.popitem(last=False)
        return output

    async def _announce(self, session: AsyncSession, project_id: str) -> None:
        shares = [share_shape(share, self._db.settings) for share in await _links(session, project_id)]
        await self._events.append(project_id, "shares_changed", {"shares": shares}, session)

    async def _project(self, session: AsyncSession, actor: Actor, project_id: str) -> None:
        project = await session.get(Project, project_id)
        if project is None or project.owner != actor.id or project.deleted_at:
            raise NotFound(t("project.not_found"), detail=f"project {project_id} for {actor.id}")


async def _links(session: AsyncSession, project_id: str) -> list[ShareLink]:
    query = select(ShareLink).where(col(ShareLink.project) == project_id)
    return [*await session.scalars(query.order_by(col(ShareLink.created_at).desc()))]


def _size(output: Output) -> int:
    return sum(len(file.body) for file in output.values())
