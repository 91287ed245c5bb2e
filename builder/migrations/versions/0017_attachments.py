"""Files that people attach to a request

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "attachment",
        sa.Column("id", text(length=16), nullable=False),
        sa.Column("owner", text(length=64), nullable=False),
        sa.Column("created_by", text(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=True),
        sa.Column("message", text(length=16), nullable=True),
        sa.Column("name", text(length=200), nullable=False),
        sa.Column("kind", text(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("picture", text(length=64), nullable=True),
        sa.Column("file", text(length=64), nullable=True),
        sa.Column("ending", text(length=8), nullable=False),
        sa.Column("path", text(length=200), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("created_at", text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_attachment_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    for column in ("owner", "project"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column])
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("message") as batch:
        batch.alter_column("attachments", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.drop_column("attachments")
    op.drop_table("attachment")
