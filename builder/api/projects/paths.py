"""Files and folders by their path, for programs. Contents go out as plain text or bytes, never as a page."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from builder.api.requests.content import content as content_of
from builder.api.requests.context import AppServices, MayEdit, MayRead, client_name, has_room
from builder.api.requests.wire import from_base64
from builder.base.errors import BadInput, NotFound
from builder.projects.files.by_path import Condition, NoRoom
from builder.projects.files.facts import FileFacts
from builder.projects.files.tree import TreeEntry, tree_entry
from builder.texts import t

router = APIRouter(prefix="/projects/{project_id}", tags=["files"])
# A project's files may come from a stranger: these headers make sure that nothing in them runs, even when a browser
# opens one as a page.
_INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-cache",
}
MOST_UPLOADED: Final = 10 * 2**20
"""Bytes of one upload."""
_MOST_PARTS: Final = 500
_GUARDED: Final[dict[int | str, dict[str, Any]]] = {412: {}}

Form = Annotated[Literal["raw", "json"], Query(alias="as")]
AtVersion = Annotated[str, Query(max_length=16)]
IfMatch = Annotated[str | None, Header(description='`"<sha256>"` of what the writer has, or `*` for anything.')]


class FileBody(BaseModel):
    """A file in JSON."""

    model_config = ConfigDict(extra="forbid")
    content: str
    encoding: Literal["utf-8", "base64"] = "utf-8"

    def decoded(self, path: str) -> str | bytes:
        """Raises BadInput."""
        return from_base64(path, self.content) if self.encoding == "base64" else self.content


class FileContent(BaseModel):
    """`size` in bytes. `modified_at` is null where the file is older than the project's last 200 versions."""

    path: str
    content: str
    encoding: Literal["utf-8", "base64"]
    size: int
    sha256: str
    modified_at: str | None


class TreeAnswer(BaseModel):
    """`version` is the one whose files these are, with what was typed since where none was asked for."""

    version: str | None
    revision: int
    tree: TreeEntry


class FileWritten(BaseModel):
    path: str
    revision: int
    sha256: str


class NewPath(BaseModel):
    """A file with its content, or an empty folder."""

    model_config = ConfigDict(extra="forbid")
    path: str = Field(max_length=400)
    type: Literal["file", "folder"] = "file"
    content: str = ""
    encoding: Literal["utf-8", "base64"] = "utf-8"


class PathMade(BaseModel):
    """`sha256` is null for a folder."""

    path: str
    type: Literal["file", "folder"]
    revision: int
    sha256: str | None


class PathsRemoved(BaseModel):
    revision: int
    paths: list[str]


class NewName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    old_path: str = Field(max_length=400)
    new_path: str = Field(max_length=400)


class PathsMoved(BaseModel):
    """Old path → new path, of each file."""

    paths: dict[str, str]


class FilesUploaded(BaseModel):
    revision: int
    files: list[FileWritten]


@router.get("/tree")
async def read_tree(
    services: AppServices,
    actor: MayRead,
    project_id: str,
    path: Annotated[str, Query(max_length=400)] = "",
    depth: Annotated[int, Query(ge=0, le=100)] = 100,
    version: AtVersion = "",
) -> TreeAnswer:
    """The files as folders, without their contents: from `path` on, `depth` levels deep."""
    project, facts = await services.files.facts(actor, project_id, version)
    found = tree_entry(facts, path.strip("/"), depth)
    if found is None:
        raise NotFound(t("file.not_found", path=path[:100]))
    return TreeAnswer(version=version or project.head, revision=project.revision, tree=found)


@router.get(
    "/files/{path:path}",
    response_class=Response,
    responses={200: {"model": FileContent, **content_of("text/plain", "application/octet-stream")[200]}},
)
async def read_file(
    services: AppServices, actor: MayRead, project_id: str, path: str, form: Form = "raw", version: AtVersion = ""
) -> Response:
    """The file as it is, or in JSON with `as=json`. The `ETag` is the file's digest in quotes."""
    facts, content = await services.files.read(actor, project_id, path, version)
    headers = _INERT | {"ETag": f'"{facts.sha256}"'}
    if form == "json":
        return JSONResponse(_in_json(path, facts, content).model_dump(), headers=headers)
    kind = "text/plain; charset=utf-8" if isinstance(content, str) else "application/octet-stream"
    return Response(content, media_type=kind, headers=headers)


