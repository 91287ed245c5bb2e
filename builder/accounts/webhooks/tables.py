"""Webhooks of a team, and what was sent to them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from builder.base.ids import new_id, now


class Webhook(SQLModel, table=True):
    """`owner`: the team. `project`: the only one it hears of, None for all. `secret` is encrypted. `failing_since`: when a
    try failed first after the last that went well."""

    __tablename__ = "webhook"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64, index=True)
    created_by: str = Field(max_length=64)
    project: str | None = Field(default=None, max_length=16)
    url: str = Field(max_length=2_000)
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    active: bool = True
    failing_since: str | None = Field(default=None, max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)


class WebhookDelivery(SQLModel, table=True):
    """One message. `body` is sent as it stands. `status`: queued, delivered, failed. `answer`: the status that the other
    side gave at the last try, None where it gave none; `problem`, one of `sending.PROBLEMS`, says why then."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_webhook_created_at", "webhook", "created_at"),)
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    webhook: str = Field(sa_column=Column(String(16), ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False))
    type: str = Field(max_length=32)
    body: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(default="queued", max_length=16)
    attempts: int = 0
    answer: int | None = None
    problem: str = Field(default="", max_length=200)
    created_at: str = Field(default_factory=now, max_length=27)
    delivered_at: str | None = Field(default=None, max_length=27)
