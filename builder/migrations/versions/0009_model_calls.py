"""The usage log: one row for each call of a model

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "model_call",
        sa.Column("id", text(length=16), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("created_by", text(length=64), nullable=True),
        sa.Column("project", text(length=16), nullable=True),
        sa.Column("operation", text(length=32), nullable=False),
        sa.Column("reference", text(length=64), nullable=True),
        sa.Column("provider", text(length=32), nullable=False),
        sa.Column("model", text(length=200), nullable=False),
        sa.Column("status", text(length=16), nullable=False),
        sa.Column("reserved_tokens", sa.Integer(), nullable=False),
        sa.Column("reserved_usd", sa.Float(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("cache_read", sa.Integer(), nullable=True),
        sa.Column("cache_write", sa.Integer(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("started_at", text(length=27), nullable=False),
        sa.Column("ended_at", text(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_call")),
    )
    with op.batch_alter_table("model_call") as table:
        table.create_index(table.f("ix_model_call_status"), ["status"], unique=False)
        table.create_index("ix_model_call_owner_started", ["owner", "started_at"], unique=False)


def downgrade() -> None:
    op.drop_table("model_call")
