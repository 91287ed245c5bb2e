"""Rooms and bookings in PostgreSQL, which sees to it itself that no room is given away twice."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.rows import dict_row

Database = psycopg.Connection[dict[str, Any]]
OPENS, CLOSES = 8, 18
TABLES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE room (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE,
    seats integer NOT NULL,
    has text NOT NULL
);
CREATE TABLE booking (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    room integer NOT NULL REFERENCES room,
    during tsrange NOT NULL,
    name text NOT NULL,
    about text NOT NULL DEFAULT '',
    EXCLUDE USING gist (room WITH =, during WITH &&)
);
"""
ROOMS = [
    ("Heron", 4, "a screen, a view of the yard"),
    ("Kingfisher", 8, "a screen, a whiteboard"),
    ("Wren", 2, "a door that shuts"),
]
# Room, hours from and to, name, about: of the day of the first start, and two of the next.
FIRST = [
    (1, 0, 9, 10, "Ines", "Stand-up"),
    (1, 0, 13, 15, "Tomasz", "Interview, second round"),
    (2, 0, 10, 12, "Amara", "Planning the spring issue"),
    (2, 0, 16, 17, "Noor", "Retrospective"),
    (3, 0, 11, 12, "Jun", "Call with the printer"),
    (3, 1, 9, 11, "Amara", "Writing, please knock"),
    (1, 1, 14, 15, "Ines", "Budget"),
]
SHOWN = """
SELECT booking.id, room.name AS room, to_char(lower(during), 'YYYY-MM-DD') AS day,
       extract(hour FROM lower(during))::integer AS start,
       (extract(epoch FROM upper(during) - lower(during)) / 3600)::integer AS hours, booking.name, about
FROM booking JOIN room ON room.id = booking.room
"""


def connection() -> Iterator[Database]:
    """One connection for each request: what it did is kept when it ends well, before the answer is sent, and undone when
    not."""
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as database:
        yield database


def prepare() -> None:
    """Make the tables, and put the first rooms and bookings in where there never were any."""
    for database in connection():
        if database.execute("SELECT to_regclass('booking') AS found").fetchone()["found"]:
            return
        database.execute(TABLES)
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO room (name, seats, has) VALUES (%s, %s, %s)", ROOMS)
            today = datetime.date.today()
            cursor.executemany(
                "INSERT INTO booking (room, during, name, about) VALUES (%s, tsrange(%s, %s), %s, %s)",
                [(room, *hours(today + datetime.timedelta(days), start, end), *rest) for room, days, start, end, *rest in FIRST],
            )


def hours(day: datetime.date, start: int, end: int) -> tuple[datetime.datetime, datetime.datetime]:
    midnight = datetime.datetime.combine(day, datetime.time())
    return midnight + datetime.timedelta(hours=start), midnight + datetime.timedelta(hours=end)


def rooms(database: Database) -> list[dict[str, Any]]:
    return database.execute("SELECT id, name, seats, has FROM room ORDER BY id").fetchall()


def of_day(database: Database, day: datetime.date) -> list[dict[str, Any]]:
    return database.execute(f"{SHOWN} WHERE during && tsrange(%s, %s) ORDER BY lower(during)", hours(day, 0, 24)).fetchall()


def find(database: Database, search: str) -> list[dict[str, Any]]:
    """The bookings whose name or purpose holds `search`, the next ones first."""
    return database.execute(
        f"{SHOWN} WHERE strpos(lower(booking.name || ' ' || about), lower(%s)) > 0 ORDER BY lower(during) DESC LIMIT 100",
        [search],
    ).fetchall()


def book(database: Database, room: int, day: datetime.date, start: int, end: int, name: str, about: str) -> dict[str, Any]:
    """Raises psycopg.errors.ExclusionViolation where the room is taken, ForeignKeyViolation where there is none."""
    made = database.execute(
        "INSERT INTO booking (room, during, name, about) VALUES (%s, tsrange(%s, %s), %s, %s) RETURNING id",
        [room, *hours(day, start, end), name, about],
    ).fetchone()
    return database.execute(f"{SHOWN} WHERE booking.id = %s", [made["id"]]).fetchone()


def cancel(database: Database, booking: int) -> bool:
    return database.execute("DELETE FROM booking WHERE id = %s", [booking]).rowcount > 0
