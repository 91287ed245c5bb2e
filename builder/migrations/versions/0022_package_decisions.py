"""Packages that people use although the policy holds them back

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "package_decision",
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("ecosystem", _text(length=8), nullable=False),
        sa.Column("name", _text(length=214), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("reason", _text(length=16), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_package_decision_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "number", name=op.f("pk_package_decision")),
    )


def downgrade() -> None:
    op.drop_table("package_decision")
