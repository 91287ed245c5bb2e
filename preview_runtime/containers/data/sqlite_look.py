"""Reads SQLite files of an app; runs in a container of ours without a network, with the app's volume read-only.

    python sqlite_look.py /app '{"folders": ["node_modules"]}'
    python sqlite_look.py /app '{"file": "notes.db", "table": "notes", "sort": "", "descending": false, "filter": "",
                                 "offset": 0, "limit": 50}'

Writes JSON in lines of at most 4,000 characters, which belong together: {"files": […]}, {"columns": […], "rows": […]} or
{"failed": "busy" / "damaged" / "gone" / "slow"}. It uses only the standard library and no import of ours. The files are an
app's, and hostile: nothing in them is loaded or written, and a statement that takes long is ended.
"""

# pathlib takes as long to import as the rest of this takes to run:
# ruff: noqa: PTH110, PTH118, PTH123, PTH202
from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import time
from typing import Any
from urllib.parse import quote

MOST_FILES = 20
MOST_TABLES = 100
MOST_COLUMNS = 60
MOST_LOOKED_AT = 20_000
_LINE = 4_000
_CELL = 300  # characters of a text
_SECONDS = 4.0
_COUNT_SECONDS = 1.5
_MAGIC = b"SQLite format 3\0"
_STEPS = 10_000  # of SQLite's machine between two looks at the clock
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
_PRAGMAS = ("table_info", "trusted_schema")


class Failed(Exception):
    """`code`: what cannot be done, as it is written."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def files(root: str, left: list[str]) -> list[dict[str, Any]]:
    """The files below `root`, the largest MOST_FILES by path; folders named in `left` are not looked into."""
    found: list[dict[str, Any]] = []
    seen = 0
    for folder, names, here in os.walk(root):
        names[:] = sorted(name for name in names if name not in left)
        for name in sorted(here):
            seen += 1
            path = os.path.join(folder, name)
            if seen > MOST_LOOKED_AT or len(found) >= MOST_FILES:
                return found
            if _is_sqlite(path):
                found.append(_described(path, os.path.relpath(path, root)))
    return found


def rows(root: str, asked: dict[str, Any]) -> dict[str, Any]:
    """One page of a table: `columns`, `rows` (text, numbers, null, or {"bytes": n}), `count` of those that match, null
    where counting takes too long."""
    path = _inside(root, asked["file"])
    connection = _opened(path)
    try:
        table = asked["table"]
        if table not in [name for name, _ in _tables(connection)]:
            raise Failed("gone")
        columns = _columns(connection, table)
        where, values = _condition(columns, asked["filter"])
        order = ""
        if asked["sort"] in columns:
            order = f" ORDER BY {_name(asked['sort'])} {'DESC' if asked['descending'] else 'ASC'}"
        said = ", ".join(_cell(column) for column in columns)
        _within(connection, _SECONDS)
        page = connection.execute(
            f"SELECT {said} FROM {_name(table)}{where}{order} LIMIT ? OFFSET ?",  # noqa: S608 - names of its own, quoted
            [*values, asked["limit"], asked["offset"]],
        ).fetchall()
        return {
            "columns": columns,
            "rows": [[_shown(*row[i : i + 3]) for i in range(0, len(row), 3)] for row in page],
            "count": _count(connection, table, where, values),
        }
    finally:
        connection.close()


def _described(path: str, name: str) -> dict[str, Any]:
    tables: list[dict[str, Any]] = []
    problem = ""
    try:
        connection = _opened(path)
        try:
            for table, view in _tables(connection):
                count = None if view else _count(connection, table, "", [])
                tables.append({"name": table, "view": view, "rows": count})
        finally:
            connection.close()
    except (Failed, sqlite3.Error) as error:
        problem = _code(error)
    return {"path": name, "size": os.path.getsize(path), "tables": tables, "problem": problem}


def _is_sqlite(path: str) -> bool:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _inside(root: str, name: str) -> str:
    """The file below `root`; links lead nowhere."""
    path = os.path.join(root, name)
    outside = os.path.realpath(path) != path or not path.startswith(root + os.sep)
    if outside or not _is_sqlite(path):
        raise Failed("gone")
    return path


def _opened(path: str) -> sqlite3.Connection:
    with open(path, "rb") as file:
        logged = file.read(20)[18:] == b"\2\2"
    # With a log, SQLite wants one to be there; where an app has closed the file there is none, and nobody writes.
    still = "&immutable=1" if logged and not os.path.exists(path + "-wal") else ""
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro{still}", uri=True, timeout=1.0)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_authorizer(_authorized)
    _within(connection, _SECONDS)
    return connection


def _authorized(action: int, first: str | None, _second: str | None, _base: str | None, _inner: str | None) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _within(connection: sqlite3.Connection, seconds: float) -> None:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _tables(connection: sqlite3.Connection) -> list[tuple[str, bool]]:
    found = connection.execute(
        "SELECT name, type = 'view' FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' ORDER BY name LIMIT ?",
        [MOST_TABLES],
    )
    return [(name, bool(view)) for name, view in found]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    found = connection.execute(f"PRAGMA table_info({_name(table)})").fetchall()
    return [column[1] for column in found][:MOST_COLUMNS]


def _condition(columns: list[str], words: str) -> tuple[str, list[str]]:
    if not words or not columns:
        return "", []
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    parts = [f"CAST({_name(column)} AS TEXT) LIKE ? ESCAPE '\\'" for column in columns]
    return " WHERE " + " OR ".join(parts), [like] * len(columns)


def _cell(column: str) -> str:
    name = _name(column)
    text = f"CASE typeof({name}) WHEN 'text' THEN substr({name}, 1, {_CELL + 1}) WHEN 'blob' THEN NULL ELSE {name} END"
    return f"typeof({name}), {text}, CASE typeof({name}) WHEN 'blob' THEN length({name}) END"


def _shown(kind: str, value: Any, size: int | None) -> Any:
    if kind == "blob":
        return {"bytes": size}
    if kind == "text":
        return value if len(value) <= _CELL else value[:_CELL] + "…"
    # A browser's numbers have 53 bits, and JSON has no infinity.
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    return str(value) if isinstance(value, float) and not abs(value) < float("inf") else value


def _count(connection: sqlite3.Connection, table: str, where: str, values: list[str]) -> int | None:
    _within(connection, _COUNT_SECONDS)
    try:
        counted = connection.execute(f"SELECT count(*) FROM {_name(table)}{where}", values).fetchone()  # noqa: S608
    except sqlite3.OperationalError:
        return None
    return int(counted[0])


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _code(error: Exception) -> str:
    if isinstance(error, Failed):
        return error.code
    said = str(error)
    return "slow" if "interrupted" in said else "busy" if "locked" in said or "busy" in said else "damaged"


def answer(root: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, or why not; also called by the worker that runs an app's Python in a browser."""
    try:
        return rows(root, asked) if "file" in asked else {"files": files(root, asked["folders"])}
    except (Failed, sqlite3.Error, OSError) as error:
        return {"failed": _code(error)}


def main(root: str, asked: dict[str, Any]) -> None:
    """Write what is asked for."""
    written = json.dumps(answer(root, asked))
    for start in range(0, len(written), _LINE):
        sys.stdout.write(written[start : start + _LINE] + "\n")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
