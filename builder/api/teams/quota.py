"""What a team may have, how much of it it has, and what makes room."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from builder.accounts.access import Action
from builder.api.requests.context import AppServices, MayUse

router = APIRouter(prefix="/teams/{team_id}", tags=["teams"])


class QuotaView(BaseModel):
    """`used` and `limit` in pieces, of `storage` in bytes; `limit` is null where there is none. `remove`: what makes room."""

    name: str
    used: int
    limit: int | None
    remove: str


class QuotaList(BaseModel):
    quotas: list[QuotaView]


@router.get("/quota")
async def quota(services: AppServices, actor: MayUse, team_id: str) -> QuotaList:
    """For those who may see what is in the team; for others there is no such team."""
    await services.memberships.check(actor.within(team_id), Action.READ)
    found = await services.quotas.of(team_id)
    return QuotaList(
        quotas=[QuotaView(name=one.name, used=one.used, limit=one.limit, remove=one.remove) for one in found]
    )
