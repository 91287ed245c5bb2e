"""A fresh database, and the parts on it, for tests of the store and the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

import builder.base.db
from builder.api import create_api
from builder.base.db import Database
from builder.base.events import EventLog
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.runnables.runnables import Runnables
from builder.projects.store import ProjectStore

from .databases import postgres_machine, postgres_server, postgres_template, shared
from .preview_routers import browser, kind, limits, part, stage

__all__ = [
    "browser",
    "kind",
    "limits",
    "part",
    "postgres_machine",
    "postgres_server",
    "postgres_template",
    "shared",
    "stage",
]


_tables: list[str] = []
_really = builder.base.db.upgrade


def _copied(connection: Connection) -> None:
    """The migrations of an empty SQLite database, run once and copied from then on: a sixth of a second each time."""
    run = connection.exec_driver_sql
    # SQLite makes the tables within a table of words by itself.
    ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_words_%'"
    schema = f"SELECT sql FROM sqlite_master WHERE {ours} ORDER BY rowid"
    if connection.dialect.name != "sqlite" or run(schema).first():
        _really(connection)
    elif _tables:
        for statement in _tables:
            run(statement)
    else:
        _really(connection)
        made = [str(sql) for (sql,) in run(schema)]
        version = run("SELECT version_num FROM alembic_version").scalar_one()
        _tables.extend([*made, f"INSERT INTO alembic_version VALUES ('{version}')"])


@pytest.fixture(autouse=True)
def _migrated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a database of its own; the migrations are tested in test_migrations.py."""
    monkeypatch.setattr(builder.base.db, "upgrade", _copied)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", anthropic_api_key="", offline_speed=1_000_000)


@dataclass
class Parts:
    db: Database
    events: EventLog
    store: ProjectStore
    runnables: Runnables


def parts_on(db: Database, settings: Settings) -> Parts:
    events, runnables = EventLog(db), Runnables(db)
    return Parts(db, events, ProjectStore(db, events, settings, runnables.add_project), runnables)


@pytest.fixture
async def parts(settings: Settings) -> AsyncIterator[Parts]:
    """An empty, migrated SQLite database with its event log and store."""
    db = Database(settings)
    await db.migrate()
    yield parts_on(db, settings)
    await db.close()


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    """A whole server's inside."""
    made = Services(settings)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def api(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A program that calls its API."""
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client
