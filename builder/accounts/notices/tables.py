"""Notifications of people, and how each wants to hear of what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now


class Notification(SQLModel, table=True):
    """`account`: whom it is for. `details` fill in the sentence of its `kind`: titles and states."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_account_created_at", "account", "created_at"),)
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    account: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    project: str | None = Field(default=None, max_length=16)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)
    read_at: str | None = Field(default=None, max_length=27)


class NotificationChoice(SQLModel, table=True):
    """`way`: page, mail or off. Without a row it is the page."""

    __tablename__ = "notification_choice"
    account: str = Field(max_length=64, primary_key=True)
    kind: str = Field(max_length=32, primary_key=True)
    way: str = Field(max_length=8)
