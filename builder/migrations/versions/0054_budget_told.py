"""What was told of a budget, so that it is told once

Revision ID: 0054
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("budget") as table:
        table.add_column(sa.Column("told", sa.String(120), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("budget") as table:
        table.drop_column("told")
