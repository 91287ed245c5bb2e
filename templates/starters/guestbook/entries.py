"""What guests wrote, in SQLite (data/guestbook.db)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = Path(__file__).parent / "data" / "guestbook.db"
FIRST = [
    (1, "Marta & Jonas", "Gothenburg", "Four days of rain and we did not mind one of them. The stove, the books, the soup. Thank you for the soup.", "lake"),
    (6, "Priya", "Leeds", "Swam to the far jetty before breakfast. My brother says he did too. He did not.", "fox"),
    (13, "The Okafors", "Rotterdam", "Our youngest learned to row here. She now wants a boat, a lake and a house. In that order.", "sun"),
    (20, "Henrik", "Aarhus", "Best dark sky I have seen in years. Leave the porch light off and wait ten minutes.", "plum"),
    (34, "Lucía", "Bilbao", "The green bicycle has a slow puncture. Everything else is perfect. I fixed the bicycle.", "pine"),
]


def _open() -> sqlite3.Connection:
    database = sqlite3.connect(FILE)
    database.row_factory = sqlite3.Row
    return database


def prepare() -> None:
    """Make the table, with a few entries where the book is new."""
    FILE.parent.mkdir(exist_ok=True)
    with closing(_open()) as database, database:
        if database.execute("PRAGMA user_version").fetchone()[0]:
            return
        database.execute(
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL,"
            " stamp TEXT NOT NULL, written TEXT NOT NULL)"
        )
        now = datetime.now(UTC)
        for days, name, place, text, stamp in reversed(FIRST):
            _insert(database, name, place, text, stamp, now - timedelta(days=days))
        database.execute("PRAGMA user_version = 1")


def page(skip: int, size: int) -> list[dict]:
    """`size` entries, the newest first, after `skip` of them."""
    with closing(_open()) as database:
        rows = database.execute("SELECT * FROM entry ORDER BY id DESC LIMIT ? OFFSET ?", (size, skip))
        return [dict(row) | {"day": f"{datetime.fromisoformat(row['written']):%-d %B %Y}"} for row in rows]


def count() -> int:
    with closing(_open()) as database:
        return database.execute("SELECT count(*) FROM entry").fetchone()[0]


def add(name: str, place: str, text: str, stamp: str) -> None:
    with closing(_open()) as database, database:
        _insert(database, name, place, text, stamp, datetime.now(UTC))


def _insert(database: sqlite3.Connection, name: str, place: str, text: str, stamp: str, at: datetime) -> None:
    database.execute(
        "INSERT INTO entry (name, place, text, stamp, written) VALUES (?, ?, ?, ?, ?)",
        (name, place, text, stamp, at.isoformat(timespec="seconds")),
    )
