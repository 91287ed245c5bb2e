"""The tables of the audit chain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel, col


class AuditEntry(SQLModel, table=True):
    """One line. `digest` is the SHA-256 of everything else in it, `previous` that of the line before.

    `actor` is the account that acted, "" where nobody was known to be (a failed sign-in, the command line). `via`: see
    `builder.accounts.audit.origin`. `team` is the workspace it was about. `details` hold ids, counts and names of
    fields: no code, prompt, mail, name or address. `reason`: what an administrator said of why.
    """

    __tablename__ = "audit_entry"
    number: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    )
    at: str = Field(max_length=27, index=True)
    actor: str = Field(default="", max_length=64)
    via: str = Field(default="", max_length=16)
    team: str = Field(default="", max_length=64)
    project: str = Field(default="", max_length=16)
    action: str = Field(max_length=64)
    resource: str = Field(default="", max_length=32, description="The kind of thing, such as account.")
    resource_id: str = Field(default="", max_length=64)
    outcome: str = Field(default="done", max_length=32)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str = Field(default="", max_length=300)
    request: str = Field(default="", max_length=16)
    previous: str = Field(default="", max_length=64)
    digest: str = Field(max_length=64)


Index("ix_audit_entry_actor", AuditEntry.actor, col(AuditEntry.number))
Index("ix_audit_entry_action", AuditEntry.action, col(AuditEntry.number))
Index("ix_audit_entry_team", AuditEntry.team, col(AuditEntry.number))
Index("ix_audit_entry_resource_id", AuditEntry.resource_id, col(AuditEntry.number))


class AuditChain(SQLModel, table=True):
    """The two ends of the chain, in one row: the last line that was removed for its age, and the newest one."""

    __tablename__ = "audit_chain"
    id: str = Field(default="audit", max_length=8, primary_key=True)
    base_number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    base_digest: str = Field(default="", max_length=64)
    last_number: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_digest: str = Field(default="", max_length=64)
