"""Projects: list, make, look, rename, duplicate, delete and bring back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import Action, MemberRole, Subject, Visibility
from builder.accounts.actor import Actor
from builder.api.previews.runtime import runtime_url
from builder.api.requests import paging
from builder.api.requests.content import body as content_of_body
from builder.api.requests.context import (
    AppServices,
    ClientAddress,
    MayConfigure,
    MayDelete,
    MayEditWorkspace,
    MayRead,
    MayReadWorkspace,
    has_room,
    until_gone,
)
from builder.api.requests.paging import PAGE, Cursor, Limit, place_of
from builder.composition.overview import FileEntry, read_overview
from builder.composition.services import Services
from builder.composition.starters import create_from_starter
from builder.generation.asking import PromptOptions
from builder.generation.shapes import GenerationView, generation_shape
from builder.generation.turns.shapes import Mode, TurnView, turn_shape
from builder.previews.links.shapes import ShareView
from builder.projects.engine_choice import engine_for
from builder.projects.naming import MAX_TAG, first_title
from builder.projects.rows import Order, Status
from builder.projects.shapes import MessageView, ProjectView, message_shape, project_shape
from builder.projects.store import ChangeOfProject
from builder.projects.tables import Project
from builder.texts import said, t
from preview_runtime.engines import EngineKind
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.browser_app import browser_app

router = APIRouter(prefix="/projects", tags=["projects"])


class NewProject(BaseModel):
    """A prompt (and a model, and ids of files that were uploaded for it), the name of a starter, or only a `title` for a
    project without files."""

    model_config = ConfigDict(extra="forbid")
    prompt: str = ""
    model: str = ""
    mode: Mode = "build"
    starter: str = ""
    title: str = ""
    description: str = ""
    attachments: list[str] = Field(default_factory=list, max_length=50)


class ProjectChange(BaseModel):
    """What is not given stays."""

    model_config = ConfigDict(extra="forbid")
    title: str | None = None
    description: str | None = None
    status: Literal["active", "archived"] | None = None
    visibility: Visibility | None = None
    tags: list[str] | None = None


class NewCopy(BaseModel):
    model_config = ConfigDict(extra="forbid")
    data: Literal["copy", "empty"] = "copy"


class ProjectList(BaseModel):
    """`next`: the cursor of the page behind this one, null at the end."""

    projects: list[ProjectView]
    next: str | None


class ProjectAnswer(BaseModel):
    project: ProjectView


class ProjectMade(ProjectAnswer):
    """`turn`: what its prompt set off, and `generation` what writes it, where anything is written yet; a starter sets
    nothing off."""

    turn: TurnView | None = None
    generation: GenerationView | None = None


class RoleAnswer(BaseModel):
    """What whoever asks is in a project, and since when it can only be read."""

    role: MemberRole
    archived_at: str | None


class EngineView(BaseModel):
    """`kind`: which engine suits the working copy, null where none can run it, and the `reason` in a sentence.

    `complete`: false where only its front end can be shown; `missing`: its server runs elsewhere, not here;
    `front_end`: the instant engine shows a part of it; `browser_python`: its server can run in the browser;
    `no_server`: why no server can run here, null where one can; `damaged`: files that cannot be read from the disk; `preferred`: what the server is set to.
    """

    runtime_url: str
    preferred: Literal["auto", "instant", "webcontainer", "pyodide", "docker"]
    kind: EngineKind | None
    reason: str
    complete: bool
    missing: bool
    front_end: bool
    browser_python: bool
    no_server: str | None
    damaged: list[str]
    webcontainer_api_key: str


class WorkingState(BaseModel):
    """`dirty`: the paths typed since the head."""

    revision: int
    dirty: list[str]


class Snapshot(BaseModel):
    """Everything a tab needs to show the project, read at one moment; `event` is the position from which its stream
    continues. `role`: the role of whoever asks; `signs_in`: whether this Sayso asks its people to sign in."""

    project: ProjectView
    role: MemberRole
    files: list[FileEntry]
    working: WorkingState
    messages: list[MessageView]
    generations: list[GenerationView]
    turns: list[TurnView]
    shares: list[ShareView]
    event: int
    signs_in: bool
    engines: EngineView


@router.get("")
async def list_projects(
    services: AppServices,
    actor: MayReadWorkspace,
    status: Status = "active",
    q: Annotated[str, Query(max_length=200, description="Words of the title or the description.")] = "",
    tag: Annotated[str, Query(max_length=MAX_TAG, description="One of their tags.")] = "",
    sort: Order = "updated",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> ProjectList:
    """The projects of a team, or one's own and those of others that one was invited to: those changed or made last first,
    or by title. `archived` ones can only be read, `deleted` ones can be brought back."""
    behind = place_of(cursor, sort)
    found = await services.store.list(
        actor, limit=limit + 1, words=q.strip(), status=status, order=sort, behind=behind, tag=tag.strip()
    )
    more = cursor_of(sort, found[limit - 1]) if len(found) > limit else None
    return ProjectList(projects=[project_shape(one, services.settings) for one in found[:limit]], next=more)


def cursor_of(sort: Order, project: Project) -> str:
    value = {"updated": project.updated_at, "created": project.created_at, "title": project.title}[sort]
    return paging.cursor(sort, (value, project.id))


@router.post("", status_code=201, dependencies=[has_room], response_model_exclude_unset=True)
async def create_project(
    services: AppServices, actor: MayEditWorkspace, new: NewProject, client: ClientAddress
) -> ProjectMade:
    title = new.title.strip()
    if new.starter or (title and not new.prompt.strip()):
        project = (
            await create_from_starter(services.store, actor, new.starter, title, new.description)
            if new.starter
            else await services.store.create(actor, title, description=new.description)
        )
        if new.starter:
            _compile_early(services, actor, project.id)
        return ProjectMade(project=project_shape(project, services.settings))
    # In an app that is not there yet, nothing can be deleted.
    looked = await services.guard.look(actor, new.prompt, sure=True, client=client)
    prompt = looked.text
    # What cannot be used, be it the model or an attachment, makes no project.
    model = await services.models.get(actor, new.model or await services.models.default(actor))
    await services.generations.taken_along(actor, Subject(actor.workspace), new.attachments, model, FileTree())
    project = await services.store.create(
        actor, title or first_title(prompt), prompt=prompt, description=new.description
    )
    options = PromptOptions(attachments=tuple(dict.fromkeys(new.attachments)))
    turn, steps = await services.turns.send(actor, project.id, prompt, new.model, mode=new.mode, options=options)
    _, generation = await services.turns.begun(turn.id)
    project = await services.store.get(actor, project.id)
    return ProjectMade(
        project=project_shape(project, services.settings),
        turn=turn_shape(turn, steps),
        generation=generation_shape(generation) if generation else None,
    )


@router.post("/import", status_code=201, dependencies=[has_room], openapi_extra=content_of_body("application/zip"))
async def import_project(
    services: AppServices, actor: MayEditWorkspace, request: Request, title: str = ""
) -> ProjectAnswer:
    """One at a time: 409 `import_running` while another zip of the same person is read. It ends when its client leaves."""
    async with services.imports.read(actor, request.stream(), lambda: until_gone(request)) as tree:
        project = await services.store.create(actor, title.strip()[:200] or t("import.title"))
        await services.store.commit(actor, project.id, tree, kind="import", label=t("import.label"), expect_head=None)
    project = await services.store.get(actor, project.id)
    _compile_early(services, actor, project.id)
    return ProjectAnswer(project=project_shape(project, services.settings))


@router.get("/{project_id}")
async def get_project(services: AppServices, actor: MayRead, project_id: str) -> Snapshot:
    """Without conversation, links and tags for whoever sees it only because it is public."""
    seen = await read_overview(services.db, actor, project_id)
    project = project_shape(seen.project, services.settings)
    if not await services.collaborators.allows(actor, project_id, Action.READ_TALK):
        seen = replace(seen, messages=[], generations=[], turns=[], shares=[])
        project.tags = []
    return Snapshot(
        project=project,
        role=await services.collaborators.role(actor, project_id),
        files=seen.files,
        working=WorkingState(revision=seen.project.revision, dirty=seen.dirty),
        messages=[message_shape(message) for message in seen.messages],
        generations=[generation_shape(generation) for generation in seen.generations],
        turns=[turn_shape(*turn) for turn in seen.turns],
        shares=[services.shares.shape(share) for share in seen.shares],
        event=seen.project.event_seq,
        signs_in=services.settings.sign_in_required,
        engines=await _engines(services, actor, seen.project),
    )


@router.get("/{project_id}/role")
async def get_role(services: AppServices, actor: MayRead, project_id: str) -> RoleAnswer:
    """Asked for by pages whose connection ended: the role may be another."""
    role = await services.collaborators.role(actor, project_id)
    return RoleAnswer(role=role, archived_at=(await services.store.get(actor, project_id)).archived_at)


@router.get("/{project_id}/engine")
async def get_engine(services: AppServices, actor: MayRead, project_id: str) -> EngineView:
    """Which engine suits the working copy, and why. The answer may differ after each change."""
    return await _engines(services, actor, await services.store.get(actor, project_id))


async def _engines(services: Services, actor: Actor, project: Project) -> EngineView:
    settings, no_servers = services.settings, services.servers.why_not
    damaged: list[str] = []
    tree = (await services.store.read_working(actor, project.id, damaged))[2]
    python = services.browser_python.there
    choice = await asyncio.to_thread(engine_for, tree, tuple(project.stack), settings, no_servers, python=python)
    view = EngineView(
        runtime_url=await asyncio.to_thread(runtime_url),
        preferred=settings.preview_engine,
        kind=choice.kind,
        reason=said(choice.reason),
        complete=choice.complete,
        missing=choice.missing,
        front_end=not await asyncio.to_thread(services.servers.is_whole, tree),
        browser_python=python and await asyncio.to_thread(browser_app, tree) is not None,
        no_server=said(no_servers) if no_servers else None,
        damaged=damaged,
        webcontainer_api_key=settings.webcontainer_api_key,
    )
    alone = view.kind == EngineKind.INSTANT and view.complete and view.front_end and not view.browser_python
    services.early_apps.note(project, alone and settings.preview_engine in ("auto", "instant"))
    return view


def _compile_early(services: Services, actor: Actor, project_id: str) -> None:
    """A new project is about to be opened: its app is compiled meanwhile."""
    services.early_apps.begin(project_id, lambda: get_engine(services, actor, project_id))


@router.patch("/{project_id}")
async def change_project(
    services: AppServices, actor: MayConfigure, project_id: str, change: ProjectChange
) -> ProjectAnswer:
    """`archived`: it can only be read, and its server ends. Its `visibility` is changed by whoever may invite."""
    archived = None if change.status is None else change.status == "archived"
    wanted = ChangeOfProject(change.title, change.description, change.visibility, archived, change.tags)
    project = await services.change_project(actor, project_id, wanted)
    return ProjectAnswer(project=project_shape(project, services.settings))


@router.delete("/{project_id}")
async def delete_project(services: AppServices, actor: MayDelete, project_id: str) -> ProjectAnswer:
    """Stop its generation and server, and delete it; it can be restored for 30 days."""
    project = await services.delete_project(actor, project_id)
    return ProjectAnswer(project=project_shape(project, services.settings))


@router.post("/{project_id}/undelete")
async def undelete_project(services: AppServices, actor: MayDelete, project_id: str) -> ProjectAnswer:
    return ProjectAnswer(project=project_shape(await services.store.undelete(actor, project_id), services.settings))


@router.post("/{project_id}/duplicate", status_code=201, dependencies=[has_room])
async def duplicate_project(
    services: AppServices, actor: MayRead, project_id: str, body: NewCopy | None = None
) -> ProjectAnswer:
    """A project of its own with the same files and settings, in the same team for whoever may make projects there, in
    one's own place for others. Unless `data` is `empty`, and for whoever may run the app, with a copy of what it stored,
    which is made in the background: `copying` of its server says how far it is."""
    copy = await services.duplicate_project(actor, project_id, data=(body or NewCopy()).data == "copy")
    _compile_early(services, actor, copy.id)
    return ProjectAnswer(project=project_shape(copy, services.settings))
