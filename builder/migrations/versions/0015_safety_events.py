"""What was noticed in what is asked of models and in what they say

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "safety_event",
        sa.Column("id", text(length=16), nullable=False),
        sa.Column("at", text(length=27), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("created_by", text(length=64), nullable=False),
        sa.Column("project", text(length=16), nullable=True),
        sa.Column("reference", text(length=64), nullable=True),
        sa.Column("direction", text(length=8), nullable=False),
        sa.Column("category", text(length=16), nullable=False),
        sa.Column("verdict", text(length=8), nullable=False),
        sa.Column("rule", text(length=64), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_event")),
    )
    op.create_index("ix_safety_event_owner_at", "safety_event", ["owner", "at"])


def downgrade() -> None:
    op.drop_index("ix_safety_event_owner_at", "safety_event")
    op.drop_table("safety_event")
