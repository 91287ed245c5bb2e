"""Git: the project as a repository that is cloned from here, and the repository elsewhere that it goes with.

Git itself calls `git/info/refs` and `git/git-upload-pack`, at the address /p/<id>.git (see `builder.base.http.git_addresses`).
"""

from __future__ import annotations

import gzip
import io
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from builder.api.projects.projects import ProjectAnswer
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayConfigure, MayEdit, MayEditWorkspace, MayReadTalk, MayShare
from builder.base.errors import BadInput, NotFound
from builder.projects.git.tables import GitRemote
from builder.projects.shapes import project_shape
from builder.texts import t

router = APIRouter(tags=["git"])
_GIT: Final = "application/x-git-upload-pack"
_PROJECT: Final = "/projects/{project_id}/git"
_ASKED_BYTES: Final = 4 * 1024 * 1024


class GitRemoteView(BaseModel):
    """`branch` is "" until the repository was looked at. `hint`: the last four characters of the token, "" for none."""

    url: str
    branch: str
    user: str
    has_token: bool
    hint: str


class GitView(BaseModel):
    """`clone_url`: where `git clone` gets the project. `remote`: the repository that it goes with."""

    clone_url: str
    remote: GitRemoteView | None


class SetGitRemote(BaseModel):
    """`token` null: the stored one stays."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=500)
    branch: str = Field("", max_length=100)
    user: str = Field("", max_length=100)
    token: str | None = Field(None, max_length=1_000)


class CloneRepository(SetGitRemote):
    """Makes a project of a repository."""


class GitStateView(BaseModel):
    """`ahead`: versions that the repository lacks; `behind`: commits that the project lacks; at most 1,000 are counted."""

    url: str
    branch: str
    ahead: int
    behind: int
    there: bool


class GitPush(BaseModel):
    """`branch`: a new branch for it; "" is the repository's own that the project goes with."""

    model_config = ConfigDict(extra="forbid")
    branch: str = Field("", max_length=100)


class GitTake(BaseModel):
    """`branch`: a new branch of the repository, for the project's own versions."""

    model_config = ConfigDict(extra="forbid")
    branch: str = Field(min_length=1, max_length=100)


class GitPulledView(BaseModel):
    """`left_out`: files that stay in the repository only, because no project takes them."""

    versions: int
    left_out: list[str]


class RepositoryCloned(ProjectAnswer):
    """The new project, with what `GitPulledView` says."""

    versions: int
    left_out: list[str]


@router.post("/projects/clone", status_code=201)
async def clone_repository(services: AppServices, actor: MayEditWorkspace, body: CloneRepository) -> RepositoryCloned:
    """A new project of a repository, with its last commits as versions."""
    project, pulled = await services.git.clone(
        actor, body.url, branch=body.branch, user=body.user, token=body.token or ""
    )
    project = await services.store.get(actor, project.id)
    shown = project_shape(project, services.settings)
    return RepositoryCloned(project=shown, versions=pulled.versions, left_out=pulled.left_out)


@router.get(_PROJECT)
async def get_git(services: AppServices, actor: MayReadTalk, project_id: str) -> GitView:
    row = await services.git.get(actor, project_id)
    address = f"{services.settings.url}/p/{project_id}.git"
    return GitView(clone_url=address, remote=_shown(row) if row else None)


@router.put(_PROJECT)
async def set_git(services: AppServices, actor: MayConfigure, project_id: str, body: SetGitRemote) -> GitRemoteView:
    row = await services.git.put(actor, project_id, body.url, branch=body.branch, user=body.user, token=body.token)
    return _shown(row)


@router.delete(_PROJECT, status_code=204, response_class=Response)
async def forget_git(services: AppServices, actor: MayConfigure, project_id: str) -> None:
    """Nothing changes in the repository."""
    await services.git.remove(actor, project_id)


@router.post(f"{_PROJECT}/look")
async def look_at_git(services: AppServices, actor: MayEdit, project_id: str) -> GitStateView:
    """What is new on either side. Typed text becomes a version first."""
    return GitStateView.model_validate(await services.git.look(actor, project_id), from_attributes=True)


@router.post(f"{_PROJECT}/pull")
async def pull_git(services: AppServices, actor: MayEdit, project_id: str) -> GitPulledView:
    """Versions of the commits that the project lacks. 409 (`git_behind`) where both sides went on."""
    return GitPulledView.model_validate(await services.git.pull(actor, project_id), from_attributes=True)


@router.post(f"{_PROJECT}/push")
async def push_git(services: AppServices, actor: MayShare, project_id: str, body: GitPush) -> GitStateView:
    """The project's versions as commits. 409 (`git_behind`) where the branch went on, (`secrets_found`) for a secret."""
    state = await services.git.push(actor, project_id, branch=body.branch)
    return GitStateView.model_validate(state, from_attributes=True)


@router.post(f"{_PROJECT}/repository", status_code=201)
async def make_git_repository(services: AppServices, actor: MayShare, project_id: str) -> GitStateView:
    """Make the repository that the project goes with, private and empty, at GitHub or GitLab. 409 (`git_token_needed`,
    `git_sign_in`, `git_may_not_make`), 422 (`git_taken`, `git_cannot_make`)."""
    return GitStateView.model_validate(await services.git.make(actor, project_id), from_attributes=True)


@router.post(f"{_PROJECT}/take")
async def take_git(services: AppServices, actor: MayShare, project_id: str, body: GitTake) -> GitPulledView:
    """Where both sides went on: the project's versions go on a branch, and what is in the repository is taken."""
    pulled = await services.git.take(actor, project_id, body.branch)
    return GitPulledView.model_validate(pulled, from_attributes=True)


@router.get(f"{_PROJECT}/info/refs", response_class=StreamingResponse, responses=content(f"{_GIT}-advertisement"))
async def git_branches(
    services: AppServices, actor: MayReadTalk, project_id: str, service: str = ""
) -> StreamingResponse:
    """For Git: the branches that can be cloned."""
    if service != "git-upload-pack":
        raise NotFound(t("git.only_reading"), detail=service[:40])
    branches = await services.git.history.branches(actor, project_id)
    return _stream(services.git.history.process.served(project_id, branches, None), "advertisement")


@router.post(f"{_PROJECT}/git-upload-pack", response_class=StreamingResponse, responses=content(f"{_GIT}-result"))
async def git_objects(
    services: AppServices, actor: MayReadTalk, project_id: str, request: Request
) -> StreamingResponse:
    """For Git: the objects that it asks for."""
    asked = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        try:
            asked = gzip.GzipFile(fileobj=io.BytesIO(asked)).read(_ASKED_BYTES)
        except (OSError, EOFError) as error:
            raise BadInput(t("git.not_git"), detail=repr(error)) from error
    branches = await services.git.history.branches(actor, project_id)
    return _stream(services.git.history.process.served(project_id, branches, asked), "result")


def _stream(body: AsyncIterator[bytes], kind: str) -> StreamingResponse:
    return StreamingResponse(body, media_type=f"{_GIT}-{kind}", headers={"Cache-Control": "no-store"})


def _shown(row: GitRemote) -> GitRemoteView:
    return GitRemoteView(url=row.url, branch=row.branch, user=row.user, has_token=row.secret is not None, hint=row.hint)
