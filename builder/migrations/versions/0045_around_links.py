"""What stands around a live link: frames of other sites, copies, a badge, and how often it was opened

Revision ID: 0045
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None

_SWITCHES = ("framed", "remix", "badge")


def upgrade() -> None:
    with op.batch_alter_table("share_link") as table:
        for name in _SWITCHES:  # links that there are stay as their makers know them
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("views", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("share_link") as table:
        for name in (*_SWITCHES, "views"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("share_link") as table:
        for name in ("views", *_SWITCHES):
            table.drop_column(name)
