"""The table of attachments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, String, Text
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now


class Attachment(SQLModel, table=True):
    """What was read of a file that somebody attached; the file itself is not kept.

    `project` is None before the first request makes one; `message` is the request it was last sent with, None until then.
    `removed`: its person took it away; the next sweep drops it.
    `text`, of `whole` characters before it was cut, is for a model. `picture` and `file` are SHA-256 of blobs: the
    picture as a model sees it, and the content that the project got at `path`.
    """

    __tablename__ = "attachment"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64, index=True)
    created_by: str = Field(max_length=64)
    project: str | None = Field(
        default=None,
        sa_column=Column(String(16), ForeignKey("project.id", ondelete="CASCADE"), nullable=True, index=True),
    )
    message: str | None = Field(default=None, max_length=16)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=16)
    size: int = Field(description="Bytes as it was sent.")
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    whole: int = 0
    notes: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    picture: str | None = Field(default=None, max_length=64)
    file: str | None = Field(default=None, max_length=64)
    ending: str = Field(default="", max_length=8)
    path: str | None = Field(default=None, max_length=200)
    removed: bool = False
    created_at: str = Field(default_factory=now, max_length=27)
