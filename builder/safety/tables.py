"""The tables of safety."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col

from builder.base.ids import new_id, now
from builder.base.tables import of_project


class SafetyEvent(SQLModel, table=True):
    """What was noticed in a text that a person sent, that a model read or said, or that a file holds; never the text.

    `owner` is the workspace, `created_by` the person, `reference` what it was part of, such as a generation's id.
    `direction`: asked, read, said or kept. `digest`: SHA-256 of the text, "" where it was a stream; `length` in characters;
    `count`: how often.
    """

    __tablename__ = "safety_event"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    at: str = Field(default_factory=now, max_length=27)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str | None = Field(default=None, max_length=16)
    reference: str | None = Field(default=None, max_length=64)
    direction: str = Field(max_length=8)
    category: str = Field(max_length=16)
    verdict: str = Field(max_length=8)
    rule: str = Field(max_length=64)
    digest: str = Field(default="", max_length=64)
    length: int = 0
    count: int = 1


Index("ix_safety_event_owner_at", SafetyEvent.owner, col(SafetyEvent.at))


class SharingDecision(SQLModel, table=True):
    """Of a finding before sharing: that it is no secret (`kind` leak, `key` the secret's SHA-256), or that it may stay
    (`kind` hole, `key` its name)."""

    __tablename__ = "sharing_decision"
    project: str = of_project(primary_key=True)
    kind: str = Field(max_length=8, primary_key=True)
    key: str = Field(max_length=300, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)
