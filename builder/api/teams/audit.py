"""The audit chain's lines about one team."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from builder.api.admin.audit import AuditLine, AuditPage, Wanted
from builder.api.requests.context import AppServices, MayAdministerTeam
from builder.api.requests.paging import PAGE, Limit

router = APIRouter(prefix="/teams/{team_id}", tags=["teams"])


@router.get("/audit")
async def team_audit(
    actor: MayAdministerTeam,
    services: AppServices,
    wanted: Wanted,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Limit = PAGE,
) -> AuditPage:
    """Who did what in the team; of a person's own place also how they signed in. `team` is not looked at."""
    own = replace(wanted, team=actor.workspace)
    rows = await services.administration.audit.page(own, before=before, limit=limit + 1)
    more = rows[limit - 1].number if len(rows) > limit else None
    return AuditPage(lines=[AuditLine(**row.model_dump()) for row in rows[:limit]], next=more)
