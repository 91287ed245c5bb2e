"""The outbox of mail, and apps that show codes

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("recipient", _text(length=255), nullable=False),
        sa.Column("kind", _text(length=32), nullable=False),
        sa.Column("language", _text(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=True),
        sa.Column("sent_at", _text(length=27), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_mail_account_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_account"), "mail", ["account"])
    op.create_table(
        "second_factor",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", _text(length=27), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_second_factor_account_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factor")),
    )


def downgrade() -> None:
    op.drop_table("second_factor")
    op.drop_table("mail")
