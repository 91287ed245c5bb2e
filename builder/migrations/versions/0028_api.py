"""What programs ask for: when a file was typed, what a project is, and requests that were carried out

Revision ID: 0028
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_ADDED = {"working_file": ("written_at", 27), "project": ("description", 500)}


def upgrade() -> None:
    for table, (column, length) in _ADDED.items():
        # The default stays in the database: taking it away would have SQLite copy the whole table.
        op.add_column(table, sa.Column(column, _text(length=length), nullable=False, server_default=""))
    op.create_table(
        "done_request",
        sa.Column("key", _text(length=64), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_done_request")),
    )
    op.create_index(op.f("ix_done_request_created_at"), "done_request", ["created_at"])
    op.execute("UPDATE working_file SET written_at = (SELECT updated_at FROM project WHERE id = working_file.project)")


def downgrade() -> None:
    op.drop_table("done_request")
    for table, (column, _) in _ADDED.items():
        op.drop_column(table, column)
