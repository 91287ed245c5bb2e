"""Secrets of projects, and the keys that encrypt them

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "vault_key",
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_vault_key")),
    )
    op.create_table(
        "project_secret",
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("name", _text(length=64), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("updated_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_project_secret_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_project_secret")),
    )


def downgrade() -> None:
    op.drop_table("project_secret")
    op.drop_table("vault_key")
