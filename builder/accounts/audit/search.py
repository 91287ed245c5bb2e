"""Finding lines of the audit chain, and writing them out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Select, select
from sqlmodel import col

from builder.accounts.audit.tables import AuditEntry
from builder.base.db import Database

COLUMNS: Final = tuple(AuditEntry.model_fields)
_BATCH: Final = 2_000
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is empty is any. `action` may end with a dot: all that begin so. `since` and `until` are moments, or beginnings of one
    such as 2031-05. `without`: an action whose lines are left out."""

    actor: str = ""
    action: str = ""
    team: str = ""
    resource_id: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    without: str = ""


class AuditLog:
    """All lines of the database, for whoever may read them: the caller checks the right."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, wanted: AuditQuery, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
        """The newest lines, or those before one."""
        query = _chosen(wanted).order_by(col(AuditEntry.number).desc()).limit(limit)
        async with self._db.reader() as session:
            return [*await session.scalars(query if before is None else query.where(col(AuditEntry.number) < before))]

    async def export(self, wanted: AuditQuery, form: Literal["csv", "ndjson"]) -> AsyncIterator[str]:
        """All of them, the oldest first, a piece of text at a time."""
        query = _chosen(wanted).order_by(col(AuditEntry.number)).execution_options(yield_per=_BATCH)
        if form == "csv":
            yield _csv([COLUMNS])
        async with self._db.reader() as session:
            async for rows in (await session.stream_scalars(query)).partitions(_BATCH):
                lines = [row.model_dump() for row in rows]
                if form == "csv":
                    yield _csv([[_cell(line[name]) for name in COLUMNS] for line in lines])
                else:
                    yield "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _chosen(wanted: AuditQuery) -> Select[AuditEntry]:
    query = select(AuditEntry)
    for name in ("actor", "team", "resource_id", "outcome"):
        if value := getattr(wanted, name):
            query = query.where(col(getattr(AuditEntry, name)) == value)
    if wanted.action.endswith("."):
        query = query.where(col(AuditEntry.action).startswith(wanted.action, autoescape=True))
    elif wanted.action:
        query = query.where(col(AuditEntry.action) == wanted.action)
    if wanted.without:
        query = query.where(col(AuditEntry.action) != wanted.without)
    if wanted.since:
        query = query.where(col(AuditEntry.at) >= wanted.since)
    if wanted.until:
        query = query.where(col(AuditEntry.at) < wanted.until)
    return query


def _cell(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
