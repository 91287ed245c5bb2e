"""The usage log: one row for each call of a model, whoever makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.base.db import Database, act_as
from builder.base.ids import now
from builder.base.leases import Leases
from builder.base.watching.metrics import model_called
from builder.billing.budget_news import BudgetNews, Heard, nearly_spent, refused
from builder.billing.budgets import BudgetReached, PriceUnknown, allowance_for
from builder.billing.tables import ModelCall

Outcome = Literal["settled", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class OperationUse:
    """`input` with what came from a provider's cache; calls whose cost is not known add nothing to `cost_usd`."""

    operation: str
    count: int
    input: int
    output: int
    cost_usd: float


async def _nobody(_: AsyncSession, __: BudgetNews) -> None:
    return None


class UsageLog:
    """Tokens are counts, costs are in USD."""

    def __init__(self, db: Database, leases: Leases) -> None:
        self._db, self._leases = db, leases
        self._heard: Heard = _nobody

    def on_budget(self, heard: Heard) -> None:
        """Have `heard` told of budgets that are nearly spent or reached, in the transaction that notes it."""
        self._heard = heard

    async def reserve(
        self,
        actor: Actor,
        *,
        operation: str,
        project: str | None,
        reference: str | None,
        model: str,
        tokens: int,
        cost: float | None,
    ) -> str:
        """Record that `model` ("provider:name") is about to be called, with the most the call may use; returns the
        call's id.

        Budgets hold even when other calls are reserved at the same moment: raises `BudgetReached`, `PriceUnknown` and
        `SpendingPaused`, and then no call may be made.
        """
        provider, _, name = model.partition(":")
        call = ModelCall(
            owner=actor.workspace, created_by=actor.id, project=project, operation=operation, reference=reference,
            provider=provider, model=name[:200], reserved_tokens=tokens, reserved_usd=cost,
            **self._leases.taken(),
        )  # fmt: skip
        async with self._db.session() as session:
            await act_as(session, actor.reaches)
            allowance = await allowance_for(session, actor, project, reference, lock=True)
            if allowance is not None and cost is None:
                raise PriceUnknown(model)
            over = allowance if allowance is not None and cost is not None and cost > allowance.left else None
            if over is None:
                session.add(call)
        if over is not None and cost is not None:
            async with self._db.session() as session:
                for news in await refused(session, actor.workspace, project, over):
                    await self._heard(session, news)
            raise BudgetReached(over, cost)
        return call.id

    async def left(self, actor: Actor, *, project: str | None, reference: str | None) -> float | None:
        """What the budgets leave for another call, in USD; None when no budget is set. Raises `SpendingPaused`."""
        async with self._db.reader() as session:
            allowance = await allowance_for(session, actor, project, reference)
        return allowance.left if allowance else None

    @contextmanager
    def held(self, call: str) -> Iterator[None]:
        """While this is open the call is under way, and no other process takes it for abandoned."""
        with self._leases.kept(ModelCall, call, lambda: None):
            yield

    async def settle(
        self,
        call: str,
        status: Outcome,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cache_read: int | None,
        cache_write: int | None,
        cost: float | None,
    ) -> None:
        """Record how a call ended and what it used; values that the provider did not report are None.

        The caller's record wins, even if another server has recorded the call as abandoned meanwhile.
        """
        tokens = {
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "cache_read": cache_read,
            "cache_write": cache_write,
        }
        ended = update(ModelCall).where(col(ModelCall.id) == call)
        ended = ended.values(status=status, cost_usd=cost, ended_at=now(), **tokens)
        which = ended.returning(
            col(ModelCall.provider), col(ModelCall.model), col(ModelCall.operation),
            col(ModelCall.owner), col(ModelCall.project),
        )  # fmt: skip
        async with self._db.session() as session:
            row = (await session.execute(which.execution_options(synchronize_session=False))).one_or_none()
            if row is not None:
                for news in await nearly_spent(session, row.owner, row.project):
                    await self._heard(session, news)
        if row is not None:
            model_called(f"{row.provider}:{row.model}", row.operation, status, tokens, cost)

    async def recover(self) -> int:
        """Mark the calls of processes that are gone as failed. What they used is unknown; their reserved amounts stay
        visible. Returns the number of calls."""
        free = self._leases.free(ModelCall, await self._leases.dead())
        left = update(ModelCall).where(col(ModelCall.status) == "reserved", free)
        failed = left.values(status="failed", ended_at=now()).returning(col(ModelCall.id))
        async with self._db.session() as session:
            return len([*await session.scalars(failed.execution_options(synchronize_session=False))])

    @staticmethod
    async def calls_for(session: AsyncSession, owner: str, reference: str) -> list[ModelCall]:
        """The calls of the workspace `owner` that were made for `reference`, oldest first, also those under way."""
        mine = (col(ModelCall.owner) == owner) & (col(ModelCall.reference) == reference)
        return [*await session.scalars(select(ModelCall).where(mine).order_by(col(ModelCall.started_at)))]

    async def calls(self, actor: Actor, *, project: str | None = None) -> list[ModelCall]:
        """The calls of the actor's workspace, oldest first; only those of one project when it is named."""
        query = select(ModelCall).where(col(ModelCall.owner) == actor.workspace)
        if project is not None:
            query = query.where(col(ModelCall.project) == project)
        async with self._db.reader() as session:
            await act_as(session, actor.reaches)
            return [*await session.scalars(query.order_by(col(ModelCall.started_at)))]

    async def by_operation(self, actor: Actor, month: str) -> list[OperationUse]:
        """What the calls of the actor's workspace used in a `month` (2026-11), by operation."""
        columns = select(
            col(ModelCall.operation), func.count(), func.sum(col(ModelCall.input_tokens)),
            func.sum(col(ModelCall.cache_read)), func.sum(col(ModelCall.cache_write)),
            func.sum(col(ModelCall.output_tokens)), func.sum(col(ModelCall.cost_usd)),
        )  # fmt: skip
        mine = (col(ModelCall.owner) == actor.workspace) & col(ModelCall.started_at).startswith(f"{month}-")
        query = columns.where(mine).group_by(col(ModelCall.operation)).order_by(col(ModelCall.operation))
        async with self._db.reader() as session:
            await act_as(session, actor.reaches)
            rows = (await session.execute(query)).all()
        return [
            OperationUse(name, count, (read or 0) + (kept or 0) + (written or 0), output or 0, float(cost or 0.0))
            for name, count, read, kept, written, output, cost in rows
        ]