@router.put(
    "/files/{path:path}",
    dependencies=[has_room],
    responses=_GUARDED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": {"$ref": "#/components/schemas/FileBody"}},
            },
        }
    },
)
async def put_file(
    request: Request,
    services: AppServices,
    actor: MayEdit,
    project_id: str,
    path: str,
    form: Form = "raw",
    if_match: IfMatch = None,
) -> FileWritten:
    """Writes a file into the working copy. The body is the file, or with `as=json` the JSON that reading it gives.

    With `If-Match` it is written only if it still has that digest: 412 `changed` tells the one it has. Without, what the
    last version has is written over; what somebody typed since is not: 409 `changed_meanwhile`. 413 `too_large` above
    2 MB of text and 10 MB of anything else, `storage_full` where the project has no room.
    """
    body = await request.body()
    content = _file_body(body).decoded(path) if form == "json" else body
    done = await services.files.put(actor, project_id, path, content, client_name(request), condition(if_match))
    return FileWritten(path=path, revision=done.revision, sha256=done.digests[path] or "")


@router.post("/files", status_code=201, dependencies=[has_room])
async def create_path(
    request: Request, services: AppServices, actor: MayEdit, project_id: str, new: NewPath
) -> PathMade:
    """A new file or folder. 409 `exists`. An empty folder is kept by a file `.gitkeep`, which the tree does not show."""
    content = FileBody(content=new.content, encoding=new.encoding).decoded(new.path)
    at, done = await services.files.create(actor, project_id, new.path, content, new.type, client_name(request))
    sha = done.digests[at] if new.type == "file" else None
    return PathMade(path=new.path, type=new.type, revision=done.revision, sha256=sha)


@router.delete("/files/{path:path}", responses=_GUARDED)
async def delete_path(
    request: Request,
    services: AppServices,
    actor: MayEdit,
    project_id: str,
    path: str,
    recursive: bool = False,
    if_match: IfMatch = None,
) -> PathsRemoved:
    """A file, or with `recursive` a folder and all that is in it. 409 `not_empty`; 409 `changed_meanwhile` where somebody
    typed in one of them since the last version."""
    done = await services.files.remove(
        actor, project_id, path, client_name(request), condition(if_match), recursive=recursive
    )
    return PathsRemoved(revision=done.revision, paths=done.paths)


@router.post("/files/rename")
async def rename_path(
    request: Request, services: AppServices, actor: MayEdit, project_id: str, name: NewName
) -> PathsMoved:
    """A file, or a folder with all that is in it: all of it or nothing. 409 `exists`."""
    moved = await services.files.rename(actor, project_id, name.old_path, name.new_path, client_name(request))
    return PathsMoved(paths=moved)


@router.post(
    "/files/upload",
    dependencies=[has_room],
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    }
                },
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def upload_files(
    request: Request,
    services: AppServices,
    actor: MayEdit,
    project_id: str,
    path: Annotated[str, Query(max_length=400)] = "",
) -> FilesUploaded:
    """Files up to 10 MB together: all of them are written or none.

    A form puts its files into the folder `path`, by the names they have there; any other body is the one file at `path`.
    413 `too_large`, `storage_full`.
    """
    files = await _uploaded(request, path.strip("/"))
    if sum(map(len, files.values())) > MOST_UPLOADED:
        raise NoRoom(t("file.upload_large", megabytes=MOST_UPLOADED // 2**20))
    done = await services.files.upload(actor, project_id, files, client_name(request))
    written = [FileWritten(path=name, revision=done.revision, sha256=done.digests[name] or "") for name in files]
    return FilesUploaded(revision=done.revision, files=written)


def condition(if_match: str | None) -> Condition:
    """What `If-Match` asks for (RFC 9110, section 13.1.1). A weak tag matches nothing."""
    if if_match is None:
        return Condition()
    tags = [tag.strip() for tag in if_match.split(",")]
    return Condition(frozenset(tag[1:-1] for tag in tags if tag.startswith('"') and tag.endswith('"')), "*" in tags)


def _in_json(path: str, facts: FileFacts, content: str | bytes) -> FileContent:
    text = isinstance(content, str)
    return FileContent(
        path=path,
        content=content if isinstance(content, str) else base64.b64encode(content).decode(),
        encoding="utf-8" if text else "base64",
        size=facts.size,
        sha256=facts.sha256,
        modified_at=facts.modified_at,
    )


def _file_body(body: bytes) -> FileBody:
    try:
        return FileBody.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


async def _uploaded(request: Request, path: str) -> dict[str, str | bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        if not path:
            raise BadInput(t("file.upload_name"))
        return {path: await request.body()}
    files: dict[str, str | bytes] = {}
    async with request.form(max_files=_MOST_PARTS, max_fields=_MOST_PARTS) as form:
        for _, part in form.multi_items():
            if isinstance(part, UploadFile) and part.filename:
                files[f"{path}/{part.filename}" if path else part.filename] = await part.read()
    if not files:
        raise BadInput(t("file.upload_empty"))
    return files
