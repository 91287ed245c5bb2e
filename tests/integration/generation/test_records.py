"""Who writes a generation, and who may end what another left behind; on both kinds of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.db import Database
from builder.base.events import EventLog
from builder.base.ids import new_id
from builder.base.leases import LeaseLost, Leases
from builder.composition.settings import Settings
from builder.generation.records import Records
from builder.generation.tables import Generation
from builder.projects.store import ProjectStore


class Process:
    """What one process knows of generations."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.db = Database(settings)
        self.events = EventLog(self.db)
        self.leases = Leases(self.db, folder)
        self.records = Records(self.db, self.events, self.leases)

    async def begun(self) -> Generation:
        project = await ProjectStore(self.db, self.events, self.settings).create(ME, "App")
        generation = Generation(id=new_id(), owner=ME.id, created_by=ME.id, project=project.id)
        async with self.db.session() as session:
            await self.records.begin(session, generation)
        return generation

    async def end(self, generation: Generation, dead: list[str] | None = None) -> bool:
        """End it; with `dead`, what was left behind by them."""
        async with self.db.session() as session:
            if dead is not None and not await self.records.take_over(session, generation, dead):
                return False
            await self.records.end(session, generation, "interrupted", None)
        return True

    async def left(self) -> list[str]:
        return [one.id for one in await self.records.left_behind(await self.leases.dead())]

    async def lease_ends(self) -> None:
        async with self.db.session() as session:
            await session.execute(update(Generation).values(leased_until="2026-01-01T00:00:00.000000Z"))

    async def close(self) -> None:
        await self.leases.close()
        await self.db.close()


@pytest.fixture
async def two(shared: Settings, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    processes = Process(shared, tmp_path / "one"), Process(shared, tmp_path / "another")
    yield processes
    for process in processes:
        await process.close()


async def test_what_a_living_process_writes_is_nobody_elses(two: tuple[Process, Process], tmp_path: Path) -> None:
    one, another = two
    generation = await one.begun()
    assert await another.left() == []
    beside = Process(one.settings, tmp_path / "one")  # on the same data directory, as the command line is
    assert await beside.left() == []
    await beside.close()
    assert not await another.end(generation, [])
    assert await one.end(generation)


async def test_what_was_left_behind_is_ended_by_one_and_not_written_by_who_lost_it(
    two: tuple[Process, Process], shared: Settings, tmp_path: Path
) -> None:
    one, another = two
    third = Process(shared, tmp_path / "third")
    generation = await one.begun()
    await one.lease_ends()
    assert await one.left() == []  # its own, whatever its lease says: it only slept
    assert await another.left() == await third.left() == [generation.id]
    assert await another.end(generation, [])
    assert not await third.end(generation, [])
    with pytest.raises(LeaseLost):
        await one.end(generation)
    await third.close()


async def test_what_was_begun_before_there_were_leases_is_taken_back(two: tuple[Process, Process]) -> None:
    one, another = two
    generation = await one.begun()
    async with one.db.session() as session:
        await session.execute(update(Generation).values(holder="", leased_until=""))
    assert await another.left() == [generation.id]
