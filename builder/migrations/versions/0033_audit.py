"""The audit chain

Revision ID: 0033
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_LENGTHS = {
    "at": 27, "actor": 64, "via": 16, "team": 64, "project": 16, "action": 64, "resource": 32, "resource_id": 64,
    "outcome": 32, "reason": 300, "request": 16, "previous": 64, "digest": 64,
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        *(sa.Column(name, _text(length=length), nullable=False) for name, length in _LENGTHS.items()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    for column in ("actor", "action", "team", "resource_id"):
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column, "number"])
    op.create_table(
        "audit_chain",
        sa.Column("id", _text(length=8), nullable=False),
        sa.Column("base_number", sa.BigInteger(), nullable=False),
        sa.Column("base_digest", _text(length=64), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("last_digest", _text(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )


def downgrade() -> None:
    op.drop_table("audit_chain")
    op.drop_table("audit_entry")
