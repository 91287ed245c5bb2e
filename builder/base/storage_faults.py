"""Faults of the disk and the database, in plain words, each with the one next step."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

from builder.base.errors import SaysoError
from builder.texts import t


class StorageFault(SaysoError):
    """Nothing was stored. `code`: disk_full, database_damaged, database_newer, database_busy, database_read_only or
    database_away."""

    code = "storage"
    status = 503


_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# https://www.sqlite.org/rescode.html; the lower eight bits are the kind.
_OF_SQLITE: Final = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
    sqlite3.SQLITE_NOTADB: "database_damaged",
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_CANTOPEN: "database_read_only",
    # A disk that is full or gone in the middle of a page.
    sqlite3.SQLITE_IOERR: "disk_full",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_OF_POSTGRES: Final = {
    "53100": "disk_full",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
    "25006": "database_read_only",
}


def storage_fault(error: BaseException) -> StorageFault | None:
    """The fault that an error of the disk or the database stands for, None when the error is a mistake of ours."""
    if isinstance(error, StorageFault):
        return error
    if isinstance(error, OSError):
        return _fault("disk_full", error) if error.errno in _FULL else None
    if not isinstance(error, (DBAPIError, sqlite3.Error)):
        return None
    cause: BaseException | None = error
    while cause is not None:
        if number := getattr(cause, "sqlite_errorcode", None):
            kind = _OF_SQLITE.get(number & 0xFF)
            return _fault(kind, error) if kind else None
        if kind := _OF_POSTGRES.get(getattr(cause, "sqlstate", None) or ""):
            return _fault(kind, error)
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__
    away = isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    return _fault("database_away", error) if away else None


def newer(revision: str) -> StorageFault:
    """A newer version of Sayso made the database's tables."""
    return StorageFault(t("storage.database_newer"), code="database_newer", detail=f"revision {revision}")


def _fault(kind: str, error: BaseException) -> StorageFault:
    status = 507 if kind == "disk_full" else 503
    return StorageFault(t(f"storage.{kind}"), code=kind, status=status, detail=repr(error)[:300])
