"""Webhooks and what was sent to them

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("project", _text(length=16), nullable=True),
        sa.Column("url", _text(length=2000), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failing_since", _text(length=27), nullable=True),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_owner"), "webhook", ["owner"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("webhook", sa.String(length=16), nullable=False),
        sa.Column("type", _text(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", _text(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("problem", _text(length=200), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("delivered_at", _text(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_webhook_created_at", "webhook_delivery", ["webhook", "created_at"])


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
