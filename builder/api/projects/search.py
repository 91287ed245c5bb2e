"""Search over the projects, files and messages of the workspace."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from builder.api.requests.context import AppServices, MayReadWorkspace
from builder.projects.searching.search import MOST_QUERY, NEWEST, Kind, SearchResults

router = APIRouter(prefix="/search", tags=["projects"])


@router.get("")
async def search(
    services: AppServices,
    actor: MayReadWorkspace,
    q: Annotated[str, Query(max_length=MOST_QUERY)],
    kind: Annotated[Kind, Query(alias="in")] = "project",
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[int, Query(ge=1, le=NEWEST)] = NEWEST,
) -> SearchResults:
    """What has a word that begins with each word of `q`: what was written last comes first. New text is found within
    two seconds."""
    return await services.search.find(actor, q, kind, limit=limit, before=cursor)
