"""Projects: list, make, look, rename, duplicate, delete and bring back."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from builder.accounts.actor import Actor
from builder.api.previews.runtime import runtime_url
from builder.api.requests.context import (
    AppServices,
    MayConfigure,
    MayDelete,
    MayEdit,
    MayEditWorkspace,
    MayRead,
    MayReadWorkspace,
    until_gone,
)
from builder.base.tables import Project
from builder.composition.services import Services
from builder.generation.service import clean_prompt
from builder.projects.engine_choice import engine_for
from builder.projects.naming import first_title
from builder.projects.overview import read_overview
from builder.projects.shapes import generation_shape, message_shape, project_shape
from builder.texts import said, t

router = APIRouter(prefix="/projects", tags=["projects"])


class NewProject(BaseModel):
    """Either a prompt (and a model), or the name of a starter."""

    model_config = ConfigDict(extra="forbid")
    prompt: str = ""
    model: str = ""
    starter: str = ""


class ProjectChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str


class NewCopy(BaseModel):
    model_config = ConfigDict(extra="forbid")
    data: Literal["copy", "empty"] = "copy"


@router.get("")
async def list_projects(services: AppServices, actor: MayReadWorkspace) -> dict[str, Any]:
    return {"projects": [project_shape(project, services.settings) for project in await services.store.list(actor)]}


@router.post("", status_code=201)
async def create_project(services: AppServices, actor: MayEditWorkspace, new: NewProject) -> dict[str, Any]:
    if new.starter:
        project = await services.create_from_starter(actor, new.starter)
        return {"project": project_shape(project, services.settings)}
    prompt = clean_prompt(new.prompt)
    await services.models.get(
        actor, new.model or await services.models.default(actor)
    )  # an unusable model makes no project
    project = await services.store.create(actor, first_title(prompt), prompt=prompt)
    generation = await services.generations.start(actor, project.id, prompt, new.model)
    project = await services.store.get(actor, project.id)
    return {"project": project_shape(project, services.settings), "generation": generation_shape(generation)}


@router.post("/import", status_code=201, openapi_extra={"requestBody": {"content": {"application/zip": {}}}})
async def import_project(
    services: AppServices, actor: MayEditWorkspace, request: Request, title: str = ""
) -> dict[str, Any]:
    """One at a time: 409 `import_running` while another zip of the same person is read. It ends when its client leaves."""
    async with services.imports.read(actor, request.stream(), lambda: until_gone(request)) as tree:
        project = await services.store.create(actor, title.strip()[:200] or t("import.title"))
        await services.store.commit(actor, project.id, tree, kind="import", label=t("import.label"), expect_head=None)
    return {"project": project_shape(await services.store.get(actor, project.id), services.settings)}


@router.get("/{project_id}")
async def get_project(services: AppServices, actor: MayRead, project_id: str) -> dict[str, Any]:
    """Everything a tab needs to show the project, from one moment; `event` is where its stream goes on from."""
    seen = await read_overview(services.db, actor, project_id)
    settings = services.settings
    return {
        "project": project_shape(seen.project, settings),
        "files": seen.files,
        "working": {"revision": seen.project.revision, "dirty": seen.dirty},
        "messages": [message_shape(message) for message in seen.messages],
        "generations": [generation_shape(generation) for generation in seen.generations],
        "shares": [services.shares.shape(share) for share in seen.shares],
        "event": seen.project.event_seq,
        "engines": await _engines(services, actor, seen.project),
    }


@router.get("/{project_id}/engine")
async def get_engine(services: AppServices, actor: MayRead, project_id: str) -> dict[str, Any]:
    """Which engine suits the working copy, and why: it may be another one after each change."""
    return await _engines(services, actor, await services.store.get(actor, project_id))


async def _engines(services: Services, actor: Actor, project: Project) -> dict[str, Any]:
    """`missing`: its server runs elsewhere, not here; `front_end`: the instant engine shows a part of it; `no_server`:
    why no server can run here, None where one can; `damaged`: files that cannot be read from the disk."""
    settings, no_servers = services.settings, services.servers.why_not
    damaged: list[str] = []
    tree = (await services.store.read_working(actor, project.id, damaged))[2]
    choice = await asyncio.to_thread(engine_for, tree, tuple(project.stack), settings, no_servers)
    return {
        "runtime_url": await asyncio.to_thread(runtime_url),
        "preferred": settings.preview_engine,
        "kind": choice.kind,
        "reason": said(choice.reason),
        "complete": choice.complete,
        "missing": choice.missing,
        "front_end": not await asyncio.to_thread(services.servers.is_whole, tree),
        "no_server": said(no_servers) if no_servers else None,
        "damaged": damaged,
        "webcontainer_api_key": settings.webcontainer_api_key,
    }


@router.patch("/{project_id}")
async def change_project(
    services: AppServices, actor: MayConfigure, project_id: str, change: ProjectChange
) -> dict[str, Any]:
    project = await services.store.rename(actor, project_id, change.title)
    return {"project": project_shape(project, services.settings)}


@router.delete("/{project_id}")
async def delete_project(services: AppServices, actor: MayDelete, project_id: str) -> dict[str, Any]:
    """Stops what writes for it and puts it away; it can be brought back for 30 days."""
    project = await services.delete_project(actor, project_id)
    return {"project": project_shape(project, services.settings)}


@router.post("/{project_id}/undelete")
async def undelete_project(services: AppServices, actor: MayDelete, project_id: str) -> dict[str, Any]:
    return {"project": project_shape(await services.store.undelete(actor, project_id), services.settings)}


@router.post("/{project_id}/duplicate", status_code=201)
async def duplicate_project(
    services: AppServices, actor: MayEdit, project_id: str, body: NewCopy | None = None
) -> dict[str, Any]:
    """A project of its own with the same files, settings and, unless `data` is `empty`, a copy of what the app stored,
    which is made in the background: `copying` of its server says how far it is."""
    copy = await services.duplicate_project(actor, project_id, data=(body or NewCopy()).data == "copy")
    return {"project": project_shape(copy, services.settings)}
