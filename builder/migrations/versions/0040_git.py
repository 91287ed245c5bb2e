"""Versions as commits, and the repository that a project goes with

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def _of_project(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(
        ["project"], ["project.id"], name=op.f(f"fk_{table}_project_project"), ondelete="CASCADE"
    )
    return sa.Column("project", sa.String(length=16), nullable=False), key


def upgrade() -> None:
    op.create_table(
        "git_commit",
        *_of_project("git_commit"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("version", _text(length=16), nullable=False),
        sa.Column("commit", _text(length=40), nullable=False),
        sa.PrimaryKeyConstraint("project", "number", name=op.f("pk_git_commit")),
    )
    op.create_table(
        "git_branch",
        *_of_project("git_branch"),
        sa.Column("name", _text(length=100), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("commit", _text(length=40), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_git_branch")),
    )
    op.create_table(
        "git_remote",
        *_of_project("git_remote"),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("url", _text(length=500), nullable=False),
        sa.Column("branch", _text(length=100), nullable=False),
        sa.Column("user", _text(length=100), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("hint", _text(length=4), nullable=False),
        sa.Column("updated_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_git_remote")),
    )


def downgrade() -> None:
    for table in ("git_remote", "git_branch", "git_commit"):
        op.drop_table(table)
