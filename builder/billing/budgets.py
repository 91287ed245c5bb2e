"""Budgets: the most that a workspace, or one project of it, may spend on models. They hold where a call is reserved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.accounts.installation.switches import model_calls_off
from builder.base.db import Database, act_as
from builder.base.errors import SaysoError
from builder.base.ids import now
from builder.billing.tables import Budget, ModelCall
from builder.texts import t

Span = Literal["turn", "month", "person_month", "total"]
_SPANS: Final[tuple[Span, ...]] = ("turn", "month", "person_month", "total")
_CENT: Final = 0.01


class Caps(BaseModel):
    """The most that may be spent, in USD; null where there is no limit.

    `turn_usd` is for one request of a person with every call that answers it, `month_usd` for a calendar month (UTC),
    `person_month_usd` for what each person spends of it, `total_usd` for all time. While `paused`, no call is made at all.
    """

    model_config = ConfigDict(extra="forbid")
    turn_usd: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    month_usd: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    person_month_usd: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    total_usd: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    paused: bool = False


class Spent(BaseModel):
    """What calls took, in USD. A call whose cost is not known yet, or was never told, counts with its reserve.

    `unpriced`: calls of models whose price is not known; they are in no sum.
    """

    month_usd: float
    total_usd: float
    unpriced: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the tightest budget that applies to a call, in USD."""

    left: float
    cap: float
    span: Span
    project: bool


class BudgetReached(SaysoError):
    """A call would go over a budget. Nothing was sent, nothing is spent."""

    code = "budget_reached"
    status = 402

    def __init__(self, allowance: Allowance, cost: float) -> None:
        whose = "project" if allowance.project else "workspace"
        values = {
            "cap": money(allowance.cap),
            "spent": money(allowance.cap - allowance.left),
            "next": money(max(cost, _CENT)),
        }
        message = t(f"billing.{whose}.{allowance.span}", **values)
        super().__init__(
            message,
            detail=f"{whose} {allowance.span}: {allowance.left:.6f} of {allowance.cap:.6f} USD left, {cost:.6f} asked",
        )


class SpendingPaused(SaysoError):
    """All calls of the workspace, or of the project, are paused."""

    code = "spending_paused"
    status = 402

    def __init__(self) -> None:
        super().__init__(t("billing.paused"))


class ModelCallsOff(SpendingPaused):
    """Administrators let nobody call a model."""

    code = "model_calls_off"
    status = 503

    def __init__(self) -> None:
        SaysoError.__init__(self, t("billing.model_calls_off"))


class PriceUnknown(SaysoError):
    """A budget in USD applies, and the price of the model is not known."""

    code = "price_unknown"
    status = 402

    def __init__(self, model: str) -> None:
        super().__init__(t("billing.price_unknown", model=model), detail=model)


async def allowance_for(
    session: AsyncSession, payer: Actor, project: str | None, reference: str | None, *, lock: bool = False
) -> Allowance | None:
    """What the budgets leave for another call of `payer`, in the workspace where they work; None where none is set. With `lock`, until the transaction ends no other
    call is reserved under these budgets. Raises `SpendingPaused`, `ModelCallsOff`."""
    if await model_calls_off(session):
        raise ModelCallsOff
    query = select(Budget).where(col(Budget.owner) == payer.workspace, col(Budget.project).in_({"", project or ""}))
    query = query.order_by(col(Budget.project))
    budgets = (await session.scalars(query.with_for_update() if lock else query)).all()
    if any(budget.paused for budget in budgets):
        raise SpendingPaused
    return await _tightest(session, budgets, payer.id, reference)


async def _tightest(
    session: AsyncSession, budgets: Sequence[Budget], person: str, reference: str | None
) -> Allowance | None:
    found: Allowance | None = None
    for budget in budgets:
        for span in _SPANS:
            cap: float | None = getattr(budget, f"{span}_usd")
            if cap is None or (span == "turn" and reference is None):
                continue
            spent = await _sum(session, _within(budget.owner, budget.project, span, reference, person))
            allowance = Allowance(cap - spent, cap, span, budget.project != "")
            found = allowance if found is None or allowance.left < found.left else found
    return found


def _within(
    owner: str, project: str, span: Span, reference: str | None = None, person: str = ""
) -> list[ColumnElement[bool]]:
    where = [col(ModelCall.owner) == owner]
    if project:
        where.append(col(ModelCall.project) == project)
    if span == "person_month":
        where.append(col(ModelCall.created_by) == person)
    if span in ("month", "person_month"):
        where.append(col(ModelCall.started_at) >= now()[:7])
    if span == "turn":
        where.append(col(ModelCall.reference) == reference)
    return where


async def _sum(session: AsyncSession, where: Sequence[ColumnElement[bool]]) -> float:
    counted = func.coalesce(col(ModelCall.cost_usd), col(ModelCall.reserved_usd), 0.0)
    return float(await session.scalar(select(func.coalesce(func.sum(counted), 0.0)).where(*where)) or 0.0)


async def spent_within(session: AsyncSession, workspace: str, project: str, span: Literal["month", "total"]) -> float:
    """What the calls of a workspace, or of one `project` of it, have cost this month or in all, in USD."""
    return await _sum(session, _within(workspace, project, span))


class Budgets:
    """Reads and writes caps, sums spending, as the `person` who asks. `project` is "" for the whole workspace. The caller
    checks the rights."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def caps(self, person: str, workspace: str, project: str = "") -> Caps:
        async with self._db.reader() as session:
            await act_as(session, person)
            row = await session.get(Budget, (workspace, project))
        return Caps(**row.model_dump(include=set(Caps.model_fields))) if row else Caps()

    async def put(self, person: str, workspace: str, project: str, caps: Caps, *, by: str = "") -> None:
        """Set exactly these. `by`: whose deed it is, where that is not the `person`: a key acts for its team."""
        async with self._db.session() as session:
            await act_as(session, person)
            row = Budget(
                owner=workspace, project=project, created_by=by or person, updated_at=now(), **caps.model_dump()
            )
            await session.merge(row)

    async def spent(self, person: str, workspace: str, project: str = "") -> Spent:
        unpriced = (col(ModelCall.cost_usd).is_(None), col(ModelCall.reserved_usd).is_(None))
        total = _within(workspace, project, "total")
        async with self._db.reader() as session:
            await act_as(session, person)
            return Spent(
                month_usd=round(await _sum(session, _within(workspace, project, "month")), 6),
                total_usd=round(await _sum(session, total), 6),
                unpriced=await session.scalar(select(func.count()).select_from(ModelCall).where(*total, *unpriced))
                or 0,
            )


def money(usd: float) -> str:
    """The amount as people read it."""
    return f"${usd:,.2f}" if usd >= _CENT or usd <= 0 else t("billing.less_than_a_cent")
