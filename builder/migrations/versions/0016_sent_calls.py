"""What was sent to models

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TOKENS = ("input_tokens", "output_tokens", "cache_read", "cache_write")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "sent_call",
        sa.Column("id", text(length=16), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("generation", text(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model", text(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _TOKENS),
        sa.Column("created_at", text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_sent_call_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_call")),
    )
    op.create_index(op.f("ix_sent_call_project"), "sent_call", ["project"])
    op.create_index(op.f("ix_sent_call_generation"), "sent_call", ["generation"])


def downgrade() -> None:
    op.drop_table("sent_call")
