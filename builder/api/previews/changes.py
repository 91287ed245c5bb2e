"""Files that changed in a project's container: looked at, compared, brought back as a version."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, MayEdit, MayRun
from builder.projects.shapes import version_shape
from preview_runtime.file_tree import MAX_FILES

router = APIRouter(prefix="/projects/{project_id}/server/changes", tags=["terminals"])


class Picked(BaseModel):
    """`files`: path → `digest` as it was shown."""

    model_config = ConfigDict(extra="forbid")
    files: dict[str, str] = Field(max_length=MAX_FILES)


@router.get("")
async def list_changes(services: AppServices, actor: MayRun, project_id: str) -> dict[str, Any]:
    """`{files: [{path, change: added|changed|deleted, size, before, binary, yours, digest}], left_out}`.

    `yours`: the person changed the file too since it was brought. 409 `not_running`.
    """
    found = await services.changes.look(actor, project_id)
    return {"files": [asdict(file) for file in found.files], "left_out": found.left_out}


@router.get("/diff")
async def compare(
    services: AppServices, actor: MayRun, project_id: str, path: Annotated[str, Query(max_length=400)]
) -> dict[str, Any]:
    """`{lines: [{kind: same|add|remove|gap, text}]}`; `lines` is null where there is nothing to compare line by line."""
    lines = await services.changes.diff(actor, project_id, path)
    return {"lines": None if lines is None else [asdict(line) for line in lines]}


@router.post("", status_code=201)
async def take(services: AppServices, actor: MayEdit, project_id: str, body: Picked) -> dict[str, Any]:
    """Bring the picked files back as one version. 409 `changed_again` where one is not as it was shown."""
    return {"version": version_shape(await services.changes.take(actor, project_id, body.files))}
