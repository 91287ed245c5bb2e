"""Writes to a project as fast as it can and says what was acknowledged; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.db import Database
from builder.base.events import EventLog
from builder.composition.settings import Settings
from builder.projects.store import ProjectStore


async def main(folder: str) -> None:
    settings = Settings(_env_file=None, data_dir=Path(folder))
    db = Database(settings)
    await db.migrate()
    store = ProjectStore(db, EventLog(db), settings)
    project = (await store.create(ME, "p")).id
    print(f"project {project}", flush=True)
    n = 0
    while True:
        n += 1
        written = await store.write_working(ME, project, {f"f{n % 50}.txt": str(n)})
        print(f"typed {n} {written.revision}", flush=True)
        if n % 7 == 0:
            version = await store.save(ME, project)
            print(f"saved {n} {version.number if version else 0}", flush=True)


asyncio.run(main(sys.argv[1]))
