"""The database of a project: look at it, export and import a dump, empty it, switch it on and off."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response, StreamingResponse

from builder.api.requests.content import body, content
from builder.api.requests.context import AppServices, MayConfigure, MayReadTalk, MayRun
from builder.previews.data.database_copies import DatabaseCopy
from builder.previews.data.databases import DatabaseView, Mode
from builder.projects.archive.export import file_name
from preview_runtime.containers.beside.database import DatabaseStatus
from preview_runtime.containers.beside.database_container import SPACE
from preview_runtime.containers.beside.database_content import DatabaseContent
from preview_runtime.containers.data.sqlite_files import RowsAsked, SqliteFile, TableRows

router = APIRouter(prefix="/projects/{project_id}/database", tags=["preview"])
_TYPE = "application/octet-stream"
_PIECE = 256 * 1024
_NAME = 1024  # characters of a path, a name or a filter
_ROWS = 100


class DatabaseChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mode: Mode


class CopyName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    copy_id: str


class DatabaseAnswer(BaseModel):
    """Sizes in bytes. `reason`: why the project has one, or has none by choice; null where nothing asks for one.
    `why_not`: why none can run here; `problem`: why its content cannot be shown at this moment."""

    mode: Mode
    wanted: bool
    reason: str | None
    why_not: str | None
    problem: str | None
    status: DatabaseStatus
    limit: int
    content: DatabaseContent | None
    copies: tuple[DatabaseCopy, ...]


class StoredFilesAnswer(BaseModel):
    """The SQLite files that the app keeps in its folder; see `StoredFiles.files`."""

    files: tuple[SqliteFile, ...]


@router.get("")
async def get_database(services: AppServices, actor: MayReadTalk, project_id: str) -> DatabaseAnswer:
    """Whether the project has one and why, and what is in it."""
    return database_shape(await services.databases.view(actor, project_id))


@router.patch("")
async def change_database(
    services: AppServices, actor: MayConfigure, project_id: str, change: DatabaseChange
) -> DatabaseAnswer:
    """Switch it on, off, or leave it to the files; the server is ended and takes it into account when it starts."""
    await services.databases.set_mode(actor, project_id, change.mode)
    await services.servers.stop(actor, project_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.delete("")
async def reset_database(services: AppServices, actor: MayRun, project_id: str) -> DatabaseAnswer:
    """Empty it; a copy of what was in it is kept."""
    await services.databases.reset(actor, project_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.get("/files")
async def get_stored_files(services: AppServices, actor: MayRun, project_id: str) -> StoredFilesAnswer:
    """The SQLite files that the app keeps, with their tables."""
    return StoredFilesAnswer(files=await services.stored_files.files(actor, project_id))


@router.get("/files/rows")
async def get_stored_rows(
    services: AppServices,
    actor: MayRun,
    project_id: str,
    file: Annotated[str, Query(max_length=_NAME)],
    table: Annotated[str, Query(max_length=_NAME)],
    sort: Annotated[str, Query(max_length=_NAME)] = "",
    descending: bool = False,
    filter: Annotated[str, Query(max_length=_NAME)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=_ROWS)] = 50,
) -> TableRows:
    """A page of one table, read only: sorted by a column, with the rows that have `filter` in any column."""
    asked = RowsAsked(file, table, sort, descending, filter, offset, limit)
    return await services.stored_files.rows(actor, project_id, asked)


@router.get("/dump", response_class=Response, responses=content(_TYPE))
async def download_database(services: AppServices, actor: MayRun, project_id: str) -> Response:
    """The output of `pg_dump --format=custom`, streamed."""
    project = await services.store.get(actor, project_id)
    pieces = services.databases.dump(actor, project_id)
    first = await anext(pieces, b"")  # any refusal has to come before the headers are sent
    return StreamingResponse(_joined(first, pieces), media_type=_TYPE, headers=_headers(project.title))


@router.post("/restore", openapi_extra=body(_TYPE))
async def restore_database(services: AppServices, actor: MayRun, project_id: str, request: Request) -> DatabaseAnswer:
    """Replace the data with a dump. A copy of the old data is kept; if the dump cannot be used, the data stays as it
    is."""
    await services.databases.restore(actor, project_id, request.stream())
    return database_shape(await services.databases.view(actor, project_id))


@router.post("/copies/restore")
async def restore_database_copy(
    services: AppServices, actor: MayRun, project_id: str, chosen: CopyName
) -> DatabaseAnswer:
    """Replace the data with one of the copies; a copy of the replaced data is kept."""
    await services.databases.restore_copy(actor, project_id, chosen.copy_id)
    return database_shape(await services.databases.view(actor, project_id))


@router.get("/copies/{copy_id}", response_class=Response, responses=content(_TYPE))
async def download_database_copy(services: AppServices, actor: MayRun, project_id: str, copy_id: str) -> Response:
    project = await services.store.get(actor, project_id)
    file = await services.databases.open_copy(actor, project_id, copy_id)
    return StreamingResponse(_pieces(file), media_type=_TYPE, headers=_headers(project.title))


def database_shape(view: DatabaseView) -> DatabaseAnswer:
    """Address and password are left out: only the app gets them."""
    return DatabaseAnswer(
        mode=view.mode,
        wanted=view.wanted,
        reason=view.reason or None,
        why_not=view.why_not or None,
        problem=view.problem or None,
        status=view.status,
        limit=SPACE,
        content=view.content,
        copies=view.copies,
    )


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
