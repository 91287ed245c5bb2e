"""What models did for a team and cost: by month, by person, by project. For those who lead it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from builder.api.requests import paging
from builder.api.requests.context import AppServices, MayAdministerTeam
from builder.api.requests.paging import PAGE, Cursor, Limit
from builder.composition.teams.figures import Taken, this_month

router = APIRouter(prefix="/teams/{team_id}/use", tags=["teams"])
Month = Annotated[
    str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="Such as 2026-11; this one where none is named.")
]


class TakenView(BaseModel):
    """`input` with what came from a provider's cache, in tokens as `output` is; `usd` as far as prices are known."""

    calls: int
    input: int
    output: int
    usd: float


class MonthView(TakenView):
    """`people`: how many of them asked a model."""

    month: str
    people: int


class MonthList(BaseModel):
    months: list[MonthView]


class PersonUseView(TakenView):
    """`role` is empty for somebody who left, `name` also for who has no account any more."""

    account: str
    name: str
    role: str


class PersonUsePage(BaseModel):
    people: list[PersonUseView]
    next: str | None


class ProjectUseView(TakenView):
    """`project` is null for calls without one; `size` in bytes, null for one that was deleted."""

    project: str | None
    title: str
    size: int | None


class ProjectUsePage(BaseModel):
    projects: list[ProjectUseView]
    next: str | None


@router.get("")
async def use_by_month(services: AppServices, actor: MayAdministerTeam) -> MonthList:
    """The last twelve months in which a model was asked, the newest first."""
    found = await services.team_figures.months(actor.reaches, actor.workspace)
    return MonthList(months=[MonthView(month=one.month, people=one.people, **_taken(one.taken)) for one in found])


@router.get("/people")
async def use_by_person(
    services: AppServices, actor: MayAdministerTeam, month: Month = "", limit: Limit = PAGE, cursor: Cursor = ""
) -> PersonUsePage:
    """Who is in the team or asked a model in that month: whoever cost most first."""
    skip = _skip(cursor, "people")
    found = await services.team_figures.people(
        actor.reaches, actor.workspace, month or this_month(), skip=skip, limit=limit + 1
    )
    people = [PersonUseView(account=one.id, name=one.name, role=one.role, **_taken(one.taken)) for one in found]
    return PersonUsePage(people=people[:limit], next=_next("people", skip, limit, len(found)))


@router.get("/projects")
async def use_by_project(
    services: AppServices, actor: MayAdministerTeam, month: Month = "", limit: Limit = PAGE, cursor: Cursor = ""
) -> ProjectUsePage:
    """The team's projects, and what else models were asked for in that month: the dearest first, then the largest."""
    skip = _skip(cursor, "projects")
    found = await services.team_figures.projects(
        actor.reaches, actor.workspace, month or this_month(), skip=skip, limit=limit + 1
    )
    projects = [
        ProjectUseView(project=one.id or None, title=one.title, size=one.size, **_taken(one.taken)) for one in found
    ]
    return ProjectUsePage(projects=projects[:limit], next=_next("projects", skip, limit, len(found)))


def _skip(cursor: str, order: str) -> int:
    """How many rows stand before: what such lists are sorted by changes with every call. Raises BadInput."""
    place = paging.place_of(cursor, order)
    return min(int(place[0]), 10**9) if place and place[0].isdecimal() else 0


def _next(order: str, skip: int, limit: int, found: int) -> str | None:
    return paging.cursor(order, (str(skip + limit), "")) if found > limit else None


def _taken(taken: Taken) -> dict[str, float]:
    return {"calls": taken.calls, "input": taken.input, "output": taken.output, "usd": taken.usd}
