"""What a team may have, how much of it it has, and what makes room."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from builder.api.requests.context import AppServices, MayReadTeam

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
async def quota(services: AppServices, actor: MayReadTeam) -> QuotaList:
    """For those who may see what is in the team; for others there is no such team."""
    found = await services.quotas.of(actor.workspace)
    return QuotaList(
        quotas=[QuotaView(name=one.name, used=one.used, limit=one.limit, remove=one.remove) for one in found]
    )
