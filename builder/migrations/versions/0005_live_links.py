"""Live links: who may open them, how long, which version, and a server of their own

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("share_link") as table:
        table.add_column(sa.Column("access", text(length=16), nullable=False, server_default="public"))
        table.add_column(sa.Column("password", text(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("word", text(length=16), nullable=False, server_default=""))
        table.add_column(sa.Column("follows", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("server", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("expires_at", text(length=27), nullable=True))
    with op.batch_alter_table("share_link") as table:
        for name in ("access", "password", "word", "follows", "server"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "share_server",
        sa.Column("share", sa.String(length=16), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("stage", text(length=16), nullable=False),
        sa.Column("since", text(length=27), nullable=False),
        sa.Column("updated_at", text(length=27), nullable=False),
        sa.ForeignKeyConstraint(["share"], ["share_link.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("share"),
    )


def downgrade() -> None:
    op.drop_table("share_server")
    with op.batch_alter_table("share_link") as table:
        for name in ("expires_at", "server", "follows", "word", "password", "access"):
            table.drop_column(name)
