"""Search over projects, files and messages, and over the people of one's teams."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from builder.api.requests.context import AppServices, MayReadWorkspace, Team
from builder.projects.searching.search import MOST_QUERY, NEWEST, Kind, SearchResults

router = APIRouter(prefix="/search", tags=["projects"])
_KINDS: Final[dict[str, Kind]] = {
    "project": "project", "projects": "project", "file": "file", "files": "file",
    "message": "message", "messages": "message", "person": "person", "people": "person",
}  # fmt: skip
_ONE: Final = "(?:projects?|files?|messages?|person|people)"


@router.get("")
async def search(
    services: AppServices,
    actor: MayReadWorkspace,
    q: Annotated[str, Query(max_length=MOST_QUERY)],
    kinds: Annotated[
        str,
        Query(
            alias="in",
            max_length=80,
            pattern=f"^{_ONE}(?:,{_ONE})*$",
            description="What to look for, such as `projects,files`.",
        ),
    ] = "projects",
    team: Team = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[int, Query(ge=1, le=NEWEST)] = NEWEST,
) -> SearchResults:
    """What has a word that begins with each word of `q`: people, then what was written last. With a `team` of that team,
    else of all that one may see. New text is found within two seconds."""
    wanted = {_KINDS[one] for one in kinds.split(",")}
    return await services.search.find(actor, q, wanted, everywhere=not team, limit=limit, before=cursor)
