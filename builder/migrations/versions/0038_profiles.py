"""What people say of themselves: GitHub, LinkedIn, a picture

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    for name in ("github", "linkedin"):
        op.add_column("account", sa.Column(name, _text(length=200), nullable=False, server_default=""))
    op.create_table(
        "avatar",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", _text(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_avatar_account_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_avatar")),
    )


def downgrade() -> None:
    op.drop_table("avatar")
    # Not by a copy of the table: what refers to it would go with the first one.
    op.drop_column("account", "linkedin")
    op.drop_column("account", "github")
