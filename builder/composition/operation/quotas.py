"""How much a workspace may have: its projects, what they store, its people. Nothing is limited until a setting says so."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.tables import Membership
from builder.base.db import Database
from builder.base.errors import SaysoError
from builder.base.settings import QuotaSettings
from builder.composition.operation.stored_data import StoredData
from builder.previews.servers.previews import ServerPreviews
from builder.projects.tables import Blob, Project
from builder.texts import t

QuotaName = Literal["projects", "storage", "servers", "members"]
_MEGABYTE: Final = 1024 * 1024
_FRESH_SECONDS: Final = 30.0
_MOST_KNOWN: Final = 10_000


class QuotaReached(SaysoError):
    """`details`: `quota`, `used`, `limit`."""

    code = "quota"
    status = 403


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """`used` and `limit` in pieces, or in bytes of `storage`; None for no limit. `remove`: what makes room."""

    name: QuotaName
    used: int
    limit: int | None

    @property
    def remove(self) -> str:
        return t(f"quota.{self.name}_remove")


class Quotas:
    """What is stored is counted once for each content, before compression, with what apps store, and is at most 30 seconds
    old."""

    def __init__(self, db: Database, settings: QuotaSettings, servers: ServerPreviews, data: StoredData) -> None:
        self._db, self._places, self._data = db, servers.places, data
        self._projects = settings.quota_projects or None
        self._storage = settings.quota_storage_mb * _MEGABYTE or None
        self._members = settings.quota_members or None
        self._known: dict[str, tuple[float, int]] = {}

    async def of(self, workspace: str) -> list[QuotaUse]:
        """What the workspace uses, without asking who wants to know."""
        async with self._db.reader() as session:
            projects = await _projects_of(session, workspace)
            stored = await self._stored_by(session, workspace)
            people = await _people_of(session, workspace)
        self._keep(workspace, stored)
        return [
            QuotaUse("projects", projects, self._projects),
            QuotaUse("storage", stored, self._storage),
            QuotaUse("servers", self._places.held(workspace), self._places.limits.per_person),
            QuotaUse("members", people, self._members),
        ]

    async def check_project(self, session: AsyncSession, workspace: str) -> None:
        """Whether one more project may be made, in the transaction that makes it. Raises QuotaReached."""
        if self._projects is not None and (used := await _projects_of(session, workspace)) >= self._projects:
            raise _reached(QuotaUse("projects", used, self._projects))

    async def check_member(self, session: AsyncSession, team: str) -> None:
        """Whether one more person may join, in the transaction that lets them in. Raises QuotaReached."""
        if self._members is not None and (used := await _people_of(session, team)) >= self._members:
            raise _reached(QuotaUse("members", used, self._members))

    @property
    def limits_storage(self) -> bool:
        return self._storage is not None

    async def check_storage(self, workspace: str) -> None:
        """Whether more may be stored. Raises QuotaReached."""
        if self._storage is None:
            return
        at, used = self._known.get(workspace, (0.0, 0))
        if at + _FRESH_SECONDS < time.monotonic() or used >= self._storage:
            async with self._db.reader() as session:
                used = await self._stored_by(session, workspace)
            self._keep(workspace, used)
        if used >= self._storage:
            raise _reached(QuotaUse("storage", used, self._storage))

    async def _stored_by(self, session: AsyncSession, workspace: str) -> int:
        files = await session.scalar(select(func.sum(col(Blob.size))).where(col(Blob.owner) == workspace))
        return int(files or 0) + await self._data.of(session, workspace)

    def _keep(self, workspace: str, used: int) -> None:
        self._known.pop(workspace, None)
        self._known[workspace] = time.monotonic(), used
        while len(self._known) > _MOST_KNOWN:
            self._known.pop(next(iter(self._known)))


def _reached(use: QuotaUse) -> QuotaReached:
    unit = _MEGABYTE if use.name == "storage" else 1
    used, limit = -(-use.used // unit), (use.limit or 0) // unit
    message = t(f"quota.{use.name}", used=used, limit=limit)
    return QuotaReached(
        message, details={"quota": use.name, "used": use.used, "limit": use.limit, "remove": use.remove}
    )


async def _projects_of(session: AsyncSession, workspace: str) -> int:
    """Without those that were archived: they can only be read."""
    mine = select(func.count()).select_from(Project).where(col(Project.owner) == workspace)
    here = mine.where(col(Project.deleted_at).is_(None), col(Project.archived_at).is_(None))
    return await session.scalar(here) or 0


async def _people_of(session: AsyncSession, workspace: str) -> int:
    """A person's own place has no rows: they are there alone."""
    members = select(func.count()).select_from(Membership).where(col(Membership.owner) == workspace)
    return max(1, await session.scalar(members) or 0)
