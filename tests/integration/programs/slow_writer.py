"""A server of ours, without its pages, that writes a generation slowly and says so; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.composition.services import Services
from builder.composition.settings import Settings


async def main(folder: str) -> None:
    services = Services(Settings(_env_file=None, data_dir=Path(folder), anthropic_api_key="", offline_speed=200))
    await services.start()
    project = await services.store.create(ME, "App")
    generation = await services.generations.start(ME, project.id, "a todo app")
    while (await services.generations.arrived(ME, generation.id)).offset < 50:  # noqa: ASYNC110 - as a person looks
        await asyncio.sleep(0.02)
    print(generation.id, flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
