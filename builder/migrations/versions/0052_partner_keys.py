"""Keys for programs of a team

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "partner_key",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("name", _text(length=100), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("prefix", _text(length=32), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=True),
        sa.Column("last_used_at", _text(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_partner_key_hash")),
    )
    op.create_index(op.f("ix_partner_key_owner"), "partner_key", ["owner"])


def downgrade() -> None:
    op.drop_table("partner_key")
