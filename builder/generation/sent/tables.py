"""The table of what was sent."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now
from builder.base.tables import of_project


class SentCall(SQLModel, table=True):
    """One call of a model for a generation; `number` counts from 1. `body`: see `builder.generation.sent.calls`."""

    __tablename__ = "sent_call"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    project: str = of_project(index=True)
    generation: str = Field(max_length=16, index=True)
    number: int
    model: str = Field(default="", max_length=200)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0
    created_at: str = Field(default_factory=now, max_length=27)
