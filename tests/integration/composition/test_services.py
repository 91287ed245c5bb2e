"""What starts beside another process of ours, and what is done although the one that began it has ended."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.db import Database
from builder.base.ids import now
from builder.base.settings import ROOT
from builder.base.tables import QueuedJob
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.composition.upkeep import FORGET


async def test_the_command_line_harms_nothing_of_the_server_that_runs(settings: Settings) -> None:
    """`python -m builder generate` on the data directory of a running server."""
    server = Services(settings.model_copy(update={"offline_speed": 20}))
    await server.start()
    project = await server.store.create(ME, "App")
    generation = await server.generations.start(ME, project.id, "a todo app")
    upload = settings.data_dir / "imports" / "half.zip"
    upload.parent.mkdir(exist_ok=True)
    upload.touch()
    command = Services(settings)
    await command.start(serves=False)
    own = await command.store.create(ME, "Another")
    asked = await command.generations.start(ME, own.id, "a todo app")
    async with asyncio.timeout(30):
        while (await command.generations.get(ME, asked.id)).status != "done":  # noqa: ASYNC110 - as the command does
            await asyncio.sleep(0.05)
    assert (await command.generations.get(ME, generation.id)).status == "running"
    assert upload.exists()
    await command.close()
    assert (await server.generations.stop(ME, generation.id)).status == "stopped"
    await server.close()


async def test_what_a_purged_project_left_on_disk_goes_although_we_ended_meanwhile(settings: Settings) -> None:
    services = Services(settings)
    await services.start()
    project = await services.store.create(ME, "App")
    generation = await services.generations.start(ME, project.id, "a todo app")
    await services.generations.stop(ME, generation.id)
    written = settings.data_dir / "spools" / generation.id
    said = settings.data_dir / "logs" / project.id
    said.mkdir(parents=True)
    assert written.is_dir()
    await services.store.delete(ME, project.id)
    await services.forgetting.close()  # as if we had been killed right after the purge
    assert await services.upkeep.purge(timedelta(0)) == [project.id]
    await services.close()
    assert (written.is_dir(), said.is_dir()) == (True, True)

    later = Services(settings)
    await later.start()
    async with asyncio.timeout(20):
        while written.is_dir() or said.is_dir():  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.02)
    await later.close()


async def test_a_project_that_is_forgotten_twice_is_gone_as_after_once(settings: Settings) -> None:
    """A worker that dies after the work and before it says so leaves the job for the next one."""
    services = Services(settings)
    await services.start()
    gone, kept = [await services.store.create(ME, name) for name in ("Gone", "Kept")]
    generations = [(await services.generations.start(ME, one.id, "a todo app")).id for one in (gone, kept)]
    for generation in generations:
        await services.generations.stop(ME, generation)
    folders = [settings.data_dir / "logs" / one.id for one in (gone, kept)]
    for folder in folders:
        folder.mkdir(parents=True)
    await services.store.delete(ME, gone.id)
    await services.forgetting.close()
    assert await services.upkeep.purge(timedelta(0)) == [gone.id]
    async with services.db.session() as session:
        await session.execute(delete(QueuedJob))
    await services.close()

    left = {"generations": generations[:1]}
    for _ in range(2):
        database = Database(settings)
        async with database.session() as session:
            session.add(QueuedJob(kind=FORGET, key=gone.id, payload=left, owner=gone.owner, run_at=now()))
        later = Services(settings)
        await later.start()
        async with asyncio.timeout(20):
            while await _jobs_of(database):  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.02)
        await later.close()
        await database.close()
        assert [folder.is_dir() for folder in folders] == [False, True]
        assert [(settings.data_dir / "spools" / one).is_dir() for one in generations] == [False, True]


async def _jobs_of(database: Database) -> int:
    async with database.reader() as session:
        return await session.scalar(select(func.count()).select_from(QueuedJob)) or 0


async def test_after_a_crash_the_next_start_shows_at_once_what_was_interrupted(settings: Settings) -> None:
    script = Path(__file__).parents[1] / "programs" / "slow_writer.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(settings.data_dir), cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    async with asyncio.timeout(60):
        generation = (await process.stdout.readline()).decode().strip()
    beside = Services(settings)
    await beside.start(serves=False)
    assert (await beside.generations.get(ME, generation)).status == "running"
    await beside.close()
    process.send_signal(signal.SIGKILL)
    await process.wait()

    later = Services(settings)
    await later.start()
    row = await later.generations.get(ME, generation)
    assert (row.status, row.holder) == ("interrupted", "")
    assert (await later.generations.arrived(ME, generation)).offset >= 50
    await later.close()
    assert [path.name for path in (settings.data_dir / "processes").iterdir()] == []
