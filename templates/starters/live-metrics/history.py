"""The last hour of samples and the limits, in SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

HOUR = 3600


class History:
    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(exist_ok=True)
        with closing(self._open()) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS sample (at REAL PRIMARY KEY, cpu REAL, memory REAL, requests REAL)"
            )
            database.execute("CREATE TABLE IF NOT EXISTS limits (name TEXT PRIMARY KEY, value REAL)")
            database.execute("INSERT OR IGNORE INTO limits VALUES ('cpu', 70), ('memory', 256)")

    def add(self, sample: dict[str, float]) -> None:
        with closing(self._open()) as database, database:
            database.execute("INSERT OR REPLACE INTO sample VALUES (:at, :cpu, :memory, :requests)", sample)
            database.execute("DELETE FROM sample WHERE at < ?", (sample["at"] - HOUR,))

    def last(self, seconds: int) -> list[dict]:
        """The samples of the last `seconds`, oldest first."""
        with closing(self._open()) as database:
            rows = database.execute(
                "SELECT * FROM sample WHERE at > (SELECT coalesce(max(at), 0) FROM sample) - ? ORDER BY at", (seconds,)
            )
            return [dict(row) for row in rows]

    def limits(self) -> dict[str, float]:
        with closing(self._open()) as database:
            return dict(tuple(row) for row in database.execute("SELECT name, value FROM limits"))

    def set_limits(self, limits: dict[str, float]) -> None:
        with closing(self._open()) as database, database:
            database.executemany("INSERT OR REPLACE INTO limits VALUES (?, ?)", limits.items())

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file)
        database.row_factory = sqlite3.Row
        return database
