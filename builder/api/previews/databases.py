"""The database of a project: looked at, taken along, put back, emptied, switched on and off."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator
from typing import IO, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response, StreamingResponse

from builder.api.requests.context import AppServices, MayConfigure, MayRead, MayRun
from builder.previews.data.databases import DatabaseView, Mode
from builder.projects.archive.export import file_name
from preview_runtime.containers.beside.database_container import SPACE

router = APIRouter(prefix="/projects/{project_id}/database", tags=["preview"])
_TYPE = "application/octet-stream"
_PIECE = 256 * 1024


class DatabaseChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mode: Mode


class CopyName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    copy_id: str


@router.get("")
async def get_database(services: AppServices, actor: MayRead, project_id: str) -> dict[str, Any]:
    """Whether the project has one and why, and what is in it."""
    return database_shape(await services.databases.view(actor, project_id))


@router.patch("")
async def change_database(
    services: AppServices, actor: MayConfigure, project_id: str, change: DatabaseChange
) -> dict[str, Any]:
    """Switch it on, off, or leave it to the files; the server is ended and takes it into account when it starts."""
    await services.databases.set_mode(actor, project_id, change.mode)
    await services.servers.stop(actor, project_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.delete("")
async def reset_database(services: AppServices, actor: MayRun, project_id: str) -> dict[str, Any]:
    """Empty it; a copy of what was in it is kept."""
    await services.databases.reset(actor, project_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.get("/dump", response_class=Response)
async def download(services: AppServices, actor: MayRun, project_id: str) -> Response:
    """What `pg_dump --format=custom` writes, as it comes."""
    project = await services.store.get(actor, project_id)
    pieces = services.databases.dump(actor, project_id)
    first = await anext(pieces, b"")  # a refusal comes before the headers do
    return StreamingResponse(_joined(first, pieces), media_type=_TYPE, headers=_headers(project.title))


@router.post("/restore", openapi_extra={"requestBody": {"content": {_TYPE: {}}}})
async def restore(services: AppServices, actor: MayRun, project_id: str, request: Request) -> dict[str, Any]:
    """Put a dump in the place of the data; a copy of those is kept, and they stay where the dump cannot be used."""
    await services.databases.restore(actor, project_id, request.stream())
    return database_shape(await services.databases.view(actor, project_id))


@router.post("/copies/restore")
async def restore_copy(services: AppServices, actor: MayRun, project_id: str, chosen: CopyName) -> dict[str, Any]:
    """Put a copy in the place of the data, of which a copy is kept in turn."""
    await services.databases.restore_copy(actor, project_id, chosen.copy_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.get("/copies/{copy_id}", response_class=Response)
async def download_copy(services: AppServices, actor: MayRun, project_id: str, copy_id: str) -> Response:
    project = await services.store.get(actor, project_id)
    file = await services.databases.open_copy(actor, project_id, copy_id)
    return StreamingResponse(_pieces(file), media_type=_TYPE, headers=_headers(project.title))


def database_shape(view: DatabaseView) -> dict[str, Any]:
    """Sizes in bytes. No address and no password: those are the app's alone."""
    content = view.content
    return {
        "mode": view.mode,
        "wanted": view.wanted,
        "reason": view.reason or None,
        "why_not": view.why_not or None,
        "problem": view.problem or None,
        "status": view.status,
        "limit": SPACE,
        "content": content
        and {
            "size": content.size,
            "full": content.full,
            "count": content.count,
            "tables": [
                {
                    "schema": table.schema,
                    "name": table.name,
                    "rows": table.rows,
                    "exact": table.exact,
                    "size": table.size,
                }
                for table in content.tables
            ],
        },
        "copies": [
            {"id": copy.id, "made_at": copy.made_at, "size": copy.size, "reason": copy.reason} for copy in view.copies
        ],
    }


def _headers(title: str) -> dict[str, str]:
    name = file_name(title).removesuffix(".zip") + ".dump"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


async def _joined(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
