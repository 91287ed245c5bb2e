"""Reads and writes the rows of turns and steps; every change is announced in the transaction that makes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import Conflict, NotFound
from builder.base.events import EventLog
from builder.base.ids import now
from builder.base.leases import LeaseLost, Leases
from builder.billing.usage_log import UsageLog
from builder.generation.tables import Generation, Turn, TurnStep
from builder.generation.turns.shapes import TurnChangedFact, turn_shape
from builder.projects.rows import project_of
from builder.projects.tables import Message
from builder.texts import t

MOST_QUEUED: Final = 5


class TurnRecords:
    """The tables of turns and steps, with their events."""

    def __init__(self, db: Database, events: EventLog, leases: Leases) -> None:
        self.db, self._events, self._leases = db, events, leases

    async def get(
        self, actor: Actor, project_id: str, turn_id: str, action: Action = Action.READ
    ) -> tuple[Turn, list[TurnStep]]:
        """Raises what `may` raises, and `NotFound` for one that is not of this project."""
        async with self.db.reader() as session:
            await project_of(session, actor, project_id, action)
            turn = await session.get(Turn, turn_id[:16])
            if turn is None or turn.project != project_id:
                raise NotFound(t("turn.not_found"), detail=f"turn {turn_id[:40]!r} for {actor.id}")
            return turn, await self.steps(session, turn_id)

    async def all(self, actor: Actor, project_id: str) -> list[tuple[Turn, list[TurnStep]]]:
        """The project's turns, oldest first."""
        async with self.db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            return await turns_of(session, project_id)

    async def writing(self, project_id: str) -> Turn | None:
        """The one that runs."""
        query = select(Turn).where(col(Turn.project) == project_id, col(Turn.status) == "running")
        async with self.db.reader() as session:
            found: Turn | None = await session.scalar(query.limit(1))
            return found

    async def queued(self, project_id: str) -> list[Turn]:
        """Those that wait for their turn, oldest first."""
        query = select(Turn).where(col(Turn.project) == project_id, col(Turn.status) == "queued")
        async with self.db.reader() as session:
            return [*await session.scalars(query.order_by(col(Turn.created_at), col(Turn.id)))]

    async def begun(self, turn_id: str) -> tuple[Message | None, Generation | None]:
        """The person's message, and the generation that writes first."""
        said = select(Message).where(col(Message.turn) == turn_id, col(Message.role) == "person")
        made = select(Generation).where(col(Generation.turn) == turn_id).order_by(col(Generation.created_at))
        async with self.db.reader() as session:
            return await session.scalar(said.limit(1)), await session.scalar(made.limit(1))

    async def begin(self, session: AsyncSession, turn: Turn) -> None:
        """Write the row as running and hold it. Raises `Conflict` where another turn of the project runs."""
        busy = select(col(Turn.id)).where(
            col(Turn.project) == turn.project, col(Turn.status) == "running", col(Turn.id) != turn.id
        )
        if (await session.execute(busy.limit(1))).first():
            raise Conflict(t("generation.busy"), code="generation_busy")
        turn.status, turn.error, turn.finished_at, turn.outcome = "running", None, None, ""
        await session.merge(turn)
        await session.flush()
        mine = update(Turn).where(col(Turn.id) == turn.id).values(**self._leases.taken())
        await session.execute(mine.execution_options(synchronize_session=False))

    async def put(self, session: AsyncSession, turn: Turn, steps: Sequence[TurnStep], *, held: bool = True) -> None:
        """Write what changed, and say so. With `held` it raises `LeaseLost` where another process has it by now."""
        row = await session.get(Turn, turn.id, with_for_update=True)
        if held and row is not None and row.holder != self._leases.id:
            raise LeaseLost(f"turn {turn.id}")
        turn.holder, turn.leased_until = (
            (row.holder, row.leased_until) if row and turn.status == "running" else ("", "")
        )
        await session.merge(turn)
        await self._bill(session, turn, steps)
        for step in steps:
            await session.merge(step)
        await session.flush()
        shape = turn_shape(turn, await self.steps(session, turn.id))
        await self._events.append(turn.project, TurnChangedFact(turn=shape), session)

    async def _bill(self, session: AsyncSession, turn: Turn, steps: Sequence[TurnStep]) -> None:
        """Write into `steps` what the usage log has for them: every attempt counts, also one that another replaced. A
        step's calls are those from its beginning to that of the next."""
        calls = await UsageLog.calls_for(session, turn.owner, turn.id) if steps else []
        begun = (
            {step.number: step.started_at for step in (*await self.steps(session, turn.id), *steps)} if calls else {}
        )
        for step in steps:
            until = min((at for number, at in begun.items() if number > step.number), default="~")
            if mine := [call for call in calls if call.ended_at and step.started_at <= call.started_at < until]:
                step.input_tokens = sum(call.input_tokens or 0 for call in mine)
                step.output_tokens = sum(call.output_tokens or 0 for call in mine)
                step.cache_read = sum(call.cache_read or 0 for call in mine)
                step.cache_write = sum(call.cache_write or 0 for call in mine)
                costs = [call.cost_usd for call in mine]
                step.cost_usd = None if None in costs else round(sum(cost or 0.0 for cost in costs), 6)

    async def steps(self, session: AsyncSession, turn_id: str) -> list[TurnStep]:
        """In order."""
        query = select(TurnStep).where(col(TurnStep.turn) == turn_id).order_by(col(TurnStep.number))
        return [*await session.scalars(query)]

    async def left_behind(self, dead: Collection[str]) -> list[Turn]:
        """Everybody's turns that nobody runs any more."""
        async with self.db.reader() as session:
            return [*await session.scalars(select(Turn).where(self._left(dead)))]

    async def take_over(self, session: AsyncSession, turn: Turn, dead: Collection[str]) -> bool:
        """Hold a turn that was left behind, to end it; False where somebody else was quicker."""
        taken = update(Turn).where(col(Turn.id) == turn.id, self._left(dead)).values(**self._leases.taken())
        returned = taken.returning(col(Turn.id)).execution_options(synchronize_session=False)
        return await session.scalar(returned) is not None

    def _left(self, dead: Collection[str]) -> ColumnElement[bool]:
        return (col(Turn.status) == "running") & self._leases.free(Turn, dead)


async def turns_of(session: AsyncSession, project_id: str) -> list[tuple[Turn, list[TurnStep]]]:
    """The project's turns with their steps, oldest first."""
    turns = select(Turn).where(col(Turn.project) == project_id).order_by(col(Turn.created_at), col(Turn.id))
    steps: defaultdict[str, list[TurnStep]] = defaultdict(list)
    of_project = select(TurnStep).where(col(TurnStep.project) == project_id).order_by(col(TurnStep.number))
    for step in await session.scalars(of_project):
        steps[step.turn].append(step)
    return [(turn, steps[turn.id]) for turn in await session.scalars(turns)]


def ended(step: TurnStep, status: str) -> None:
    step.status, step.finished_at = status, now()


def copied(step: TurnStep, generation: Generation) -> None:
    """Write into a step what its generation came to."""
    ended(step, generation.status if generation.status != "running" else "interrupted")
    step.model, step.model_label, step.version = generation.model, generation.model_label, generation.version
    step.input_tokens, step.output_tokens = generation.input_tokens, generation.output_tokens
    step.cache_read, step.cache_write = generation.cache_read, generation.cache_write
    step.cost_usd = generation.cost_usd
