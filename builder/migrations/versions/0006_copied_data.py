"""Live links and duplicates begin with a copy of the data: how a link begins, and which copies are under way

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    # The links there are have begun with nothing.
    with op.batch_alter_table("share_link") as table:
        table.add_column(sa.Column("data", text(length=8), nullable=False, server_default="empty"))
    with op.batch_alter_table("share_link") as table:
        table.alter_column("data", server_default=None)
    op.create_table(
        "data_copy",
        sa.Column("target", text(length=16), nullable=False),
        sa.Column("source", text(length=16), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("created_at", text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("target", name=op.f("pk_data_copy")),
    )


def downgrade() -> None:
    op.drop_table("data_copy")
    with op.batch_alter_table("share_link") as table:
        table.drop_column("data")
