"""Webhooks that heard of live links go on hearing of those that are made and taken down, which have types of their own

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_BEFORE, _MORE = "share.changed", ("share.created", "share.revoked")
_NEW = {
    *_MORE, "project.created", "project.deleted", "member.added", "member.changed", "member.removed", "budget.nearly",
    "budget.reached", "server.failed",
}  # fmt: skip


def upgrade() -> None:
    _rewrite(lambda events: [*events, *(_MORE if _BEFORE in events else ())])


def downgrade() -> None:
    # One that heard of nothing else has nothing left to hear of: an empty list is what the page shows as such.
    _rewrite(lambda events: [one for one in events if one not in _NEW])


def _rewrite(change: Callable[[list[str]], list[str]]) -> None:
    hooks = sa.table("webhook", sa.column("id", sa.String), sa.column("events", sa.JSON))
    connection = op.get_bind()
    for name, events in connection.execute(sa.select(hooks.c.id, hooks.c.events)).all():
        known: list[str] = json.loads(events) if isinstance(events, str) else events
        connection.execute(sa.update(hooks).where(hooks.c.id == name).values(events=change(known)))
