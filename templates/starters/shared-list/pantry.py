"""The items in SQLite (data/list.db)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FILE = Path(__file__).parent / "data" / "list.db"
FIRST = [
    ("Lemons", "4", "Fruit & vegetables", "Ada", 0),
    ("Spinach", "500 g", "Fruit & vegetables", "Jun", 1),
    ("Potatoes", "2 kg", "Fruit & vegetables", "", 0),
    ("Rye loaf", "1", "Bread", "Ada", 0),
    ("Oat milk", "3 l", "Fridge", "Sami", 0),
    ("Feta", "200 g", "Fridge", "Jun", 1),
    ("Chickpeas", "4 tins", "Cupboard", "Sami", 0),
    ("Washing powder", "", "Household", "Noa", 0),
]


def _open() -> sqlite3.Connection:
    database = sqlite3.connect(FILE, timeout=10)
    database.row_factory = sqlite3.Row
    return database


def prepare() -> None:
    """Make the table; a new list begins with a few things."""
    FILE.parent.mkdir(exist_ok=True)
    with closing(_open()) as database, database:
        if database.execute("PRAGMA user_version").fetchone()[0]:
            return
        database.execute(
            'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount TEXT NOT NULL, aisle TEXT NOT NULL,'
            ' "by" TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0)'
        )
        database.executemany('INSERT INTO item (name, amount, aisle, "by", done) VALUES (?, ?, ?, ?, ?)', FIRST)
        database.execute("PRAGMA user_version = 1")


def all_items() -> list[dict]:
    with closing(_open()) as database:
        return [dict(row) for row in database.execute("SELECT * FROM item ORDER BY done, id")]


def add(item: dict) -> dict:
    with closing(_open()) as database, database:
        row = database.execute(
            'INSERT INTO item (name, amount, aisle, "by") VALUES (:name, :amount, :aisle, :by) RETURNING *', item
        ).fetchone()
        return dict(row)


def tick(item_id: int, done: bool) -> dict | None:
    with closing(_open()) as database, database:
        row = database.execute("UPDATE item SET done = ? WHERE id = ? RETURNING *", (done, item_id)).fetchone()
        return dict(row) if row else None


def clear_done() -> None:
    with closing(_open()) as database, database:
        database.execute("DELETE FROM item WHERE done")
