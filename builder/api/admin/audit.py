"""The audit chain: found, and written out."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from builder.accounts.audit.search import AuditQuery
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayOversee
from builder.api.requests.paging import PAGE, Limit
from builder.base.errors import Json

router = APIRouter(prefix="/admin/audit", tags=["admin"])
_EXPORTS: Final = {"csv": "text/csv", "ndjson": "application/x-ndjson"}


class AuditLine(BaseModel):
    """A line of the chain, as `builder.accounts.audit.tables` says."""

    number: int
    at: str
    actor: str
    via: str
    team: str
    project: str
    action: str
    resource: str
    resource_id: str
    outcome: str
    details: dict[str, Json]
    reason: str
    request: str
    previous: str
    digest: str


class AuditPage(BaseModel):
    """Newest first. `next`: what `before` is for the page behind this one, null at the end."""

    lines: list[AuditLine]
    next: int | None


def _wanted(
    actor: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=64, description="With a dot at the end: all that begin so.")] = "",
    team: Annotated[str, Query(max_length=64)] = "",
    resource_id: Annotated[str, Query(max_length=64)] = "",
    outcome: Annotated[str, Query(max_length=32)] = "",
    since: Annotated[str, Query(max_length=27, description="A moment, or its beginning, such as 2031-05.")] = "",
    until: Annotated[str, Query(max_length=27)] = "",
) -> AuditQuery:
    return AuditQuery(actor, action, team, resource_id, outcome, since, until)


Wanted = Annotated[AuditQuery, Depends(_wanted)]


@router.get("")
async def admin_audit(
    _: MayOversee,
    services: AppServices,
    wanted: Wanted,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Limit = PAGE,
) -> AuditPage:
    """Lines of the chain."""
    rows = await services.administration.audit.page(wanted, before=before, limit=limit + 1)
    more = rows[limit - 1].number if len(rows) > limit else None
    return AuditPage(lines=[AuditLine(**row.model_dump()) for row in rows[:limit]], next=more)


@router.get("/export", response_class=StreamingResponse, responses=content(*_EXPORTS.values()))
async def admin_audit_export(
    _: MayOversee, services: AppServices, wanted: Wanted, form: Literal["csv", "ndjson"] = "ndjson"
) -> StreamingResponse:
    """Every line, the oldest first: as JSON, one in a row, or as a table."""
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(
        services.administration.audit.export(wanted, form), media_type=_EXPORTS[form], headers=headers
    )
