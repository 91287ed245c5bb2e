"""The tables. Times are ISO 8601 UTC text (see `builder.base.ids.now`).

Every row carries its `owner`: the workspace it belongs to, which is a storage key and no permission (that is
`builder.accounts.access`). `created_by` is the person who made it; what the server did by itself in a workspace has the
id of that workspace.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now

# A naming convention lets Alembic find a constraint again on SQLite, where batch mode rebuilds tables.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _of_project(**options: Any) -> Any:
    """The column that ties a row to its project; the row goes when the project is purged."""
    return Field(sa_column=Column(String(16), ForeignKey("project.id", ondelete="CASCADE"), nullable=False, **options))


class Project(SQLModel, table=True):
    """What a person makes. `head` is the version they see; `redo` the versions that redo goes to, last first out.

    `event_seq`, `version_count` and `revision` are the project's counters; raising one locks the row, so that
    the order of numbers is the order of commits. `can_undo` and `can_redo` are kept by the store at each write.
    """

    __tablename__ = "project"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    title: str = Field(default="", max_length=200)
    prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    stack: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    head: str | None = Field(default=None, max_length=16)
    redo: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    can_undo: bool = False
    can_redo: bool = False
    revision: int = Field(default=0, description="Raised by every write to the working copy.")
    version_count: int = 0
    event_seq: int = 0
    worked_at: str | None = Field(
        default=None,
        max_length=27,
        description="When the working copy was last typed in; None when it equals the head.",
    )
    thumbnail: str | None = Field(default=None, max_length=64, description="SHA-256 of the thumbnail's blob.")
    created_at: str = Field(default_factory=now, max_length=27)
    updated_at: str = Field(default_factory=now, max_length=27)
    deleted_at: str | None = Field(default=None, max_length=27)


class Version(SQLModel, table=True):
    """One accepted state of a project; never changed after it is written. `tree` is path → SHA-256."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("project", "number"),)
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = _of_project()
    number: int
    parent: str | None = Field(default=None, max_length=16)
    kind: str = Field(max_length=16)
    label: str = Field(default="", sa_column=Column(Text, nullable=False))
    generation: str | None = Field(default=None, max_length=16)
    tree: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    files: int = 0
    created_at: str = Field(default_factory=now, max_length=27)


class Blob(SQLModel, table=True):
    """The content of files, stored once per owner whatever their number, compressed with zlib."""

    __tablename__ = "blob"
    owner: str = Field(max_length=64, primary_key=True)
    sha256: str = Field(max_length=64, primary_key=True)
    size: int = Field(description="Bytes before compression.")
    binary: bool = False
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class WorkingFile(SQLModel, table=True):
    """A file typed since the head: its content, or that it was deleted (`body` is None)."""

    __tablename__ = "working_file"
    project: str = _of_project(primary_key=True)
    path: str = Field(max_length=200, primary_key=True)
    owner: str = Field(max_length=64)
    sha256: str | None = Field(default=None, max_length=64)
    size: int = 0
    binary: bool = False
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    revision: int = 0


class Message(SQLModel, table=True):
    """A line of the conversation. `position` is the sequence number of its event."""

    __tablename__ = "message"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = _of_project(index=True)
    role: str = Field(max_length=16, description="person or builder")
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    generation: str | None = Field(default=None, max_length=16)
    position: int = 0
    created_at: str = Field(default_factory=now, max_length=27)


