"""What was said, in SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

SHOWN = 100
FIRST = [
    ("corner", 190, "Joana", "Morning all. The tram stop is closed until Thursday, the 28 stops at the pharmacy."),
    ("corner", 171, "Bilal", "Thank you! I stood there for ten minutes like a statue."),
    ("corner", 52, "Mrs. Hale", "Street party on the 14th. Who has long tables?"),
    ("corner", 47, "Joana", "Two at our place. They wobble but they are long."),
    ("garden", 300, "Bilal", "The tomatoes by the east wall are anyone’s. Please, take tomatoes."),
    ("lost", 140, "Yuki", "Found: one small red glove, left hand, corner of Mill Lane."),
    ("offers", 90, "Mrs. Hale", "Bookshelf, pine, 2 m. Free for whoever carries it down from the third floor."),
]


class Messages:
    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(exist_ok=True)
        with closing(self._open()) as database, database:
            if database.execute("PRAGMA user_version").fetchone()[0]:
                return
            database.execute(
                "CREATE TABLE message (id INTEGER PRIMARY KEY, room TEXT NOT NULL, name TEXT NOT NULL,"
                " text TEXT NOT NULL, at TEXT NOT NULL)"
            )
            database.execute("CREATE INDEX by_room ON message (room, id)")
            now = datetime.now(UTC)
            for room, minutes, name, text in FIRST:
                at = (now - timedelta(minutes=minutes)).isoformat(timespec="seconds")
                database.execute("INSERT INTO message (room, name, text, at) VALUES (?, ?, ?, ?)", (room, name, text, at))
            database.execute("PRAGMA user_version = 1")

    def last(self, room: str) -> list[dict]:
        """The last hundred of a room, oldest first."""
        with closing(self._open()) as database:
            rows = database.execute("SELECT id, name, text, at FROM message WHERE room = ? ORDER BY id DESC LIMIT ?", (room, SHOWN))
            return [dict(row) for row in rows][::-1]

    def add(self, room: str, name: str, text: str, at: str) -> dict:
        with closing(self._open()) as database, database:
            made = database.execute("INSERT INTO message (room, name, text, at) VALUES (?, ?, ?, ?)", (room, name, text, at))
            return {"id": made.lastrowid, "name": name, "text": text, "at": at}

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file)
        database.row_factory = sqlite3.Row
        return database
