"""The walks of a project: what its files say is done with the app, and seen of it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.projects.walks.reading import read_walks
from builder.projects.walks.walk import Walk
from builder.projects.walks.walked import Shown

router = APIRouter(prefix="/projects/{project_id}", tags=["walks"])


class InvalidWalkView(BaseModel):
    """`step` counts from 1; 0 where it is about the whole file."""

    path: str
    step: int
    message: str


class WalksAnswer(BaseModel):
    """Of the working tree at `revision`, by path. `url`: where a browser walks through the app."""

    revision: int
    url: str
    walks: dict[str, Walk]
    invalid: list[InvalidWalkView]


@router.get("/walks", response_model_exclude_none=True)
async def project_walks(services: AppServices, actor: MayRead, project_id: str) -> WalksAnswer:
    project, _, tree = await services.store.read_working(actor, project_id, [])
    read = read_walks(tree)
    return WalksAnswer(
        revision=project.revision,
        url=services.settings.walk_origin(project_id),
        walks=read.walks,
        invalid=[InvalidWalkView(path=one.path, step=one.step, message=one.message) for one in read.invalid],
    )


class ShownView(BaseModel):
    """What was shown in the walks that went well, by path."""

    shown: Shown


@router.get("/versions/{version_id}/walked/before")
async def walked_before(services: AppServices, actor: MayRead, project_id: str, version_id: str) -> ShownView:
    """By the last version before this one that was walked; empty where there is none."""
    return ShownView(shown=await services.walked.before(actor, project_id, version_id))


@router.put("/versions/{version_id}/walked", status_code=204)
async def keep_walked(
    services: AppServices, actor: MayEdit, project_id: str, version_id: str, shown: ShownView
) -> Response:
    """Once all walks of the version were walked; of those that failed what they showed when they last went well."""
    await services.walked.keep(actor, project_id, version_id, shown.shown)
    return Response(status_code=204)
