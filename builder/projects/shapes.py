"""The JSON of rows, and of facts about them, in the API and in the event log."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from builder.accounts.access import Visibility
from builder.base.events import Fact
from builder.base.settings import AddressSettings
from builder.projects.tables import Message, Project, Version


class ProjectView(BaseModel):
    """`head`: the version that is shown, null before the first. `thumbnail`: the address of its picture. `team`: the id of
    the team, or of the person, it belongs to. `archived_at`: since when it can only be read."""

    id: str
    title: str
    description: str
    created_at: str
    updated_at: str
    head: str | None
    can_undo: bool
    can_redo: bool
    stack: list[str]
    preview_url: str
    thumbnail: str | None
    deleted_at: str | None
    team: str
    visibility: Visibility
    archived_at: str | None
    tags: list[str]


class VersionView(BaseModel):
    """`files`: the number of its files. `generation`: the generation that made it. `name`: what people call it, "" for
    nothing; `pinned`: they want it in sight."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    number: int
    kind: Literal["generation", "mend", "save", "import", "restore", "starter"]
    label: str
    created_at: str
    parent: str | None
    generation: str | None
    files: int
    name: str
    pinned: bool


class VersionAnswer(BaseModel):
    version: VersionView


class AttachmentView(BaseModel):
    """A file that goes with a request. `size` in bytes as it was sent; `picture`: it can be shown; `characters`: about
    what a model reads of it. `notes`: what the person should know, in sentences. `data`: the project gets it as a
    file, at `path`, which is null before it is sent."""

    id: str
    name: str
    kind: Literal["picture", "pdf", "page", "design", "table", "json", "text"]
    size: int
    picture: bool
    characters: int
    notes: list[str]
    data: bool
    path: str | None


class MessageView(BaseModel):
    """`attachments`: the files that were sent with it."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    role: Literal["person", "builder"]
    text: str
    created_at: str
    generation: str | None
    turn: str | None
    attachments: list[AttachmentView]


class ProjectChangedFact(Fact):
    kind: ClassVar = "project_changed"
    project: ProjectView


class MessageAddedFact(Fact):
    kind: ClassVar = "message_added"
    message: MessageView


class HeadFact(Fact):
    """The difference after a move of the head: the paths that `changed` and those that were `deleted`."""

    version: VersionView
    changed: list[str]
    deleted: list[str]
    head: str
    can_undo: bool
    can_redo: bool


class VersionCommittedFact(HeadFact):
    kind: ClassVar = "version_committed"


class HeadMovedFact(HeadFact):
    kind: ClassVar = "head_moved"
    reason: Literal["undo", "redo", "restore"]


class VersionDescribedFact(Fact):
    """A version was named or pinned; its files are as before."""

    kind: ClassVar = "version_described"
    version: VersionView


class WorkingChangedFact(Fact):
    """`client`: the writer, by the name it gave itself."""

    kind: ClassVar = "working_changed"
    revision: int
    client: str
    put: list[str]
    deleted: list[str]
    can_undo: bool
    can_redo: bool


class LocksChangedFact(Fact):
    """All paths that no model may change; those of folders end with a slash."""

    kind: ClassVar = "locks_changed"
    locks: list[str]


def thumbnail_address(project: Project) -> str | None:
    """The address of the project's picture. Each picture has an address of its own, so it may be cached for good."""
    return f"/api/v1/projects/{project.id}/thumbnail?v={project.thumbnail[:12]}" if project.thumbnail else None


def project_shape(project: Project, settings: AddressSettings) -> ProjectView:
    return ProjectView(
        id=project.id,
        title=project.title,
        description=project.description,
        created_at=project.created_at,
        updated_at=project.updated_at,
        head=project.head,
        can_undo=project.can_undo,
        can_redo=project.can_redo,
        stack=project.stack,
        preview_url=settings.preview_origin(project.id),
        thumbnail=thumbnail_address(project),
        deleted_at=project.deleted_at,
        team=project.owner,
        visibility=Visibility(project.visibility),
        archived_at=project.archived_at,
        tags=project.tags,
    )


def version_shape(version: Version) -> VersionView:
    return VersionView.model_validate(version)


def message_shape(message: Message) -> MessageView:
    return MessageView.model_validate(message)
