"""How a project's server is installed and started: what its files say, and what was said over that."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.context import Running, Who
from builder.projects import run_hints
from preview_runtime.containers.plan import NothingToRun, plan_run
from preview_runtime.engines import EngineStatus, RunHints
from preview_runtime.file_tree import FileTree

router = APIRouter(prefix="/projects/{project_id}/run", tags=["preview"])


class Run(BaseModel):
    """An empty command, or no port: what the files say holds. `client` comes back in the event of the change."""

    model_config = ConfigDict(extra="forbid")
    install: str = Field(default="", max_length=4_000)
    start: str = Field(default="", max_length=4_000)
    port: int | None = None
    client: str = Field(default="", max_length=64)


@router.get("")
async def get_run(services: Running, actor: Who, project_id: str) -> dict[str, Any]:
    """`given` overrides `detected`, which is null where nothing starts by itself; `reason` says why in a sentence."""
    _, _, tree = await services.store.read_working(actor, project_id)
    return await asyncio.to_thread(_shape, tree)


@router.put("")
async def set_run(services: Running, actor: Who, project_id: str, run: Run) -> dict[str, Any]:
    """Kept in the project's sayso.json, as part of the working copy: undo takes it back. A running server restarts."""
    hints = run_hints.checked(run.install, run.start, run.port)
    _, _, tree = await services.store.read_working(actor, project_id)
    text = run_hints.write_hints(tree, hints)
    put, gone = ({run_hints.FILE: text}, []) if text is not None else ({}, [run_hints.FILE])
    if text != tree.text(run_hints.FILE):
        await services.store.write_working(actor, project_id, put, gone, {}, run.client)
        server = await services.servers.state(actor, project_id)
        if server.state.status in (EngineStatus.RUNNING, EngineStatus.PENDING):
            await services.servers.bring_up(actor, project_id)
    return await get_run(services, actor, project_id)


def _shape(tree: FileTree) -> dict[str, Any]:
    given = run_hints.read_hints(tree)
    detected, reason = None, ""
    try:
        plan = plan_run(tree, RunHints())
        detected = {"install": plan.install, "start": plan.start, "port": plan.port}
        reason = plan.reason
    except NothingToRun as nothing:
        reason = str(nothing)
    return {
        "given": {"install": given.install, "start": given.start, "port": given.port or None},
        "detected": detected,
        "reason": reason,
    }
