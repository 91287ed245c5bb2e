"""AccountParts: accounts, their sessions and tokens, and their identities elsewhere

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account"], ["account.id"], name=op.f(f"fk_{table}_account_account"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", _text(length=64), nullable=False),
        sa.Column("email", _text(length=255), nullable=False),
        sa.Column("email_verified_at", _text(length=27), nullable=True),
        sa.Column("username", _text(length=30), nullable=False),
        sa.Column("name", _text(length=100), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("location", _text(length=100), nullable=False),
        sa.Column("website", _text(length=200), nullable=False),
        sa.Column("locale", _text(length=16), nullable=False),
        sa.Column("time_zone", _text(length=64), nullable=False),
        sa.Column("password", _text(length=200), nullable=False),
        sa.Column("role", _text(length=16), nullable=False),
        sa.Column("state", _text(length=16), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("updated_at", _text(length=27), nullable=False),
        sa.Column("last_login_at", _text(length=27), nullable=True),
        sa.Column("last_active_at", _text(length=27), nullable=True),
        sa.Column("deleted_at", _text(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("method", _text(length=16), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("last_seen_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=False),
        sa.Column("address", _text(length=64), nullable=False),
        sa.Column("user_agent", _text(length=300), nullable=False),
        sa.Column("revoked_at", _text(length=27), nullable=True),
        _of_account("sign_in_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
    )
    op.create_index(op.f("ix_sign_in_session_account"), "sign_in_session", ["account"])
    op.create_table(
        "refresh_token",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("used_at", _text(length=27), nullable=True),
        sa.Column("replaced_by", _text(length=16), nullable=True),
        sa.Column("expires_at", _text(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"],
            ["sign_in_session.id"],
            name=op.f("fk_refresh_token_session_sign_in_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_refresh_token_hash")),
    )
    op.create_index(op.f("ix_refresh_token_session"), "refresh_token", ["session"])
    op.create_table(
        "one_time_token",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("kind", _text(length=16), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("email", _text(length=255), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=False),
        sa.Column("used_at", _text(length=27), nullable=True),
        _of_account("one_time_token"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_one_time_token_hash")),
    )
    op.create_index(op.f("ix_one_time_token_account"), "one_time_token", ["account"])
    op.create_table(
        "identity",
        sa.Column("provider", _text(length=16), nullable=False),
        sa.Column("subject", _text(length=255), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("email", _text(length=255), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        _of_account("identity"),
        sa.PrimaryKeyConstraint("provider", "subject", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_account"), "identity", ["account"])
    op.create_table(
        "personal_token",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", _text(length=100), nullable=False),
        sa.Column("hash", _text(length=64), nullable=False),
        sa.Column("hint", _text(length=8), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("expires_at", _text(length=27), nullable=True),
        sa.Column("last_used_at", _text(length=27), nullable=True),
        _of_account("personal_token"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_personal_token_hash")),
    )
    op.create_index(op.f("ix_personal_token_account"), "personal_token", ["account"])


def downgrade() -> None:
    for table in ("personal_token", "identity", "one_time_token", "refresh_token", "sign_in_session", "account"):
        op.drop_table(table)
