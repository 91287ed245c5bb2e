"""Live links serve a build of their version instead of its sources, unless asked: what is asked, and what is stored

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    # The outputs there are have no form: they are made anew when their link is next opened.
    with op.batch_alter_table("share_link") as table:
        table.add_column(sa.Column("source", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("form", text(length=16), nullable=False, server_default=""))
    with op.batch_alter_table("share_link") as table:
        table.alter_column("source", server_default=None)
        table.alter_column("form", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("share_link") as table:
        for name in ("form", "source"):
            table.drop_column(name)
