"""Versions with a name, and those that are kept in sight

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = sqlmodel.sql.sqltypes.AutoString(length=120)
    with op.batch_alter_table("version") as table:
        table.add_column(sa.Column("name", name, nullable=False, server_default=""))
        table.add_column(sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("version") as table:
        table.alter_column("name", server_default=None)
        table.alter_column("pinned", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("version") as table:
        table.drop_column("pinned")
        table.drop_column("name")
