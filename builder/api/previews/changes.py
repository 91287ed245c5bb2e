"""Files that changed in a project's container: looked at, compared, brought back as a version."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, MayEdit, MayRun
from builder.base.comparing import DiffLine
from builder.previews.data.changes import Changes
from builder.projects.shapes import VersionAnswer, version_shape
from preview_runtime.file_tree import MAX_FILES

router = APIRouter(prefix="/projects/{project_id}/server/changes", tags=["terminals"])


class Picked(BaseModel):
    """`files`: path → `digest` as it was shown."""

    model_config = ConfigDict(extra="forbid")
    files: dict[str, str] = Field(max_length=MAX_FILES)


class Comparison(BaseModel):
    """`lines` is null where there is nothing to compare line by line."""

    lines: list[DiffLine] | None


@router.get("")
async def list_changes(services: AppServices, actor: MayRun, project_id: str) -> Changes:
    """The files that the app wrote. 409 `not_running`."""
    return await services.changes.look(actor, project_id)


@router.get("/diff")
async def compare_change(
    services: AppServices, actor: MayRun, project_id: str, path: Annotated[str, Query(max_length=400)]
) -> Comparison:
    return Comparison(lines=await services.changes.diff(actor, project_id, path))


@router.post("", status_code=201)
async def take_changes(services: AppServices, actor: MayEdit, project_id: str, body: Picked) -> VersionAnswer:
    """Bring the picked files back as one version. 409 `changed_again` where one is not as it was shown."""
    return VersionAnswer(version=version_shape(await services.changes.take(actor, project_id, body.files)))
