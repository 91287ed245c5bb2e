"""Whether spending comes near a budget, or reaches it: each is told once in a month, or until the budget is set anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.ids import now
from builder.billing.budgets import Allowance, spent_within
from builder.billing.tables import Budget

Level = Literal["nearly", "reached"]
BudgetSpan = Literal["month", "total"]
NEARLY: Final = 0.8
"""The share of a budget from which it is told."""
_SPANS: Final[tuple[BudgetSpan, ...]] = ("month", "total")


@dataclass(frozen=True, slots=True)
class BudgetNews:
    """What a budget of the workspace `owner`, or of one `project` of it (else None), has come to; amounts in USD."""

    owner: str
    project: str | None
    level: Level
    span: BudgetSpan
    spent: float
    cap: float


Heard = Callable[[AsyncSession, BudgetNews], Awaitable[None]]


async def nearly_spent(session: AsyncSession, owner: str, project: str | None) -> list[BudgetNews]:
    """Those budgets that apply to a call just ended and are to be told of; told from then on, once `session` is
    committed."""
    found = []
    for budget in await _budgets(session, owner, project):
        for span in _SPANS:
            cap: float | None = getattr(budget, f"{span}_usd")
            if cap and (spent := await spent_within(session, budget.owner, budget.project, span)) >= NEARLY * cap:
                found += _told(budget, "nearly", span, spent, cap)
    return found


async def refused(session: AsyncSession, owner: str, project: str | None, allowance: Allowance) -> list[BudgetNews]:
    """The same for a call that was not made, as it would have gone over the budget of `allowance`."""
    of = project or "" if allowance.project else ""
    spans = [span for span in _SPANS if span == allowance.span]
    rows = [row for row in await _budgets(session, owner, project) if row.project == of]
    spent = allowance.cap - allowance.left
    return [one for row in rows for span in spans for one in _told(row, "reached", span, spent, allowance.cap)]


async def _budgets(session: AsyncSession, owner: str, project: str | None) -> list[Budget]:
    query = select(Budget).where(
        col(Budget.owner) == owner,
        col(Budget.project).in_({"", project or ""}),
        or_(col(Budget.month_usd).is_not(None), col(Budget.total_usd).is_not(None)),
    )
    # One after the other, so that two calls that end together tell once.
    return [*await session.scalars(query.order_by(col(Budget.project)).with_for_update())]


def _told(budget: Budget, level: Level, span: BudgetSpan, spent: float, cap: float) -> list[BudgetNews]:
    """What is to be told, and noted as told; nothing where it was."""
    month = now()[:7]
    mark = f"{span}:{level}" + (f":{month}" if span == "month" else "")
    told = [one for one in budget.told.split() if not one.startswith("month:") or one.endswith(month)]
    if mark in told:
        return []
    budget.told = " ".join([*told, mark])
    return [BudgetNews(budget.owner, budget.project or None, level, span, spent, cap)]
