"""The tables of projects: their versions, blobs, typed files, messages, and settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from builder.base.ids import new_id, now
from builder.base.tables import of_project


class Project(SQLModel, table=True):
    """What a person makes. `head` is the version they see; `redo` is the stack of versions that redo returns to.

    `event_seq`, `version_count` and `revision` are the project's counters; incrementing one locks the row, so that the
    order of numbers is the order of commits. `can_undo` and `can_redo` are kept by the store at each write.
    """

    __tablename__ = "project"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=500)
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
    size: int = Field(
        default=0,
        sa_column=Column(BigInteger, nullable=False, server_default="0"),
        description="Bytes of the head's files; 0 before the first version, or the first one since they are counted.",
    )
    blocked_at: str | None = Field(
        default=None, max_length=27, description="Since when administrators let it neither run nor be shared."
    )
    created_at: str = Field(default_factory=now, max_length=27)
    updated_at: str = Field(default_factory=now, max_length=27)
    deleted_at: str | None = Field(default=None, max_length=27)
    archived_at: str | None = Field(default=None, max_length=27, description="Since when it can only be read.")
    visibility: str = Field(default="team", max_length=16, description="A `builder.accounts.access.Visibility`.")
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]"))


class Version(SQLModel, table=True):
    """One accepted state of a project. `tree` is path → SHA-256. Only what people call it (`name`, "" for nothing) and whether
    they want it in sight (`pinned`) changes after it is written."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("project", "number"),)
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = of_project()
    number: int
    parent: str | None = Field(default=None, max_length=16)
    kind: str = Field(max_length=16)
    label: str = Field(default="", sa_column=Column(Text, nullable=False))
    generation: str | None = Field(default=None, max_length=16)
    tree: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    files: int = 0
    created_at: str = Field(default_factory=now, max_length=27)
    name: str = Field(default="", max_length=120)
    pinned: bool = False


class Blob(SQLModel, table=True):
    """The content of files, stored once per owner however many files have it, compressed with zlib."""

    __tablename__ = "blob"
    owner: str = Field(max_length=64, primary_key=True)
    sha256: str = Field(max_length=64, primary_key=True)
    size: int = Field(description="Bytes before compression.")
    binary: bool = False
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class WorkingFile(SQLModel, table=True):
    """A file changed by typing since the head: its content, or that it was deleted (`body` is None). `client`: the tab or
    program in which it was typed."""

    __tablename__ = "working_file"
    project: str = of_project(primary_key=True)
    path: str = Field(max_length=200, primary_key=True)
    owner: str = Field(max_length=64)
    sha256: str | None = Field(default=None, max_length=64)
    size: int = 0
    binary: bool = False
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    revision: int = 0
    client: str = Field(default="", max_length=64)
    written_at: str = Field(default_factory=now, max_length=27)


class Message(SQLModel, table=True):
    """A line of the conversation. `position` is the sequence number of its event; `attachments` say what went with it."""

    __tablename__ = "message"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = of_project(index=True)
    role: str = Field(max_length=16, description="person or builder")
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    generation: str | None = Field(default=None, max_length=16)
    turn: str | None = Field(default=None, max_length=16)
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    position: int = 0
    created_at: str = Field(default_factory=now, max_length=27)


class ProjectSetting(SQLModel, table=True):
    """A person's choice for one project, by the setting's name; a setting without a row has its default."""

    __tablename__ = "project_setting"
    project: str = of_project(primary_key=True)
    name: str = Field(max_length=32, primary_key=True)
    owner: str = Field(max_length=64)
    value: Any = Field(default=None, sa_column=Column(JSON, nullable=False))
    updated_at: str = Field(default_factory=now, max_length=27)


class PackageDecision(SQLModel, table=True):
    """That a person uses a package which the policy holds back, or no longer does; see `packages.decisions`. The row with
    the highest `number` holds."""

    __tablename__ = "package_decision"
    project: str = of_project(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    ecosystem: str = Field(max_length=8)
    name: str = Field(max_length=214)
    used: bool
    reason: str = Field(default="", max_length=16)
    created_at: str = Field(default_factory=now, max_length=27)


class PackageLock(SQLModel, table=True):
    """The exact versions for one list of packages of a project; see `packages.locks`. `key` is the digest of the list, so
    that a version which asks for the same again has the same; `body` is the lock file's text, compressed with zlib, and
    None where it could not be made, for the `problem` (JSON)."""

    __tablename__ = "package_lock"
    project: str = of_project(primary_key=True)
    key: str = Field(max_length=64, primary_key=True)
    owner: str = Field(max_length=64)
    path: str = Field(max_length=200, description="The list's.")
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    problem: str = Field(default="", sa_column=Column(Text, nullable=False))
    made_at: str = Field(default_factory=now, max_length=27)


class VersionWalked(SQLModel, table=True):
    """What the walks of a version showed: JSON of path → `ShownInWalk`, compressed with zlib."""

    __tablename__ = "version_walked"
    version: str = Field(max_length=16, primary_key=True)
    number: int = Field(description="The version's.")
    project: str = of_project(index=True)
    owner: str = Field(max_length=64)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


Index("ix_project_owner_updated", Project.owner, Project.updated_at)
Index("ix_project_updated", Project.updated_at, Project.id)
Index("ix_project_created", Project.created_at, Project.id)
Index("ix_project_size", col(Project.size), Project.id)
