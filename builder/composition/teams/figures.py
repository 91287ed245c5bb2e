"""The figures of one team: what models did for it and cost, by month, by person and by project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, distinct, func, literal, select, union
from sqlmodel import col

from builder.accounts.tables import Account, Membership
from builder.base.db import Database, act_as
from builder.billing.tables import ModelCall
from builder.projects.tables import Project

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Taken:
    """What calls of models took. `input` with what came from a provider's cache; tokens, and USD, as far as providers
    said them."""

    calls: int
    input: int
    output: int
    usd: float


@dataclass(frozen=True, slots=True)
class MonthOfTeam:
    """`month`: 2026-11. `people`: how many of them asked a model."""

    month: str
    people: int
    taken: Taken


@dataclass(frozen=True, slots=True)
class PersonOfTeam:
    """`role` is "" for somebody who left, `name` also for who has no account any more."""

    id: str
    name: str
    role: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class ProjectOfTeam:
    """`id` is "" for calls without a project. `size` in bytes, None for a project that was deleted."""

    id: str
    title: str
    size: int | None
    taken: Taken


class TeamFigures:
    """Counted when they are asked for, as the `person` who asks. The caller checks the right."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def months(self, person: str, team: str) -> list[MonthOfTeam]:
        """The last twelve in which a model was asked, the newest first."""
        month = func.substr(col(ModelCall.started_at), 1, 7)
        first = _months_before(datetime.now(UTC), MONTHS - 1)
        query = select(month, func.count(distinct(col(ModelCall.created_by))), *_sums())
        query = query.where(col(ModelCall.owner) == team, col(ModelCall.started_at) >= first)
        query = query.group_by(month).order_by(month.desc())
        async with self._db.reader() as session:
            await act_as(session, person)
            return [MonthOfTeam(one, people, _taken(*sums)) for one, people, *sums in await session.execute(query)]

    async def people(self, person: str, team: str, month: str, *, skip: int, limit: int) -> list[PersonOfTeam]:
        """Who is in the team or asked a model in the `month`: whoever cost most first."""
        took = _took(team, month, ModelCall.created_by)
        members: Select[Any] = select(col(Membership.person).label("id")).where(col(Membership.owner) == team)
        everybody = union(members, select(took.c.id)).subquery()
        role = select(col(Membership.role)).where(
            col(Membership.owner) == team, col(Membership.person) == everybody.c.id
        )
        query = select(
            everybody.c.id, func.coalesce(col(Account.name), ""), func.coalesce(col(Account.username), ""),
            func.coalesce(role.scalar_subquery(), ""), *_columns(took),
        ).outerjoin(Account, col(Account.id) == everybody.c.id)  # fmt: skip
        query = query.outerjoin(took, took.c.id == everybody.c.id).order_by(*_dearest(took), everybody.c.id)
        async with self._db.reader() as session:
            await act_as(session, person)
            rows = await session.execute(query.offset(skip).limit(limit))
            return [PersonOfTeam(who, name or user, role, _taken(*sums)) for who, name, user, role, *sums in rows]

    async def projects(self, person: str, team: str, month: str, *, skip: int, limit: int) -> list[ProjectOfTeam]:
        """The team's projects, and what else models were asked for in the `month`: the dearest first, then the largest."""
        took = _took(team, month, ModelCall.project)
        there = (col(Project.owner) == team) & col(Project.deleted_at).is_(None)
        every = union(select(col(Project.id).label("id")).where(there), select(took.c.id)).subquery()
        size = col(Project.size)
        query = select(every.c.id, func.coalesce(col(Project.title), ""), size, *_columns(took))
        query = query.outerjoin(Project, (col(Project.id) == every.c.id) & there)
        query = query.outerjoin(took, took.c.id == every.c.id)
        query = query.order_by(*_dearest(took), func.coalesce(size, -1).desc(), every.c.id)
        async with self._db.reader() as session:
            await act_as(session, person)
            rows = await session.execute(query.offset(skip).limit(limit))
            return [ProjectOfTeam(one, title, bytes_, _taken(*sums)) for one, title, bytes_, *sums in rows]


def this_month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")


def _months_before(moment: datetime, months: int) -> str:
    years, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return f"{years:04}-{month + 1:02}"


def _sums() -> tuple[ColumnElement[Any], ...]:
    """The columns of `Taken`."""
    read = func.sum(
        func.coalesce(col(ModelCall.input_tokens), 0)
        + func.coalesce(col(ModelCall.cache_read), 0)
        + func.coalesce(col(ModelCall.cache_write), 0)
    )
    return (
        func.count().label("calls"),
        read.label("read"),
        func.coalesce(func.sum(col(ModelCall.output_tokens)), 0).label("written"),
        func.coalesce(func.sum(col(ModelCall.cost_usd)), 0.0).label("usd"),
    )


def _took(team: str, month: str, by: Any) -> Subquery:
    """What the team's calls of a month took, by one of their columns, which is `id` here; "" where it is null."""
    key = func.coalesce(col(by), "")
    mine: Select[Any] = select(key.label("id"), *_sums()).where(
        col(ModelCall.owner) == team, func.substr(col(ModelCall.started_at), 1, 7) == month
    )
    return mine.where(col(ModelCall.started_at) >= month).group_by(key).subquery()


def _columns(took: Subquery) -> list[ColumnElement[Any]]:
    return [func.coalesce(took.c[name], literal(0)) for name in ("calls", "read", "written", "usd")]


def _dearest(took: Subquery) -> tuple[ColumnElement[Any], ...]:
    return func.coalesce(took.c.usd, 0.0).desc(), func.coalesce(took.c.calls, 0).desc()


def _taken(calls: int, read: int, written: int, usd: float) -> Taken:
    return Taken(calls, int(read or 0), int(written or 0), round(float(usd or 0), 6))
