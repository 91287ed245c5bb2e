"""In which tab or program a file was typed

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("working_file") as batch:
        text = sqlmodel.sql.sqltypes.AutoString(length=64)
        batch.add_column(sa.Column("client", text, nullable=False, server_default=""))
    with op.batch_alter_table("working_file") as batch:
        batch.alter_column("client", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("working_file") as batch:
        batch.drop_column("client")
