"""Notifications, and how people want to hear of what

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("account", _text(length=64), nullable=False),
        sa.Column("kind", _text(length=32), nullable=False),
        sa.Column("project", _text(length=16), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("read_at", _text(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index("ix_notification_account_created_at", "notification", ["account", "created_at"])
    op.create_table(
        "notification_choice",
        sa.Column("account", _text(length=64), nullable=False),
        sa.Column("kind", _text(length=32), nullable=False),
        sa.Column("way", _text(length=8), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", name=op.f("pk_notification_choice")),
    )


def downgrade() -> None:
    op.drop_table("notification_choice")
    op.drop_table("notification")
