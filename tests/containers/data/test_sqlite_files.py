"""What an app keeps in SQLite is looked at while it runs and while it rests, over the API, in a real Docker Engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.containers.beside.test_database_apps import House, call, house

__all__ = ["house"]

pytestmark = pytest.mark.usefixtures("firewalled")

NOTES = """
import sqlite3
from fastapi import FastAPI

connection = sqlite3.connect("notes.db", check_same_thread=False, isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)")

app = FastAPI()


@app.put("/{word}")
def add(word: str) -> None:
    connection.execute("INSERT INTO notes (text) VALUES (?)", [word])


@app.get("/")
def count() -> int:
    return connection.execute("SELECT count(*) FROM notes").fetchone()[0]
"""
FILES = {"main.py": NOTES, "requirements.txt": "fastapi\nuvicorn\n"}


async def asked(house: House, path: str, **query: Any) -> Any:
    answer = await house.api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rows_are_seen_while_the_app_runs_and_while_it_rests(house: House) -> None:
    project = await house.imported(FILES)
    path = f"/projects/{project}/database/files"
    assert await asked(house, path) == {"files": []}, "it never ran"
    address = await house.started(project)
    for word in ("ada", "grace", "joan"):
        await call("PUT", f"{address}/{word}")
    [file] = (await asked(house, path))["files"]
    assert (file["path"], file["problem"]) == ("notes.db", "")
    assert file["tables"] == [{"name": "notes", "view": False, "rows": 3}]
    table = {"file": "notes.db", "table": "notes"}
    page = await asked(house, f"{path}/rows", **table, sort="text", descending=True, limit=2)
    assert page == {"columns": ["id", "text"], "rows": [[3, "joan"], [2, "grace"]], "count": 3}
    assert (await asked(house, f"{path}/rows", **table, filter="ad"))["rows"] == [[1, "ada"]]
    await call("PUT", f"{address}/mary")  # the app writes on
    await house.api.delete(f"/projects/{project}/server")
    assert (await asked(house, f"{path}/rows", **table))["count"] == 4
    gone = await house.api.get(f"{path}/rows", params={"file": "notes.db", "table": "guests"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (409, "sqlite_gone")
