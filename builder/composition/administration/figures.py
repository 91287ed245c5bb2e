"""The figures of the installation: people, projects, what runs, what models did and cost."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.tables import Account
from builder.base.db import Database
from builder.base.ids import now
from builder.base.tables import QueuedJob
from builder.billing.tables import ModelCall
from builder.generation.tables import Generation
from builder.previews.links.tables import ShareLink
from builder.previews.servers.register import ServerRegister
from builder.projects.tables import Project


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Generations that began on a day, by what became of them."""

    day: str
    begun: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Calls of this month; tokens and USD as far as providers said them."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float


@dataclass(frozen=True, slots=True)
class InstallationFigures:
    """`people` and `jobs` by state; `active` within so many days; `disk` in bytes, of the volume with DATA_DIR."""

    people: Mapping[str, int]
    active: Mapping[int, int]
    projects: int
    projects_today: int
    links: int
    servers_awake: int
    days: list[DayFigures]
    models: list[ModelFigures]
    jobs: Mapping[str, int]
    disk_used: int
    disk_free: int


class Figures:
    """Counted when they are asked for. The caller checks the right."""

    def __init__(self, db: Database, register: ServerRegister, data_dir: Path) -> None:
        self._db, self._register, self._data_dir = db, register, data_dir

    async def read(self) -> InstallationFigures:
        async with self._db.reader() as session:
            by_state = select(col(Account.state), func.count()).group_by(col(Account.state))
            people = dict((await session.execute(by_state)).all())
            active = {
                days: await _count(session, select(func.count()).where(col(Account.last_active_at) > _before(days)))
                for days in (1, 7, 30)
            }
            projects = await _count(session, select(func.count()).select_from(Project))
            today = await _count(session, select(func.count()).where(col(Project.created_at) > _before(1)))
            live = select(func.count()).select_from(ShareLink).where(col(ShareLink.revoked_at).is_(None))
            links = await _count(session, live)
            days = await _days(session)
            models = await _models(session)
            waiting = select(col(QueuedJob.status), func.count()).group_by(col(QueuedJob.status))
            jobs = dict((await session.execute(waiting)).all())
        disk = await asyncio.to_thread(shutil.disk_usage, self._data_dir)
        awake = sum(server.stage.takes_place for server in self._register.all)
        return InstallationFigures(
            people, active, projects, today, links, awake, days, models, jobs, disk.used, disk.free
        )


def _before(days: int) -> str:
    return now(ago=timedelta(days=days))


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    return int(await session.scalar(query) or 0)


async def _days(session: AsyncSession) -> list[DayFigures]:
    """The last seven, today first."""
    day = func.substr(col(Generation.created_at), 1, 10)
    query = select(day, col(Generation.status), func.count()).where(col(Generation.created_at) >= _before(6)[:10])
    found: dict[str, dict[str, int]] = {}
    for one, status, count in await session.execute(query.group_by(day, col(Generation.status))):
        found.setdefault(one, {})[status] = count
    return [
        DayFigures(one, sum(counts.values()), counts.get("done", 0), counts.get("failed", 0))
        for one, counts in sorted(found.items(), reverse=True)
    ]


async def _models(session: AsyncSession) -> list[ModelFigures]:
    """The dearest first."""
    usd = func.coalesce(func.sum(col(ModelCall.cost_usd)), 0.0)
    query = select(
        col(ModelCall.model),
        func.count(),
        func.coalesce(func.sum(col(ModelCall.input_tokens)), 0),
        func.coalesce(func.sum(col(ModelCall.output_tokens)), 0),
        usd,
    ).where(col(ModelCall.started_at) >= now()[:7])
    rows = await session.execute(query.group_by(col(ModelCall.model)).order_by(usd.desc()).limit(20))
    return [
        ModelFigures(model, calls, int(read or 0), int(written or 0), round(float(cost or 0), 6))
        for model, calls, read, written, cost in rows
    ]
