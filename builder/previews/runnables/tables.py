"""The tables of runnables and of their servers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, String
from sqlmodel import Field, SQLModel

from builder.base.ids import now


class StoredRunnable(SQLModel, table=True):
    """Something that runs, or can run: see `builder.previews.runnables.runnables.Runnable`. Its id names its host,
    container, volumes, log and row of a server. `ended_at`: it ended for good, and none of its data is kept."""

    __tablename__ = "runnable"
    id: str = Field(max_length=16, primary_key=True)
    kind: str = Field(max_length=16)
    owner: str = Field(max_length=64)
    project: str = Field(
        sa_column=Column(String(16), ForeignKey("project.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    created_at: str = Field(default_factory=now, max_length=27)
    ended_at: str | None = Field(default=None, max_length=27)


class StoredServer(SQLModel, table=True):
    """The server of a runnable that was started or offered; `state` (without secrets) finds it again."""

    __tablename__ = "server"
    runnable: str = Field(sa_column=Column(String(16), ForeignKey("runnable.id", ondelete="CASCADE"), primary_key=True))
    owner: str = Field(max_length=64)
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    stage: str = Field(default="stopped", max_length=16, description="A `builder.previews.servers.server.Stage`.")
    place: str = Field(default="", max_length=16, description="The data directory on whose machine it runs.")
    since: str = Field(default_factory=now, max_length=27, description="When it entered its stage.")
    updated_at: str = Field(default_factory=now, max_length=27)
