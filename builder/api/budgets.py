"""Budgets of a workspace and of its projects, and the estimated cost of a request before it is sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from builder.api.requests.context import (
    AppServices,
    MayAdminister,
    MayConfigure,
    MayRead,
    MayReadTalk,
    MayReadWorkspace,
)
from builder.billing.budgets import Caps, Spent
from builder.safety.judging.flood import MAX_PROMPT_BYTES

router = APIRouter(tags=["budgets"])


class BudgetView(BaseModel):
    """The caps and the spending so far."""

    caps: Caps
    spent: Spent


class EstimateView(BaseModel):
    """`usd` is null where the model's price is not known; `similar`: the number of earlier answers that it is based on.
    `left_usd` of `cap_usd`: the tightest budget of a month or of all time, null without one."""

    input_tokens: int
    output_tokens: int
    usd: float | None
    similar: int
    left_usd: float | None
    cap_usd: float | None


@router.get("/budget")
async def get_budget(services: AppServices, actor: MayReadWorkspace) -> BudgetView:
    """Of the whole workspace."""
    return _view(await services.spending.budget(actor))


@router.put("/budget")
async def put_budget(services: AppServices, actor: MayAdminister, caps: Caps) -> BudgetView:
    """Set exactly these caps; `paused` ends what is being written as well."""
    return _view(await services.spending.decide(actor, caps))


@router.get("/projects/{project_id}/budget")
async def get_project_budget(services: AppServices, actor: MayReadTalk, project_id: str) -> BudgetView:
    return _view(await services.spending.budget(actor, project_id))


@router.put("/projects/{project_id}/budget")
async def put_project_budget(services: AppServices, actor: MayConfigure, project_id: str, caps: Caps) -> BudgetView:
    """Set exactly these caps for the project; those of the workspace hold beside them."""
    return _view(await services.spending.decide(actor, caps, project_id))


@router.get("/projects/{project_id}/estimate")
async def estimate(
    services: AppServices,
    actor: MayRead,
    project_id: str,
    model: Annotated[str, Query(max_length=200)],
    characters: Annotated[int, Query(ge=0, le=MAX_PROMPT_BYTES)] = 0,
) -> EstimateView:
    """An estimate for a prompt of so many characters: from what the model would read now, and from similar answers."""
    return EstimateView(**asdict(await services.spending.estimate(actor, project_id, model, characters)))


def _view(found: tuple[Caps, Spent]) -> BudgetView:
    caps, spent = found
    return BudgetView(caps=caps, spent=spent)
