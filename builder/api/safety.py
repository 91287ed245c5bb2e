"""The safety log of a workspace."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from builder.api.requests.context import AppServices, MayAdminister
from builder.safety.log import MOST_PAGE, PAGE
from builder.safety.tables import SafetyEvent

router = APIRouter(tags=["safety"])


class SafetyEventView(BaseModel):
    """`direction`: asked (a person's text), read (material of a model call), said (a model's or tool's), kept (a file).
    `length` in characters. `digest`: SHA-256 of the text, "" where it was a stream."""

    id: str
    at: str
    project: str | None
    account: str
    reference: str | None
    direction: str
    category: str
    verdict: str
    rule: str
    digest: str
    length: int
    count: int


class SafetyPage(BaseModel):
    """Newest first. `next`: what `before` is for the page behind this one, null at the end."""

    events: list[SafetyEventView]
    next: str | None


@router.get("/safety")
async def safety_events(
    services: AppServices,
    actor: MayAdminister,
    before: Annotated[str, Query(max_length=16)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_PAGE)] = PAGE,
) -> SafetyPage:
    """What was noticed in the workspace's prompts, answers and files, without their words."""
    events = await services.safety_log.events(actor, before=before, limit=limit)
    more = events[-1].id if len(events) == limit else None
    return SafetyPage(events=[_view(event) for event in events], next=more)


def _view(event: SafetyEvent) -> SafetyEventView:
    return SafetyEventView(account=event.created_by, **event.model_dump(exclude={"owner", "created_by"}))
