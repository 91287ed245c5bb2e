"""Whatever runs: one table for projects and live links, and one for their servers

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_OF_SERVERS = ("owner", "state", "stage", "place", "since", "updated_at")


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


_projects = _table("project", "id", "owner", "created_at")
_links = _table("share_link", "id", "owner", "project", "created_at", "revoked_at")
_runnables = _table("runnable", "id", "kind", "owner", "project", "created_at", "ended_at")
_servers = _table("server", "runnable", *_OF_SERVERS)
# Of each kind: what its servers were kept in, by which column, which refers to which table.
_KINDS = (("project", "server_preview", "project", "project"), ("link", "share_server", "share", "share_link"))


def upgrade() -> None:
    op.create_table(
        "runnable",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("kind", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("project", sa.String(length=16), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.Column("ended_at", _text(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["project"], ["project.id"], name=op.f("fk_runnable_project_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runnable")),
    )
    op.create_index(op.f("ix_runnable_project"), "runnable", ["project"])
    # Ids stay: hosts, containers, volumes and logs go by them.
    of, link = _projects.c, _links.c
    _fill(_runnables, sa.select(of.id, sa.literal("project"), of.owner, of.id, of.created_at, sa.null()))
    links = sa.select(link.id, sa.literal("link"), link.owner, link.project, link.created_at, link.revoked_at)
    _fill(_runnables, links.where(link.project.in_(sa.select(of.id))))
    op.create_table(
        "server",
        sa.Column("runnable", sa.String(length=16), nullable=False),
        *_columns(),
        sa.ForeignKeyConstraint(
            ["runnable"], ["runnable.id"], name=op.f("fk_server_runnable_runnable"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("runnable", name=op.f("pk_server")),
    )
    for _, table, column, _ in _KINDS:
        kept = _table(table, column, *_OF_SERVERS)
        known = kept.c[column].in_(sa.select(_runnables.c.id))
        _fill(_servers, sa.select(*kept.c).where(known))
        op.drop_table(table)


def downgrade() -> None:
    for kind, table, column, of in _KINDS:
        op.create_table(
            table,
            sa.Column(column, sa.String(length=16), nullable=False),
            *_columns(),
            sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}")),
        )
        of_kind = sa.select(_runnables.c.id).where(_runnables.c.kind == kind)
        _fill(_table(table, column, *_OF_SERVERS), sa.select(*_servers.c).where(_servers.c.runnable.in_(of_kind)))
    op.drop_table("server")
    op.drop_index(op.f("ix_runnable_project"), "runnable")
    op.drop_table("runnable")


def _fill(table: sa.TableClause, rows: sa.Select[tuple[object, ...]]) -> None:
    op.execute(sa.insert(table).from_select([column.name for column in table.c], rows))


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("stage", _text(length=16), nullable=False),
        sa.Column("place", _text(length=16), nullable=False),
        sa.Column("since", _text(length=27), nullable=False),
        sa.Column("updated_at", _text(length=27), nullable=False),
    ]
