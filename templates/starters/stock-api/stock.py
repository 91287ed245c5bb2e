"""The items in SQLite, in data/stock.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).parent / "data" / "stock.db"
COLUMNS = "id, name, shelf, quantity, minimum, quantity < minimum AS low"
FIRST = [
    ("Wood screws 4 × 40", "A1", 1240, 500),
    ("Wood screws 5 × 60", "A1", 310, 400),
    ("Birch plywood 12 mm", "B3", 18, 10),
    ("Oak dowels 8 mm", "A2", 640, 200),
    ("Wood glue 750 g", "C1", 3, 6),
    ("Sanding discs P120", "C2", 85, 50),
    ("Sanding discs P240", "C2", 22, 50),
    ("Drawer slides 450 mm", "B1", 24, 12),
    ("Linseed oil 1 l", "C1", 9, 4),
]


def connection() -> Iterator[sqlite3.Connection]:
    """One connection per request. Every statement is kept at once: this goes on after the answer was sent."""
    database = sqlite3.connect(FILE, timeout=10, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    try:
        yield database
    finally:
        database.close()


def prepare() -> None:
    """Make the table, and put the first items in where there never were any."""
    FILE.parent.mkdir(exist_ok=True)
    for database in connection():
        database.execute("PRAGMA journal_mode = WAL")
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:
            database.execute(
                "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, shelf TEXT NOT NULL,"
                " quantity INTEGER NOT NULL, minimum INTEGER NOT NULL)"
            )
            database.executemany("INSERT INTO item (name, shelf, quantity, minimum) VALUES (?, ?, ?, ?)", FIRST)
            database.execute("PRAGMA user_version = 1")


def find(database: sqlite3.Connection, search: str, low: bool) -> list[dict]:
    rows = database.execute(
        f"SELECT {COLUMNS} FROM item WHERE (instr(lower(name), lower(?)) OR instr(lower(shelf), lower(?)))"
        " AND (NOT ? OR quantity < minimum) ORDER BY name",
        (search, search, low),
    )
    return [dict(row) for row in rows]


def get(database: sqlite3.Connection, item_id: int) -> dict | None:
    row = database.execute(f"SELECT {COLUMNS} FROM item WHERE id = ?", (item_id,)).fetchone()
    return dict(row) if row else None


def add(database: sqlite3.Connection, item: dict) -> dict:
    made = database.execute(
        "INSERT INTO item (name, shelf, quantity, minimum) VALUES (:name, :shelf, :quantity, :minimum)", item
    )
    return get(database, made.lastrowid)


def change(database: sqlite3.Connection, item_id: int, fields: dict) -> dict | None:
    for name, value in fields.items():  # the names come from ItemChange, never from the request
        database.execute(f"UPDATE item SET {name} = ? WHERE id = ?", (value, item_id))
    return get(database, item_id)


def remove(database: sqlite3.Connection, item_id: int) -> None:
    database.execute("DELETE FROM item WHERE id = ?", (item_id,))


def summary(database: sqlite3.Connection) -> dict:
    row = database.execute(
        "SELECT count(*) AS items, coalesce(sum(quantity), 0) AS pieces,"
        " coalesce(sum(quantity < minimum), 0) AS low FROM item"
    ).fetchone()
    return dict(row)
