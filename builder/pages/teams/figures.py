"""The figures of one team, for those who lead it: what models did and cost by month, by person and by project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import NotFound, Refused
from builder.components.account import account_shell, once_there
from builder.components.admin import figures, pager
from builder.composition.services import Services, get_services
from builder.composition.teams.figures import MonthOfTeam, PersonOfTeam, ProjectOfTeam, Taken, this_month
from builder.pages.admin.words import FigureRow, number, size
from builder.pages.asking import actor_of, asks
from builder.texts import t

_PAGE: Final = 25


@dataclass
class UsedRow:
    """What one person or project took. `href` is "" where there is nothing to open."""

    name: str
    what: str
    usd: str
    href: str = ""


class TeamFiguresPage(rx.State):
    """One team and one month. `refused` says why nothing is shown; the rows before those shown are counted."""

    loaded: bool = False
    refused: str = ""
    team: str = ""
    name: str = ""
    month: str = ""
    months: list[str] = []
    all: list[FigureRow] = []
    by_month: list[FigureRow] = []
    people: list[UsedRow] = []
    projects: list[UsedRow] = []
    people_before: int = 0
    projects_before: int = 0
    more_people: bool = False
    more_projects: bool = False

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        asked = self.router.url.query_parameters
        self.team, month = str(asked.get("team", ""))[:64], str(asked.get("month", ""))
        self.month = month if re.fullmatch(r"\d{4}-\d{2}", month) else this_month()
        self.people_before = self.projects_before = 0
        await self._show()

    @rx.event
    @asks(Action.USE)
    async def choose(self, month: str) -> None:
        """Show the people and projects of another month."""
        if month in self.months:
            self.month, self.people_before, self.projects_before = month, 0, 0
        await self._show()

    @rx.event
    @asks(Action.USE)
    async def turn_people(self, forth: bool) -> None:
        self.people_before = _turned(self.people_before, forth, self.more_people)
        await self._show()

    @rx.event
    @asks(Action.USE)
    async def turn_projects(self, forth: bool) -> None:
        self.projects_before = _turned(self.projects_before, forth, self.more_projects)
        await self._show()

    async def _show(self) -> None:
        services, actor = get_services(), (await actor_of(self)).within(self.team)
        try:
            await services.memberships.check(actor, Action.ADMINISTER)
            self.name = (await services.teams.get(actor, self.team)).name
            await self._read(services, actor)
            self.refused = ""
        except (NotFound, Refused) as reason:
            self.refused = reason.message
        self.loaded = True

    async def _read(self, services: Services, actor: Actor) -> None:
        read = services.team_figures
        months = await read.months(actor.id, actor.workspace)
        people = await read.people(actor.id, actor.workspace, self.month, skip=self.people_before, limit=_PAGE + 1)
        projects = await read.projects(
            actor.id, actor.workspace, self.month, skip=self.projects_before, limit=_PAGE + 1
        )
        self.all = await _all(services, actor, months)
        self.months = sorted({this_month(), self.month, *(one.month for one in months)}, reverse=True)
        self.by_month = [FigureRow(one.month, _of_month(one)) for one in months]
        self.people, self.more_people = [_person(one) for one in people[:_PAGE]], len(people) > _PAGE
        self.projects, self.more_projects = [_project(one) for one in projects[:_PAGE]], len(projects) > _PAGE


def _turned(before: int, forth: bool, more: bool) -> int:
    if forth:
        return before + _PAGE if more else before
    return max(0, before - _PAGE)


async def _all(services: Services, actor: Actor, months: list[MonthOfTeam]) -> list[FigureRow]:
    """What the team has at this moment, and what this month took."""
    used = {one.name: one.used for one in await services.quotas.of(actor.workspace)}
    taken = next((one.taken for one in months if one.month == this_month()), Taken(0, 0, 0, 0.0))
    return [
        FigureRow(t("teams.quota.members"), number(used["members"])),
        FigureRow(t("teams.quota.projects"), number(used["projects"])),
        FigureRow(t("teams.figures.stored"), size(used["storage"])),
        FigureRow(t("teams.quota.servers"), number(used["servers"])),
        FigureRow(t("teams.figures.calls"), number(taken.calls)),
        FigureRow(t("teams.figures.cost"), _usd(taken)),
    ]


def _of_month(one: MonthOfTeam) -> str:
    return t(
        "teams.figures.month", people=t("teams.people", count=one.people), what=_calls(one.taken), usd=_usd(one.taken)
    )


def _person(one: PersonOfTeam) -> UsedRow:
    role = t(f"access.role.{one.role}") if one.role else t("teams.figures.left")
    return UsedRow(one.name or one.id or t("teams.figures.nobody"), f"{role} · {_calls(one.taken)}", _usd(one.taken))


def _project(one: ProjectOfTeam) -> UsedRow:
    if one.size is None:
        name = t("teams.figures.deleted", id=one.id) if one.id else t("teams.figures.no_project")
        return UsedRow(name, _calls(one.taken), _usd(one.taken))
    return UsedRow(one.title or one.id, f"{size(one.size)} · {_calls(one.taken)}", _usd(one.taken), f"/p/{one.id}")


def _calls(taken: Taken) -> str:
    tokens = number(taken.input + taken.output)
    return f"{t('teams.figures.count', count=taken.calls)} · {t('teams.figures.tokens', tokens=tokens)}"


def _usd(taken: Taken) -> str:
    return f"${taken.usd:,.2f}"


load_figures = TeamFiguresPage.load
# On a State class the fields are Vars, which their annotations do not show.
_MONTHS: Any = TeamFiguresPage.months
_BY_MONTH: Any = TeamFiguresPage.by_month
_PEOPLE: Any = TeamFiguresPage.people
_PROJECTS: Any = TeamFiguresPage.projects


def _used(row: Any) -> rx.Component:  # a Var with the attributes of UsedRow
    return rx.el.li(
        rx.el.div(
            rx.cond(
                row.href != "",
                rx.el.a(row.name, href=row.href, class_name="card-title"),
                rx.el.span(row.name, class_name="card-title"),
            ),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.span(row.usd, class_name="card-text"),
    )


def _list(heading: str, rows: Any, before: Any, more: Any, turn: Any) -> rx.Component:
    words = (t("teams.figures.before"), t("teams.figures.more"))
    return rx.el.section(
        rx.el.h2(heading),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _used), class_name="rows"),
            rx.el.p(t("teams.figures.nothing"), class_name="empty"),
        ),
        rx.cond((before > 0) | more, pager(before > 0, more, turn(False), turn(True), words), rx.fragment()),
        aria_label=heading,
    )


def _figures() -> rx.Component:
    page = TeamFiguresPage
    return rx.fragment(
        rx.el.div(
            rx.el.a(t("webhooks.to_team"), href="/teams?team=" + page.team, class_name="button"),
            class_name="row-of-buttons",
        ),
        rx.el.section(rx.el.h2(t("teams.figures.now")), figures(page.all)),
        rx.el.section(
            rx.el.h2(t("teams.figures.months")),
            rx.cond(
                _BY_MONTH.length() > 0,
                figures(_BY_MONTH, wide=True),
                rx.el.p(t("teams.figures.no_months"), class_name="empty"),
            ),
        ),
        rx.el.section(
            rx.el.label(
                rx.el.span(t("teams.figures.which")),
                rx.el.select(
                    rx.foreach(_MONTHS, lambda month: rx.el.option(month, value=month)),
                    value=page.month,
                    on_change=page.choose,
                ),
                class_name="field",
            ),
        ),
        _list(t("teams.figures.by_person"), _PEOPLE, page.people_before, page.more_people, page.turn_people),
        _list(t("teams.figures.by_project"), _PROJECTS, page.projects_before, page.more_projects, page.turn_projects),
    )


@asks(Action.USE)
def team_figures() -> rx.Component:
    """Those of the team that the address names."""
    page = TeamFiguresPage
    return account_shell(
        rx.cond(
            page.refused != "",
            rx.fragment(
                rx.el.p(page.refused, class_name="empty", role="alert"),
                rx.el.a(t("teams.all"), href="/teams", class_name="button"),
            ),
            once_there(page.loaded, _figures()),
        ),
        heading=rx.cond(page.name != "", t("teams.figures.heading") + ": " + page.name, t("teams.figures.heading")),
    )
