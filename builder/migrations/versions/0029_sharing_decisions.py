"""What people say of findings before they share: that it is no secret, or that it may stay as it is

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "sharing_decision",
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("kind", _text(length=8), nullable=False),
        sa.Column("key", _text(length=300), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_sharing_decision_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "kind", "key", name=op.f("pk_sharing_decision")),
    )


def downgrade() -> None:
    op.drop_table("sharing_decision")
