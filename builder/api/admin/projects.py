"""Projects: by size, age and activity; opened for a reason, stopped, taken down, blocked."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests import paging
from builder.api.requests.context import AppServices, MayOversee
from builder.api.requests.paging import PAGE, Cursor, Limit
from builder.composition.administration.projects import ProjectSeen

router = APIRouter(prefix="/admin/projects", tags=["admin"])
Reason = Annotated[str, Field(max_length=300, description="Kept in the audit chain.")]


class AdminProject(BaseModel):
    """Nothing of what was made. `owner`: the workspace, `username` its person's. `size` in bytes. `server`: the stage of
    its server, null where it has none here."""

    id: str
    owner: str
    username: str
    size: int
    versions: int
    links: int
    server: str | None
    created_at: str
    updated_at: str
    blocked_at: str | None


class AdminProjectPage(BaseModel):
    projects: list[AdminProject]
    next: str | None


class AdminProjectChange(BaseModel):
    """`links`: take all live links down. `blocked`: let it neither run nor be shared; null leaves it as it is."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    stop: bool = False
    links: bool = False
    blocked: bool | None = None


class LookReason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(max_length=300, description="The owner reads it, and the audit chain keeps it.")]


class SeenFile(BaseModel):
    """`text` is null for a binary file, and once the files before have been very long."""

    path: str
    size: int
    text: str | None


class LookedAt(BaseModel):
    id: str
    title: str
    description: str
    prompt: str
    files: list[SeenFile]


@router.get("")
async def admin_projects(
    _: MayOversee,
    services: AppServices,
    order: Literal["updated", "created", "size"] = "updated",
    owner: Annotated[str, Query(max_length=64)] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> AdminProjectPage:
    """Every project, without what is in it: the one changed or made last, or the largest, first."""
    found = await services.administration.projects.page(
        order, owner=owner, behind=paging.place_of(cursor, order), limit=limit + 1
    )
    more = None
    if len(found) > limit:
        last = found[limit - 1].project
        value = {"updated": last.updated_at, "created": last.created_at, "size": str(last.size)}[order]
        more = paging.cursor(order, (value, last.id))
    return AdminProjectPage(projects=[_view(seen) for seen in found[:limit]], next=more)


@router.patch("/{project_id}")
async def admin_change_project(
    actor: MayOversee, services: AppServices, project_id: str, body: AdminProjectChange
) -> AdminProject:
    """Stop its server, take down its links, block it. 422 `reason_needed`."""
    projects = services.administration.projects
    if body.stop:
        await projects.stop(project_id, actor.id, body.reason)
    if body.links:
        await projects.take_down(project_id, actor.id, body.reason)
    if body.blocked is not None:
        await projects.block(project_id, actor.id, body.reason, blocked=body.blocked)
    return _view(await projects.one(project_id))


@router.post("/{project_id}/look")
async def admin_look(
    actor: MayOversee, services: AppServices, project_id: str, body: LookReason, response: Response
) -> LookedAt:
    """Open a project to read: its owner is told who looks after this Sayso did so, and why. 422 `reason_needed`."""
    project, files = await services.administration.projects.look(project_id, actor.id, body.reason)
    response.headers["Cache-Control"] = "no-store"
    return LookedAt(
        id=project.id,
        title=project.title,
        description=project.description,
        prompt=project.prompt,
        files=[SeenFile(path=one.path, size=one.size, text=one.text) for one in files],
    )


def _view(seen: ProjectSeen) -> AdminProject:
    project = seen.project
    return AdminProject(
        id=project.id,
        owner=project.owner,
        username=seen.username,
        size=project.size,
        versions=project.version_count,
        links=seen.links,
        server=seen.server,
        created_at=project.created_at,
        updated_at=project.updated_at,
        blocked_at=project.blocked_at,
    )
