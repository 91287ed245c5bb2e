"""Who is cancelled with a connection to the database in hand, once or again and again, leaves nothing of it behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path

import aiosqlite
import anyio
import pytest
from sqlalchemy import text

from builder.base.db import Database
from builder.base.sqlite_connection import opened
from builder.composition.settings import Settings

LONG = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :rows) SELECT count(*) FROM c"


def open_ones() -> list[aiosqlite.Connection]:
    """Connections that nobody has closed."""
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, aiosqlite.Connection) and one._connection is not None]


async def by_anyio(work: Callable[[], object], steps: int) -> None:
    """As a stream's end does it: its task is cancelled again at each step until it has ended."""
    async with anyio.create_task_group() as group:
        group.start_soon(work)  # type: ignore[arg-type]
        await asyncio.sleep(0.0005 * steps)
        group.cancel_scope.cancel()


async def twice(work: Callable[[], object], steps: int) -> None:
    task = asyncio.ensure_future(work())  # type: ignore[call-overload]
    await asyncio.sleep(0.0005 * steps)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("cancelled", [by_anyio, twice])
@pytest.mark.parametrize("warm", [True, False], ids=["open", "opening"])
@pytest.mark.parametrize("writes", [True, False], ids=["writing", "reading"])
async def test_a_cancelled_task_leaves_no_connection(
    cancelled: Callable[[Callable[[], object], int], object],
    warm: bool,
    writes: bool,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = Database(settings)
    await database.migrate()

    async def work() -> None:
        async with database.session() if writes else database.reader() as session:
            await session.execute(text(LONG), {"rows": 200_000})

    for steps in range(25):
        if not warm:
            await database.close()
        await cancelled(work, steps)  # type: ignore[misc]
    # Nobody is kept from writing by what a cancelled one held.
    async with asyncio.timeout(10), database.session() as session:
        await session.execute(text("SELECT 1"))
    await database.close()
    async with asyncio.timeout(10):
        while open_ones():  # noqa: ASYNC110 - their threads close them
            await asyncio.sleep(0.05)
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def test_a_loop_that_ends_before_the_answer_comes_leaves_no_connection_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    before = threading.active_count()

    async def reads() -> None:
        opening = opened(str(tmp_path / "late.db"))
        connection = await opening
        reading = asyncio.ensure_future(connection.execute_fetchall(LONG.replace(":rows", "3000000")))
        await asyncio.sleep(0.05)
        reading.cancel()
        connection.stop()

    asyncio.run(reads())
    deadline = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert faults == []
    assert open_ones() == []
