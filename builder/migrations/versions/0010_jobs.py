"""Work that outlives a process: jobs, who writes a generation, and on whose machine a server runs

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PLACED = ("server_preview", "share_server")
_text = sqlmodel.sql.sqltypes.AutoString
_copies = sa.table("data_copy", *map(sa.column, ("target", "source", "owner", "created_at")))
_jobs = sa.table(
    "job",
    *(sa.column(name) for name in ("id", "owner", "kind", "key", "status", "run_at", "place", "holder")),
    *(sa.column(name) for name in ("attempts", "leased_until", "error", "created_at")),
    sa.column("payload", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("kind", _text(length=32), nullable=False),
        sa.Column("key", _text(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", _text(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", _text(length=27), nullable=False),
        sa.Column("place", _text(length=16), nullable=False),
        sa.Column("holder", _text(length=16), nullable=False),
        sa.Column("leased_until", _text(length=27), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_job_kind_key")),
    )
    op.create_index("ix_job_kind_status_run_at", "job", ["kind", "status", "run_at"])
    _add("generation", "holder", 16)
    _add("generation", "leased_until", 27)
    for table in _PLACED:
        _add(table, "place", 16)
    # The copies of data that are under way go on as jobs; the target's id is free in a table that is new.
    connection = op.get_bind()
    for target, source, owner, created_at in connection.execute(sa.select(*_copies.c)).all():
        connection.execute(
            _jobs.insert().values(
                id=target, owner=owner, kind="copy_data", key=target, payload={"source": source}, status="queued",
                attempts=0, run_at=created_at, place="", holder="", leased_until="", error="", created_at=created_at,
            )
        )  # fmt: skip
    op.drop_table("data_copy")


def downgrade() -> None:
    op.create_table(
        "data_copy",
        sa.Column("target", _text(length=16), nullable=False),
        sa.Column("source", _text(length=16), nullable=False),
        sa.Column("owner", _text(length=64), nullable=False),
        sa.Column("created_at", _text(length=27), nullable=False),
        sa.PrimaryKeyConstraint("target", name=op.f("pk_data_copy")),
    )
    connection = op.get_bind()
    copies = sa.select(_jobs).where(_jobs.c.kind == "copy_data")
    for job in connection.execute(copies).all():
        connection.execute(
            _copies.insert().values(
                target=job.key, source=job.payload["source"], owner=job.owner, created_at=job.created_at
            )
        )
    for table in _PLACED:
        _drop(table, "place")
    _drop("generation", "leased_until", "holder")
    op.drop_index("ix_job_kind_status_run_at", "job")
    op.drop_table("job")


def _add(table: str, column: str, length: int) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column, _text(length=length), nullable=False, server_default=""))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, server_default=None)


def _drop(table: str, *columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.drop_column(column)
