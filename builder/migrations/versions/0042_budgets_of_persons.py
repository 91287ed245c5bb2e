"""The most that each person may spend in a month, beside what a workspace or a project may

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("budget") as table:
        table.add_column(sa.Column("person_month_usd", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("budget") as table:
        table.drop_column("person_month_usd")
