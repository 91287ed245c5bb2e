"""How far each server is awake, and since when

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("server_preview") as table:
        # What was known until then ran: it is looked for at the next start.
        table.add_column(
            sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False, server_default="awake")
        )
        table.add_column(
            sa.Column("since", sqlmodel.sql.sqltypes.AutoString(length=27), nullable=False, server_default="")
        )
    op.execute("UPDATE server_preview SET since = updated_at")
    with op.batch_alter_table("server_preview") as table:
        table.alter_column("stage", server_default=None)
        table.alter_column("since", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("server_preview") as table:
        table.drop_column("since")
        table.drop_column("stage")
