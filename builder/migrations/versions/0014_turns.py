"""Turns and their steps

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project"], ["project.id"], name=op.f(f"fk_{table}_project_project"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("id", _TEXT(length=16), nullable=False),
        sa.Column("owner", _TEXT(length=64), nullable=False),
        sa.Column("created_by", _TEXT(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("mode", _TEXT(length=16), nullable=False),
        sa.Column("model", _TEXT(length=200), nullable=False),
        sa.Column("status", _TEXT(length=16), nullable=False),
        sa.Column("outcome", _TEXT(length=16), nullable=False),
        sa.Column("base", _TEXT(length=16), nullable=True),
        sa.Column("version", _TEXT(length=16), nullable=True),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("followed_by", _TEXT(length=16), nullable=True),
        sa.Column("holder", _TEXT(length=16), nullable=False),
        sa.Column("leased_until", _TEXT(length=27), nullable=False),
        sa.Column("created_at", _TEXT(length=27), nullable=False),
        sa.Column("finished_at", _TEXT(length=27), nullable=True),
        _of_project("turn"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
    )
    op.create_index(op.f("ix_turn_project"), "turn", ["project"])
    op.create_index(op.f("ix_turn_status"), "turn", ["status"])
    op.create_table(
        "turn_step",
        sa.Column("id", _TEXT(length=16), nullable=False),
        sa.Column("owner", _TEXT(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("turn", _TEXT(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT(length=16), nullable=False),
        sa.Column("status", _TEXT(length=16), nullable=False),
        sa.Column("model", _TEXT(length=200), nullable=False),
        sa.Column("model_label", _TEXT(length=200), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_read", sa.Integer(), nullable=False),
        sa.Column("cache_write", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("generation", _TEXT(length=16), nullable=True),
        sa.Column("version", _TEXT(length=16), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("started_at", _TEXT(length=27), nullable=False),
        sa.Column("finished_at", _TEXT(length=27), nullable=True),
        _of_project("turn_step"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_step")),
    )
    op.create_index(op.f("ix_turn_step_project"), "turn_step", ["project"])
    op.create_index(op.f("ix_turn_step_turn"), "turn_step", ["turn"])
    for table in ("generation", "message"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("turn", _TEXT(length=16), nullable=True))
    op.create_index(op.f("ix_generation_turn"), "generation", ["turn"])


def downgrade() -> None:
    op.drop_index(op.f("ix_generation_turn"), table_name="generation")
    for table in ("message", "generation"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("turn")
    op.drop_table("turn_step")
    op.drop_table("turn")
