"""Short links in SQLite."""

from __future__ import annotations

import re
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look alike
TAKEN = frozenset({"links", "delete", "api", "style.css", "favicon.ico", "robots.txt"})
FIRST = [
    ("summer", "https://example.org/2026/summer-regatta/registration?form=open", "Regatta sign-up", 214),
    ("map", "https://example.org/club/how-to-find-us/boathouse-and-parking", "Way to the boathouse", 97),
    ("minutes", "https://example.org/members/documents/annual-meeting/minutes.pdf", "Annual meeting", 31),
    ("tide", "https://example.org/tides/today?station=north-pier&units=metric", "Tide table", 388),
]


class Refused(ValueError):
    """A link that cannot be kept; `str()` says why."""


class Links:
    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(exist_ok=True)
        with closing(self._open()) as database, database:
            if database.execute("PRAGMA user_version").fetchone()[0]:
                return
            database.execute(
                "CREATE TABLE link (code TEXT PRIMARY KEY, target TEXT NOT NULL, note TEXT NOT NULL,"
                " visits INTEGER NOT NULL DEFAULT 0, made TEXT NOT NULL)"
            )
            now = _now()
            rows = [(code, target, note, visits, now) for code, target, note, visits in FIRST]
            database.executemany("INSERT INTO link (code, target, note, visits, made) VALUES (?, ?, ?, ?, ?)", rows)
            database.execute("PRAGMA user_version = 1")

    def all(self) -> list[dict]:
        """Every link, the one made last first."""
        with closing(self._open()) as database:
            return [dict(row) for row in database.execute("SELECT * FROM link ORDER BY made DESC, visits DESC")]

    def follow(self, code: str) -> str | None:
        """Where a code leads, counted; None for one that does not exist."""
        with closing(self._open()) as database, database:
            row = database.execute("UPDATE link SET visits = visits + 1 WHERE code = ? RETURNING target", (code,)).fetchone()
            return row["target"] if row else None

    def add(self, target: str, code: str, note: str) -> str:
        """The code of the new link. Raises `Refused`."""
        target, code, note = target.strip(), code.strip().lower(), " ".join(note.split())[:80]
        try:
            parts = urlsplit(target)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or len(target) > 2_000 or re.search(r"\s", target):
            raise Refused("That is no web address. It begins with https:// and has no spaces.")
        if code and (not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,31}", code) or code in TAKEN):
            raise Refused("A short name has 2 to 32 letters, digits or hyphens.")
        with closing(self._open()) as database, database:
            for attempt in [code] if code else ["".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(9)]:
                row = (attempt, target, note, _now())
                if database.execute("INSERT OR IGNORE INTO link (code, target, note, made) VALUES (?, ?, ?, ?)", row).rowcount:
                    return attempt
        raise Refused(f"“{code}” is taken. Choose another short name.")

    def remove(self, code: str) -> None:
        with closing(self._open()) as database, database:
            database.execute("DELETE FROM link WHERE code = ?", (code,))

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, timeout=10)
        database.row_factory = sqlite3.Row
        return database


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
