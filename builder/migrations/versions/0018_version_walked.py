"""What the walks of a version showed

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "version_walked",
        sa.Column("version", _text(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_version_walked_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_version_walked")),
    )
    op.create_index(op.f("ix_version_walked_project"), "version_walked", ["project"])


def downgrade() -> None:
    op.drop_index(op.f("ix_version_walked_project"), table_name="version_walked")
    op.drop_table("version_walked")
