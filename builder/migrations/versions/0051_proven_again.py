"""A session knows when its person last proved themselves

Revision ID: 0051
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_session", sa.Column("proven_at", sa.String(27), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in_session", "proven_at")
