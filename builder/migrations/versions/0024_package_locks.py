"""Exact versions of the packages that a project asks for

Revision ID: 0024
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "package_lock",
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("key", _text(length=64), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("path", _text(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_package_lock_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "key", name=op.f("pk_package_lock")),
    )


def downgrade() -> None:
    op.drop_table("package_lock")
