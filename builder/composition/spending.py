"""Spending on models: budgets with their rights, and an estimate of the next request."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Select, func, select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.billing.budgets import Allowance, Budgets, Caps, SpendingPaused, Spent, allowance_for
from builder.billing.tables import ModelCall
from builder.generation.models.draft_schema import DRAFT_SCHEMA, TOOL_DESCRIPTION
from builder.generation.models.registry import OFFLINE
from builder.llm.conversation.events import Usage
from builder.llm.conversation.prices import price
from builder.llm.conversation.sizes import CHARACTERS_PER_TOKEN, tokens_of
from builder.projects.rows import project_of

if TYPE_CHECKING:
    from builder.generation.service import GenerationService
    from builder.generation.turns.service import TurnService

FIRST_OUTPUT: Final = 9_000
CHANGE_OUTPUT: Final = 2_500
"""Tokens that an answer takes where no similar one is known: an app of some twenty files, and a change of a few."""
_SIMILAR: Final = 9
_TOOL_CHARACTERS: Final = len(TOOL_DESCRIPTION) + len(json.dumps(DRAFT_SCHEMA))


@dataclass(frozen=True, slots=True)
class Estimate:
    """About what a request takes. `usd` is None where the price is not known; `similar`: the number of earlier answers
    that it is based on. `left_usd` of `cap_usd`: the tightest budget of a month or of all time, None without one."""

    input_tokens: int
    output_tokens: int
    usd: float | None
    similar: int
    left_usd: float | None
    cap_usd: float | None


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What an earlier answer took, in tokens, with all its calls: those that looked, went on, or came once more. `first`:
    what the shortest of them read."""

    first: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    calls: int


def expected(read: int, similar: Sequence[EarlierAnswer]) -> tuple[Usage, int]:
    """What an answer takes whose first call reads so many tokens, and by how many calls, by `similar` ones: a context
    that has grown is read as often as theirs was, and is as much of it in the cache."""
    scales = [min(4.0, max(0.25, read / one.first)) if one.first > 0 else 1.0 for one in similar]

    def usual(name: str, *, scaled: bool) -> int:
        counts = [getattr(one, name) * (scale if scaled else 1) for one, scale in zip(similar, scales, strict=True)]
        return int(statistics.median(counts))

    parts = (usual(name, scaled=True) for name in ("cache_read", "cache_write"))
    usage = Usage(usual("input", scaled=True), usual("output", scaled=False), *parts)
    return usage, max(1, usual("calls", scaled=False))


def _answered(project_id: str) -> Select[*tuple[Any, ...]]:
    """The rows of `EarlierAnswer` of a project, oldest first."""
    call = ModelCall
    counts = [func.coalesce(col(count), 0) for count in (call.input_tokens, call.cache_read, call.cache_write)]
    read, (fresh, cached, kept) = counts[0] + counts[1] + counts[2], counts
    rows = select(
        func.min(read), func.sum(fresh), func.sum(col(call.output_tokens)), func.sum(cached), func.sum(kept), func.count()
    ).where(
        col(call.project) == project_id, col(call.operation) == "generate", col(call.status) == "settled",
        col(call.output_tokens) > 0,
    )  # fmt: skip
    return rows.group_by(col(call.reference)).order_by(func.min(col(call.started_at)))


class Writing(Protocol):
    """The owner of this process's turns and generations, which exist once it has started."""

    @property
    def turns(self) -> TurnService: ...

    @property
    def generations(self) -> GenerationService: ...


class Spending:
    """Budgets of a workspace and of its projects, after `may`. `project_id` is None for the whole workspace."""

    def __init__(self, db: Database, writing: Writing) -> None:
        self._db, self._writing = db, writing
        self._budgets = Budgets(db)

    async def budget(self, actor: Actor, project_id: str | None = None) -> tuple[Caps, Spent]:
        """The caps and the spending so far. Raises NotFound, Refused."""
        workspace = await self._workspace(actor, project_id, Action.READ)
        project = project_id or ""
        return (
            await self._budgets.caps(actor.reaches, workspace, project),
            await self._budgets.spent(actor.reaches, workspace, project),
        )

    async def decide(self, actor: Actor, caps: Caps, project_id: str | None = None) -> tuple[Caps, Spent]:
        """Set exactly these caps; `paused` also ends what is being written, and keeps what came. Raises NotFound, Refused."""
        action = Action.ADMINISTER if project_id is None else Action.CONFIGURE
        workspace = await self._workspace(actor, project_id, action)
        await self._budgets.put(actor.reaches, workspace, project_id or "", caps, by=actor.id)
        if caps.paused:
            await self._writing.turns.stop_all(workspace, project_id)
            await self._writing.generations.stop_all(workspace, project_id)
        return await self.budget(actor, project_id)

    async def estimate(self, actor: Actor, project_id: str, model: str, characters: int) -> Estimate:
        """An estimate for a prompt of so many `characters`. Raises NotFound, Refused."""
        workspace = await self._workspace(actor, project_id, Action.READ)
        allowance: Allowance | None = None
        asked = await self._writing.generations.asked(actor, project_id, "x" * characters)
        async with self._db.reader() as session:
            with contextlib.suppress(SpendingPaused):
                allowance = await allowance_for(session, actor.within(workspace), project_id, None)
            earlier = [EarlierAnswer(*map(int, row)) for row in (await session.execute(_answered(project_id))).all()]
        # The first answer of a project is a whole app, those after it are changes: each goes by its own kind.
        similar = earlier[1:][-_SIMILAR:] if asked.tree else []
        read = tokens_of(asked.system) + tokens_of(asked.user) + round(_TOOL_CHARACTERS / CHARACTERS_PER_TOKEN)
        usage, calls = (
            expected(read, similar) if similar else (Usage(read, CHANGE_OUTPUT if asked.tree else FIRST_OUTPUT), 1)
        )
        cost = price(model)
        # By the call: what a long one costs more is told by its own length.
        one = Usage(*(count // calls for count in astuple(usage)))
        usd = 0.0 if model == OFFLINE else cost.cost(one) * calls if cost else None
        left, cap = (max(0.0, allowance.left), allowance.cap) if allowance else (None, None)
        read = usage.input_tokens + usage.cache_read + usage.cache_write
        return Estimate(read, usage.output_tokens, usd, len(similar), left, cap)

    async def _workspace(self, actor: Actor, project_id: str | None, action: Action) -> str:
        async with self._db.reader() as session:
            if project_id is not None:
                return (await project_of(session, actor, project_id, action)).owner
            await check(session, actor, action, actor.workspace)
        return actor.workspace
