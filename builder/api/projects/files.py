"""The files a person sees, all at once: read, type, save."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from builder.api.requests.context import AppServices, MayEdit, MayRead, client_name
from builder.api.requests.wire import WireFile, from_wire, to_wire
from builder.projects.shapes import VersionView, version_shape
from preview_runtime.file_tree import MAX_FILES

router = APIRouter(prefix="/projects/{project_id}", tags=["files"])


class WorkingWrite(BaseModel):
    """Applied in the order rename, delete, put. `client` comes back in the event, so a tab knows its own writes; a
    program that does not say it is known by its `X-Sayso-Client`.

    `base` is what the write was made on: the digest that each path had when its writer last read or wrote it, null for
    a file that was not there. Where a file is something else by now, nothing is kept: 409 `changed_meanwhile`, with
    the digests that such files have. A write without a `base` goes over what the last version has and what the same
    client typed since; where another typed, it is refused in the same way.
    """

    model_config = ConfigDict(extra="forbid")
    # Each name is compared with all files: more names than a project has files would keep the server busy.
    put: dict[str, WireFile] = Field(default_factory=dict, max_length=MAX_FILES)
    delete: list[str] = Field(default_factory=list, max_length=MAX_FILES)
    rename: dict[str, str] = Field(default_factory=dict, max_length=MAX_FILES)
    client: str = Field(default="", max_length=64)
    base: dict[str, str | None] | None = Field(default=None, max_length=2 * MAX_FILES)


class Save(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str = Field(default="", max_length=500)


class WorkingFiles(BaseModel):
    """`digests`: the SHA-256 of each file, which a write names as its base. `damaged`: those that cannot be read from
    the disk and are left out of `files`; an earlier version may have them."""

    version: str | None
    revision: int
    files: dict[str, WireFile]
    digests: dict[str, str]
    damaged: list[str]


class WorkingWritten(BaseModel):
    """`digests`: what each path that was written has then; null for nothing."""

    revision: int
    digests: dict[str, str | None]


class VersionSaved(BaseModel):
    """null where nothing differs from the head."""

    version: VersionView | None


@router.get("/files")
async def read_files(services: AppServices, actor: MayRead, project_id: str) -> WorkingFiles:
    damaged: list[str] = []
    project, digests, tree = await services.store.read_working(actor, project_id, damaged)
    files = {path: to_wire(content) for path, content in tree.items()}
    return WorkingFiles(
        version=project.head, revision=project.revision, files=files, digests=dict(digests), damaged=damaged
    )


@router.patch("/working")
async def write_working(
    request: Request, services: AppServices, actor: MayEdit, project_id: str, write: WorkingWrite
) -> WorkingWritten:
    put = from_wire(write.put)
    client = write.client or client_name(request)
    done = await services.store.write_working(actor, project_id, put, write.delete, write.rename, client, write.base)
    return WorkingWritten(revision=done.revision, digests=dict(done.digests))


@router.post("/save")
async def save(services: AppServices, actor: MayEdit, project_id: str, body: Save | None = None) -> VersionSaved:
    version = await services.store.save(actor, project_id, body.label.strip() if body else "")
    return VersionSaved(version=version_shape(version) if version else None)
