"""Answers that wait for the person

Revision ID: 0021
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("generation", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("disputed", sa.JSON(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_set_aside_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_set_aside")),
    )
    op.create_index(op.f("ix_set_aside_project"), "set_aside", ["project"])


def downgrade() -> None:
    op.drop_index(op.f("ix_set_aside_project"), table_name="set_aside")
    op.drop_table("set_aside")
