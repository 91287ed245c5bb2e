"""What a team uses of what it may: a part of its page with a State of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.base.errors import SaysoError
from builder.billing.budgets import Caps
from builder.components.account import status
from builder.composition.operation.quotas import QuotaUse
from builder.composition.services import get_services
from builder.pages.asking import actor_of, asks
from builder.pages.teams.team_state import TeamsPage
from builder.texts import t

_MEGABYTE: Final = 1024 * 1024


@dataclass
class QuotaRow:
    """`remove`: what makes room, "" while there is plenty."""

    name: str
    figure: str
    remove: str


class TeamUse(TeamsPage):
    """`month` and `person_month` in USD, "" for no limit."""

    quotas: list[QuotaRow] = []
    month: str = ""
    person_month: str = ""
    spent: str = ""

    @rx.event
    @asks(Action.USE)
    async def load_use(self) -> None:
        if self.team:
            await self._look()

    @rx.event
    @asks(Action.USE)
    async def limit(self, form: dict[str, Any]) -> None:
        """Set what models may take of the team, and of each person in it, in a month; the other caps stay."""
        self.place, self.notice, self.error = "use", "", ""
        actor, spending = (await actor_of(self)).within(self.team), get_services().spending
        try:
            amounts = {name: _amount(str(form.get(name, ""))) for name in ("month_usd", "person_month_usd")}
        except ValueError:
            self.error = t("teams.not_money")
            return
        try:
            caps, _ = await spending.budget(actor)
            await spending.decide(actor, Caps.model_validate(caps.model_dump() | amounts))
        except SaysoError as reason:
            self.error = reason.message
            return
        self.notice = t("teams.saved")
        await self._look()

    async def _look(self) -> None:
        services, actor = get_services(), (await actor_of(self)).within(self.team)
        caps, spent = await services.spending.budget(actor)
        self.month, self.person_month = _said(caps.month_usd), _said(caps.person_month_usd)
        self.spent = t("teams.spent", month=f"${spent.month_usd:,.2f}", total=f"${spent.total_usd:,.2f}")
        self.quotas = [_row(one) for one in await services.quotas.of(self.team)]


def _amount(typed: str) -> float | None:
    """Raises ValueError for what is no amount of money."""
    text = typed.strip().removeprefix("$").replace(",", ".")
    if not text:
        return None
    amount = float(text)
    if not 0 <= amount <= 1_000_000:
        raise ValueError(typed)
    return amount


def _said(usd: float | None) -> str:
    return "" if usd is None else f"{usd:g}"


def _row(use: QuotaUse) -> QuotaRow:
    unit = _MEGABYTE if use.name == "storage" else 1
    used, limit = -(-use.used // unit), None if use.limit is None else use.limit // unit
    key = "teams.used" if limit is None else "teams.used_of"
    values = {"used": f"{used:,}"} | ({} if limit is None else {"limit": f"{limit:,}"})
    full = use.limit is not None and use.used >= 0.9 * use.limit
    return QuotaRow(t(f"teams.quota.{use.name}"), t(key, **values), use.remove if full else "")


load_use = TeamUse.load_use

# On a State class the fields are Vars, which their annotations do not show.
_QUOTAS: Any = TeamUse.quotas


def _quota(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="card-title"),
            rx.cond(row.remove != "", rx.el.span(row.remove, class_name="card-text danger-text"), rx.fragment()),
            class_name="row",
        ),
        rx.el.span(row.figure, class_name="card-text"),
    )


def _cap(name: str, value: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(t(f"teams.{name}")),
        rx.el.input(
            name=name,
            default_value=value,
            key=value,
            input_mode="decimal",
            auto_complete="off",
            placeholder=t("teams.no_limit"),
            max_length=12,
        ),
        class_name="field",
    )


def use_of_team() -> rx.Component:
    """For everybody in the team; those who lead it set what models may take."""
    return rx.el.section(
        rx.el.h2(t("teams.use")),
        rx.el.ul(rx.foreach(_QUOTAS, _quota), class_name="rows"),
        rx.el.p(TeamUse.spent, class_name="card-text"),
        rx.cond(
            TeamUse.leads,
            rx.el.form(
                _cap("month_usd", TeamUse.month),
                _cap("person_month_usd", TeamUse.person_month),
                rx.el.button(t("teams.limit"), type="submit", class_name="button"),
                on_submit=TeamUse.limit,
                reset_on_submit=False,
            ),
            rx.fragment(),
        ),
        status(TeamUse.place == "use", TeamUse.notice, TeamUse.error),
    )
