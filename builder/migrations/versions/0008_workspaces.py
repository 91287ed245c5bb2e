"""Workspaces: who belongs to one, and who made what in it

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MADE_BY_PEOPLE = ("project", "version", "message", "generation", "share_link")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    for name in _MADE_BY_PEOPLE:
        # The default stays in the database: taking it away would have SQLite copy the whole table. Rows are written
        # with their own value; those there are, are the local owner's.
        op.add_column(name, sa.Column("created_by", text(length=64), nullable=False, server_default="owner"))
    op.create_table(
        "membership",
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("person", text(length=64), nullable=False),
        sa.Column("role", text(length=16), nullable=False),
        sa.Column("created_by", text(length=64), nullable=False),
        sa.Column("created_at", text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("owner", "person"),
    )


def downgrade() -> None:
    op.drop_table("membership")
    for name in reversed(_MADE_BY_PEOPLE):
        op.drop_column(name, "created_by")
