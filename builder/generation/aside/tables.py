"""The table of what was set aside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from builder.base.ids import now
from builder.base.tables import of_project


class SetAside(SQLModel, table=True):
    """What a generation wrote and did not put into the project. `body`: its changes of the project's files, see
    `builder.generation.aside.set_aside`; `disputed`: those that were shortened unasked, each with the reason and
    the person's choice."""

    __tablename__ = "set_aside"
    generation: str = Field(max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    project: str = of_project(index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    disputed: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)
