"""What is read of an app's SQLite files, whatever is in them: pages, order and filter, and nothing written."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from preview_runtime.containers.data import sqlite_look


def look(root: Path, **asked: Any) -> Any:
    """What the program writes, run as in its container."""
    script = Path(sqlite_look.__file__).read_text("utf-8")
    command = [sys.executable, "-I", "-S", "-c", script, str(root), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert all(len(line) <= 4_000 for line in done.stdout.splitlines())
    return json.loads(done.stdout.replace(b"\n", b""))


def files(root: Path) -> Any:
    return look(root, folders=["node_modules"])["files"]


def rows(root: Path, file: str, table: str, **more: Any) -> Any:
    asked = {"sort": "", "descending": False, "filter": "", "offset": 0, "limit": 50, **more}
    return look(root, file=file, table=table, **asked)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "data").mkdir(parents=True)
    with sqlite3.connect(root / "data" / "shop.db") as made:
        made.execute('CREATE TABLE "order" (id INTEGER PRIMARY KEY, "the ""name" TEXT, price REAL, picture BLOB)')
        made.executemany(
            'INSERT INTO "order" VALUES (?, ?, ?, ?)', [(n, f"cake {n:02}", n / 4, b"\0\1") for n in range(1, 121)]
        )
        made.execute('CREATE VIEW dear AS SELECT * FROM "order" WHERE price > 20')
    made.close()
    (root / "notes.txt").write_text("no database")
    return root


def test_files_with_their_tables_are_found_and_nothing_else(app: Path, tmp_path: Path) -> None:
    (app / "node_modules").mkdir()
    (app / "node_modules" / "of-a-package.db").write_bytes((app / "data" / "shop.db").read_bytes())
    (app / "link.db").symlink_to(app / "data" / "shop.db")
    found = files(app)
    assert [file["path"] for file in found] == ["data/shop.db"]
    assert found[0]["problem"] == ""
    assert found[0]["tables"] == [
        {"name": "dear", "view": True, "rows": None},
        {"name": "order", "view": False, "rows": 120},
    ]


def test_rows_come_in_pages_sorted_and_filtered(app: Path) -> None:
    first = rows(app, "data/shop.db", "order", limit=2)
    assert first["columns"] == ["id", 'the "name', "price", "picture"]
    assert first["rows"] == [[1, "cake 01", 0.25, {"bytes": 2}], [2, "cake 02", 0.5, {"bytes": 2}]]
    assert first["count"] == 120
    last = rows(app, "data/shop.db", "order", sort="price", descending=True, offset=1, limit=1)
    assert last["rows"][0][0] == 119
    some = rows(app, "data/shop.db", "order", filter="cake 11")
    assert ([row[0] for row in some["rows"]], some["count"]) == ([11, *range(110, 120)], 11)
    assert rows(app, "data/shop.db", "order", filter="%")["count"] == 0
    assert rows(app, "data/shop.db", "dear", limit=1)["count"] == 40


def test_names_are_data_and_never_code(app: Path) -> None:
    assert rows(app, "data/shop.db", 'order"; DROP TABLE "order') == {"failed": "gone"}
    assert rows(app, "data/shop.db", "order", sort="id; DROP TABLE x")["count"] == 120
    assert rows(app, "data/shop.db", "sqlite_schema") == {"failed": "gone"}


@pytest.mark.parametrize("path", ["../outside.db", "/etc/passwd", "notes.txt", "link.db", "missing.db"])
def test_nothing_outside_is_read(app: Path, path: str) -> None:
    outside = app.parent / "outside.db"
    outside.write_bytes((app / "data" / "shop.db").read_bytes())
    (app / "link.db").symlink_to(outside)
    assert rows(app, path, "order") == {"failed": "gone"}


def test_a_file_that_an_app_has_open_with_a_log_is_read_with_what_was_just_written(app: Path) -> None:
    with sqlite3.connect(app / "live.db") as open_one:
        open_one.execute("PRAGMA journal_mode=WAL")
        open_one.execute("CREATE TABLE notes (text)")
        open_one.execute("INSERT INTO notes VALUES ('just now')")
        open_one.commit()
        assert rows(app, "live.db", "notes")["rows"] == [["just now"]]
    open_one.close()
    assert not (app / "live.db-wal").exists()
    assert rows(app, "live.db", "notes")["rows"] == [["just now"]]
    assert not (app / "live.db-wal").exists(), "looking leaves nothing"


def test_what_is_damaged_or_endless_is_named_and_ends(app: Path) -> None:
    (app / "half.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 200)
    assert [file["problem"] for file in files(app) if file["path"] == "half.db"] == ["damaged"]
    with sqlite3.connect(app / "slow.db") as made:
        made.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT max(x) AS most FROM n"
        )
    made.close()
    assert rows(app, "slow.db", "endless") == {"failed": "slow"}


def test_long_texts_and_large_numbers_are_cut_for_the_page(app: Path) -> None:
    with sqlite3.connect(app / "long.db") as made:
        made.execute("CREATE TABLE t (a, b, c)")
        made.execute("INSERT INTO t VALUES (?, ?, ?)", ["x" * 100_000, 2**60, None])
    made.close()
    [[text, number, nothing]] = rows(app, "long.db", "t")["rows"]
    assert (len(text), number, nothing) == (301, str(2**60), None)
