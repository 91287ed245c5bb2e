"""The files and folders of a project that no model may change."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from builder.api.requests.context import AppServices, MayEdit, MayRead

router = APIRouter(prefix="/projects/{project_id}/locks", tags=["files"])


class LocksAnswer(BaseModel):
    """Paths; those of folders end with a slash."""

    locks: list[str]


@router.get("")
async def get_locks(services: AppServices, actor: MayRead, project_id: str) -> LocksAnswer:
    return LocksAnswer(locks=[*await services.locks.of(actor, project_id)])


@router.put("/{path:path}")
async def lock(services: AppServices, actor: MayEdit, project_id: str, path: str) -> LocksAnswer:
    """Locks a file, or with a slash at the end a folder."""
    return LocksAnswer(locks=[*await services.locks.lock(actor, project_id, path)])


@router.delete("/{path:path}")
async def unlock(services: AppServices, actor: MayEdit, project_id: str, path: str) -> LocksAnswer:
    return LocksAnswer(locks=[*await services.locks.unlock(actor, project_id, path)])
