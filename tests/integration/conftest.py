"""A fresh database, and the parts on it, for tests of the store and the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.db import Database
from builder.events import EventLog
from builder.projects.store import ProjectStore
from builder.settings import Settings

from .preview_routers import browser, kind, limits, part, stage

__all__ = ["browser", "kind", "limits", "part", "stage"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", anthropic_api_key="", offline_speed=1_000_000)


@dataclass
class Parts:
    db: Database
    events: EventLog
    store: ProjectStore


@pytest.fixture
async def parts(settings: Settings) -> AsyncIterator[Parts]:
    """An empty, migrated SQLite database with its event log and store."""
    db = Database(settings)
    await db.migrate()
    events = EventLog(db)
    yield Parts(db, events, ProjectStore(db, events))
    await db.close()
