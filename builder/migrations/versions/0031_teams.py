"""Teams, collaborators and invitations; who sees a project, and whether it is archived

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("name", _text(length=100), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("updated_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_table(
        "collaborator",
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("role", _text(length=16), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_collaborator_account_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_collaborator_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "account", name=op.f("pk_collaborator")),
    )
    op.create_index(op.f("ix_collaborator_account"), "collaborator", ["account"])
    op.create_table(
        "invitation",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("project", sa.String(length=16), nullable=True),
        sa.Column("email", _text(length=255), nullable=False),
        sa.Column("role", _text(length=16), nullable=False),
        sa.Column("created_by", _text(length=64), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=False),
        sa.Column("over_at", _text(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_invitation_project_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team"], ["team.id"], name=op.f("fk_invitation_team_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("hash", name=op.f("uq_invitation_hash")),
    )
    op.create_index(op.f("ix_invitation_project"), "invitation", ["project"])
    op.create_index(op.f("ix_invitation_team"), "invitation", ["team"])
    op.create_index(op.f("ix_membership_person"), "membership", ["person"])
    # Not in batch mode, which would make the table of projects anew.
    op.add_column("project", sa.Column("archived_at", _text(length=27), nullable=True))
    op.add_column("project", sa.Column("visibility", _text(length=16), nullable=False, server_default="team"))


def downgrade() -> None:
    op.drop_column("project", "visibility")
    op.drop_column("project", "archived_at")
    op.drop_index(op.f("ix_membership_person"), "membership")
    op.drop_table("invitation")
    op.drop_table("collaborator")
    op.drop_table("team")
