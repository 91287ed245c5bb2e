"""The table of keys."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from builder.base.ids import now


class Credential(SQLModel, table=True):
    """A provider's key, encrypted with the key file in DATA_DIR; `hint` is its last four characters."""

    __tablename__ = "credential"
    owner: str = Field(max_length=64, primary_key=True)
    provider: str = Field(max_length=32, primary_key=True)
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hint: str = Field(default="", max_length=4)
    created_at: str = Field(default_factory=now, max_length=27)
