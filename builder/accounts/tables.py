"""The tables of people and their teams."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from builder.base.ids import now


class Membership(SQLModel, table=True):
    """A person's role in a workspace that is not their own (`owner`): a `builder.accounts.access.MemberRole`."""

    __tablename__ = "membership"
    owner: str = Field(max_length=64, primary_key=True)
    person: str = Field(max_length=64, primary_key=True)
    role: str = Field(max_length=16)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)
