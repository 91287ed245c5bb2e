"""Who makes a call of a model, so that a second server on the same database settles none of the first one's; budgets

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = (("holder", 16), ("leased_until", 27))
_SUMMED = ("project", "reference")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    for name, length in _COLUMNS:
        with op.batch_alter_table("model_call") as batch:
            batch.add_column(sa.Column(name, text(length=length), nullable=False, server_default=""))
        with op.batch_alter_table("model_call") as batch:
            batch.alter_column(name, server_default=None)
    for column in _SUMMED:
        op.create_index(f"ix_model_call_owner_{column}", "model_call", ["owner", column])
    op.create_table(
        "budget",
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("project", text(length=16), nullable=False),
        sa.Column("created_by", text(length=64), nullable=False),
        sa.Column("turn_usd", sa.Float(), nullable=True),
        sa.Column("month_usd", sa.Float(), nullable=True),
        sa.Column("total_usd", sa.Float(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("updated_at", text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("owner", "project", name=op.f("pk_budget")),
    )


def downgrade() -> None:
    op.drop_table("budget")
    for column in _SUMMED:
        op.drop_index(f"ix_model_call_owner_{column}", "model_call")
    with op.batch_alter_table("model_call") as batch:
        for name, _ in _COLUMNS:
            batch.drop_column(name)
