"""Takes one job, says so, and is at it for ever; made to be killed. `job_worker.py DATA_DIR DATABASE_URL SECONDS`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from builder.base.db import Database
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.base.tables import QueuedJob
from builder.base.workers import Worker
from builder.composition.settings import Settings


async def main(folder: str, url: str, seconds: str) -> None:
    db = Database(Settings(_env_file=None, data_dir=Path(folder), database_url=url))
    jobs = JobQueue(db, Leases(db, Path(folder) / "processes", seconds=float(seconds)))

    async def work(job: QueuedJob) -> None:
        print(f"at {job.key}", flush=True)
        await asyncio.Event().wait()

    worker = Worker(jobs, "test", work)
    worker.begin()
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
