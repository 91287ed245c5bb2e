"""How a project's server is installed and started: as detected from its files, and as the person overrides it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.base.errors import Conflict
from builder.composition.services import Services
from builder.projects import run_hints
from builder.texts import said
from preview_runtime.engines import EngineStatus, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import NothingToRun, plan_run

router = APIRouter(prefix="/projects/{project_id}/run", tags=["preview"])
_TRIES: Final = 5


class RunBody(BaseModel):
    """An empty command or no port keeps what the files say. `client` comes back in the event of the change."""

    model_config = ConfigDict(extra="forbid")
    install: str = Field(default="", max_length=4_000)
    start: str = Field(default="", max_length=4_000)
    port: Annotated[int, Field(strict=True)] | None = None
    dockerfile: bool | None = Field(
        default=None, description="Whether the project's own Dockerfile counts; null: the rule."
    )
    client: str = Field(default="", max_length=64)


class GivenRun(BaseModel):
    """The person's values, which override those detected from the files."""

    install: str
    start: str
    port: int | None
    dockerfile: bool | None


class DetectedRun(BaseModel):
    install: str
    start: str
    port: int


class DockerfileChoice(BaseModel):
    """`used` says what holds; `otherwise`: what runs without it."""

    path: str
    used: bool
    otherwise: str


class RunView(BaseModel):
    """`given` overrides `detected`, which is null where nothing starts by itself; `reason` says why in a sentence.

    `dockerfile` is null unless the project has one beside a language that runs here: then there is a choice.
    """

    given: GivenRun
    detected: DetectedRun | None
    reason: str
    dockerfile: DockerfileChoice | None


@router.get("")
async def get_run(services: AppServices, actor: MayRead, project_id: str) -> RunView:
    _, _, tree = await services.store.read_working(actor, project_id)
    engine = await services.servers.engine(actor, project_id)
    return await asyncio.to_thread(_shape, tree, engine.reason if engine else None)


@router.put("")
async def set_run(services: AppServices, actor: MayEdit, project_id: str, run: RunBody) -> RunView:
    """Kept in the project's sayso.json, as part of the working copy: undo takes it back. A running server restarts."""
    hints = run_hints.checked(run.install, run.start, run.port, run.dockerfile)
    if await _write(services, actor, project_id, hints, run.client):
        server = await services.servers.state(actor, project_id)
        if server.state.status in (EngineStatus.RUNNING, EngineStatus.PENDING):
            await services.servers.bring_up(actor, project_id)
    return await get_run(services, actor, project_id)


async def _write(services: Services, actor: Actor, project_id: str, hints: RunHints, client: str) -> bool:
    """Write the hints; returns whether the file changed. The person may be typing in the same file: after a conflict it
    is read again, so that their text stays."""
    for attempt in range(_TRIES):
        _, digests, tree = await services.store.read_working(actor, project_id, action=Action.EDIT)
        text = run_hints.write_hints(tree, hints)
        if text == tree.text(run_hints.FILE):
            return False
        put, gone = ({run_hints.FILE: text}, []) if text is not None else ({}, [run_hints.FILE])
        base = {run_hints.FILE: digests.get(run_hints.FILE)}
        try:
            await services.store.write_working(actor, project_id, put, gone, {}, client, base)
        except Conflict as conflict:
            if conflict.code != "changed_meanwhile" or attempt == _TRIES - 1:
                raise
        else:
            return True
    return False


def _shape(tree: FileTree, running: Phrase | None) -> RunView:
    """`running`: the engine's reason for how the running server was started."""
    given = run_hints.read_hints(tree)
    detected, dockerfile = None, None
    try:
        plan = plan_run(tree, RunHints(dockerfile=given.dockerfile))
        detected = DetectedRun(install=plan.install, start=plan.start, port=plan.port)
        reason = plan.reason
        # Only the engine knows which part of the plan was not available when the server started.
        if plan.instead and running and plan.instead.reason in (running, running.values.get("reason")):
            reason = running
        with_image = plan_run(tree, RunHints(dockerfile=True))
        if with_image.instead:
            used = plan_run(tree, given).runtime is None
            dockerfile = DockerfileChoice(
                path=with_image.dockerfile, used=used, otherwise=said(with_image.instead.reason)
            )
    except NothingToRun as nothing:
        reason = nothing.says
    shown = GivenRun(install=given.install, start=given.start, port=given.port or None, dockerfile=given.dockerfile)
    return RunView(given=shown, detected=detected, reason=said(reason), dockerfile=dockerfile)
