from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.db import Database
from builder.base.events import EventLog
from builder.base.settings import ROOT
from builder.composition.settings import Settings
from builder.projects.store import ProjectStore


@pytest.mark.parametrize("lines", [3, 30, 101])
async def test_nothing_that_was_acknowledged_is_gone_after_sigkill(settings: Settings, lines: int) -> None:
    script = Path(__file__).parents[1] / "programs" / "crash_writer.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(settings.data_dir), cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    said: list[list[str]] = []
    async with asyncio.timeout(60):
        for _ in range(lines):
            said.append((await process.stdout.readline()).decode().split())
        process.send_signal(signal.SIGKILL)
        said += [line.decode().split() for line in (await process.stdout.read()).splitlines() if line.count(b" ") == 2]
    assert await process.wait() == -signal.SIGKILL

    project = said[0][1]
    typed = [(int(line[1]), int(line[2])) for line in said if line[0] == "typed"]
    saved = [int(line[2]) for line in said if line[0] == "saved"]
    db = Database(settings)
    await db.migrate()
    store = ProjectStore(db, EventLog(db), settings)
    tree = await store.working_tree(ME, project)
    last, revision = typed[-1]
    expected = {f"f{n % 50}.txt": n for n, _ in typed}
    # The write under way when the process died may be there as well: whole or not at all.
    extra = {path: int(str(content)) for path, content in tree.items() if int(str(content)) > last}
    assert len(extra) <= 1
    assert {path: int(str(content)) for path, content in tree.items()} == expected | extra
    assert (await store.get(ME, project)).revision in (revision, revision + 1)
    numbers = [version.number for version in await store.versions(ME, project)]
    assert numbers[: len(saved)] == sorted(numbers, reverse=True)[: len(saved)]
    assert set(saved) <= set(numbers)
    async with db.reader() as session:
        seqs = [*await session.scalars(text("SELECT seq FROM event WHERE project = :p ORDER BY seq"), {"p": project})]
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) == (await store.get(ME, project)).event_seq
        assert (await session.execute(text("PRAGMA integrity_check"))).scalar() == "ok"
    await db.close()
