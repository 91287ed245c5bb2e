"""A project's versions: list, look into, restore, undo, redo."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import Action
from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.api.requests.wire import WireFile, to_wire
from builder.projects.shapes import VersionAnswer, VersionView, version_shape

router = APIRouter(prefix="/projects/{project_id}", tags=["versions"])


class Restore(BaseModel):
    """All of the version, or the one file at `path`."""

    model_config = ConfigDict(extra="forbid")
    path: str | None = None


class Description(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str | None = Field(default=None, max_length=120)
    pinned: bool | None = None


class VersionList(BaseModel):
    versions: list[VersionView]


class VersionFiles(BaseModel):
    """`damaged`: those that cannot be read from the disk and are left out."""

    version: str
    files: dict[str, WireFile]
    damaged: list[str]


class FileRestored(BaseModel):
    revision: int


@router.get("/versions")
async def list_versions(services: AppServices, actor: MayRead, project_id: str) -> VersionList:
    """Without labels for whoever may not see how the project was made: a label is what was asked for."""
    found = await services.store.versions(actor, project_id)
    talks = await services.collaborators.allows(actor, project_id, Action.READ_TALK)
    shapes = [version_shape(version) for version in found]
    return VersionList(versions=shapes if talks else [one.model_copy(update={"label": ""}) for one in shapes])


@router.patch("/versions/{version_id}")
async def describe_version(
    services: AppServices, actor: MayEdit, project_id: str, version_id: str, body: Description
) -> VersionAnswer:
    """Names a version, or pins it."""
    version = await services.store.describe_version(actor, project_id, version_id, name=body.name, pinned=body.pinned)
    return VersionAnswer(version=version_shape(version))


@router.get("/versions/{version_id}/files")
async def version_files(services: AppServices, actor: MayRead, project_id: str, version_id: str) -> VersionFiles:
    damaged: list[str] = []
    tree = await services.store.version_tree(actor, project_id, version_id, damaged)
    files = {path: to_wire(content) for path, content in tree.items()}
    return VersionFiles(version=version_id, files=files, damaged=damaged)


@router.post("/versions/{version_id}/restore")
async def restore_version(
    services: AppServices, actor: MayEdit, project_id: str, version_id: str, body: Restore | None = None
) -> VersionAnswer | FileRestored:
    """The whole version becomes a new one; a single file goes into the working copy."""
    if body is not None and body.path is not None:
        return FileRestored(revision=await services.store.restore_file(actor, project_id, version_id, body.path))
    return VersionAnswer(version=version_shape(await services.store.restore(actor, project_id, version_id)))


@router.post("/undo")
async def undo(services: AppServices, actor: MayEdit, project_id: str) -> VersionAnswer:
    return VersionAnswer(version=version_shape(await services.store.undo(actor, project_id)))


@router.post("/redo")
async def redo(services: AppServices, actor: MayEdit, project_id: str) -> VersionAnswer:
    return VersionAnswer(version=version_shape(await services.store.redo(actor, project_id)))