class Generation(SQLModel, table=True):
    """One run of a model for a project. `base` is the head it started from; `resume` what continuing it needs.

    `holder` and `leased_until` say which process writes it, "" where none does: see `builder.base.leases`.
    """

    __tablename__ = "generation"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = _of_project(index=True)
    status: str = Field(default="queued", max_length=16, index=True)
    model: str = Field(default="", max_length=200)
    model_label: str = Field(default="", max_length=200)
    offline: bool = False
    prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    title: str = Field(default="", sa_column=Column(Text, nullable=False))
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    stack: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    run: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    files: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float | None = Field(default=None, description="None where the price of the model is not known.")
    error: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    characters: int = 0
    base: str | None = Field(default=None, max_length=16)
    version: str | None = Field(default=None, max_length=16)
    resume: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    holder: str = Field(default="", max_length=16)
    leased_until: str = Field(default="", max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)
    started_at: str | None = Field(default=None, max_length=27)
    finished_at: str | None = Field(default=None, max_length=27)


class Event(SQLModel, table=True):
    """A fact of a project's log. `data` is the JSON text exactly as it is sent."""

    __tablename__ = "event"
    project: str = _of_project(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    data: str = Field(sa_column=Column(Text, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)


class ShareLink(SQLModel, table=True):
    """A live link to one version, or (`follows`) to the latest; its id is part of its host name.

    `version` is what it serves. `word` changes with who may open it, and ends what was granted before.
    """

    __tablename__ = "share_link"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = _of_project(index=True)
    version: str = Field(max_length=16)
    version_number: int = 0
    access: str = Field(default="public", max_length=16, description="public, password or signed_in")
    password: str = Field(default="", max_length=200, description="See `builder.accounts.passwords`; no plain text.")
    word: str = Field(default_factory=new_id, max_length=16)
    follows: bool = False
    source: bool = Field(default=False, description="It serves the sources as written, instead of a build of them.")
    form: str = Field(default="", max_length=16, description="How its stored output was made: see `builder.sharing`.")
    server: bool = Field(default=False, description="The version has a server part, which runs for the link alone.")
    data: str = Field(default="copy", max_length=8, description="What its server begins with: copy or empty.")
    expires_at: str | None = Field(default=None, max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)
    revoked_at: str | None = Field(default=None, max_length=27)


class QueuedJob(SQLModel, table=True):
    """Work that is done even if the process that took it dies; see `builder.base.jobs`. One that is done is gone.

    `status` is queued, running or dead (it failed too often). `place` is the data directory whose process has to do it,
    "" for any. `holder` and `leased_until` say who runs it: see `builder.base.leases`.
    """

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_job_kind_status_run_at", "kind", "status", "run_at"))
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    key: str = Field(max_length=64, description="What it is about: asked for twice, it is one job.")
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = Field(default="queued", max_length=16)
    attempts: int = 0
    run_at: str = Field(max_length=27, description="Not before.")
    place: str = Field(default="", max_length=16)
    holder: str = Field(default="", max_length=16)
    leased_until: str = Field(default="", max_length=27)
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)


class StoredOutput(SQLModel, table=True):
    """One file of what a share serves: the compiled output of its version, path → blob."""

    __tablename__ = "output"
    share: str = Field(sa_column=Column(String(16), ForeignKey("share_link.id", ondelete="CASCADE"), primary_key=True))
    path: str = Field(sa_column=Column(String(400), primary_key=True))
    owner: str = Field(max_length=64)
    type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)


class ProjectSetting(SQLModel, table=True):
    """What a person decided for one project, by the setting's name; one that is not there has its default."""

    __tablename__ = "project_setting"
    project: str = _of_project(primary_key=True)
    name: str = Field(max_length=32, primary_key=True)
    owner: str = Field(max_length=64)
    value: Any = Field(default=None, sa_column=Column(JSON, nullable=False))
    updated_at: str = Field(default_factory=now, max_length=27)


class Credential(SQLModel, table=True):
    """A provider's key, encrypted with the key file in DATA_DIR; `hint` is its last four characters."""

    __tablename__ = "credential"
    owner: str = Field(max_length=64, primary_key=True)
    provider: str = Field(max_length=32, primary_key=True)
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hint: str = Field(default="", max_length=4)
    created_at: str = Field(default_factory=now, max_length=27)


Index("ix_project_owner_updated", Project.owner, Project.updated_at)
