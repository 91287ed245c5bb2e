"""What can be searched for, and its words

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString

_SQLITE = (
    # Words come apart at spaces only: they are made by us. Where in a text a word stands is not kept.
    "CREATE VIRTUAL TABLE search_words USING fts5(words, detail=none, columnsize=0, prefix='2 3', "
    "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN "
    "DELETE FROM search_words WHERE rowid = old.id; END",
)
_POSTGRES = (
    "CREATE TABLE search_words (id BIGINT PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, "
    "words tsvector NOT NULL)",
    "CREATE INDEX ix_search_words ON search_words USING gin (words)",
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "search_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("kind", _text(length=8), nullable=False),
        sa.Column("ref", _text(length=200), nullable=False),
        sa.Column("mark", _text(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_search_entry_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_project_kind", "search_entry", ["project", "kind"])
    for statement in _SQLITE if sqlite else _POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    op.drop_table("search_entry")
