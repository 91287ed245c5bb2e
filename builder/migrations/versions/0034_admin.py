"""What is switched off for everybody, the size of projects, projects that are blocked, and indexes of long lists

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_INDEXES = (
    ("ix_account_created", "account", ["created_at", "id"]),
    ("ix_account_active", "account", ["last_active_at", "id"]),
    ("ix_account_state", "account", ["state", "created_at", "id"]),
    ("ix_project_updated", "project", ["updated_at", "id"]),
    ("ix_project_created", "project", ["created_at", "id"]),
    ("ix_project_size", "project", ["size", "id"]),
    ("ix_share_link_owner", "share_link", ["owner", "revoked_at"]),
    ("ix_generation_created", "generation", ["created_at", "status"]),
    ("ix_model_call_started", "model_call", ["started_at"]),
)


def upgrade() -> None:
    op.create_table(
        "installation_switch",
        sa.Column("name", _text(length=32), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("note", _text(length=300), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_switch")),
    )
    # The default stays in the database: taking it away would have SQLite copy the whole table.
    op.add_column("project", sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("project", sa.Column("blocked_at", _text(length=27), nullable=True))
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("project", "blocked_at")
    op.drop_column("project", "size")
    op.drop_table("installation_switch")
