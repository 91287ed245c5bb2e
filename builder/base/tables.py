"""What all tables have in common, and those that this floor owns; each area has its own `tables.py`.

Times are ISO 8601 UTC text (see `builder.base.ids.now`). Every row carries its `owner`: the workspace it belongs to,
which is a storage key and gives no permission (see `builder.accounts.access`). `created_by` is the person who made the
row; rows that the server made by itself have the workspace's id there.
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


def of_project(**options: Any) -> Any:
    """The column that ties a row to its project; the row goes when the project is purged."""
    return Field(sa_column=Column(String(16), ForeignKey("project.id", ondelete="CASCADE"), nullable=False, **options))


class Event(SQLModel, table=True):
    """A fact of a project's log. `data` is the JSON text exactly as it is sent."""

    __tablename__ = "event"
    project: str = of_project(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    data: str = Field(sa_column=Column(Text, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)


class QueuedJob(SQLModel, table=True):
    """Work that is finished even if the process that took it dies; see `builder.base.jobs`. A finished job has no row.

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


class DoneRequest(SQLModel, table=True):
    """A request with an `Idempotency-Key` and its answer; see `builder.base.http.done_requests`. `key` is the SHA-256 of
    that key with who sent it and where to."""

    __tablename__ = "done_request"
    key: str = Field(max_length=64, primary_key=True)
    owner: str = Field(default="", max_length=64)
    status: int | None = None
    headers: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: str = Field(default_factory=now, max_length=27, index=True)
