"""What goes on in the Docker Engine by itself: containers made in advance, limits, and the end of what is nobody's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import aiodocker

from builder.previews.docker.connection import SharedParts
from preview_runtime.containers.reconciler import Known, Reconciler
from preview_runtime.engines import EngineFailed
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
# The time between looks while no engine answers: running apps have to be found soon after it answers again.
MISSING_SECONDS: Final = 2.0
_PRUNE_SECONDS: Final = 3600.0
_IMAGES_SECONDS: Final = 30.0


class EngineUpkeep:
    """Begins as it is made. `known()` says which slots and projects there are; it is asked before anything is removed."""

    def __init__(self, shared: SharedParts, known: Callable[[], Awaitable[Known]]) -> None:
        self._shared, self._servers = shared, known
        self._reconciler = Reconciler(shared.slots, self._known)
        self._swept = False
        self._tasks = Tasks()
        self._tasks.forever(self._fill, "containers made in advance")
        self._tasks.forever(self._reconciler.run, "remove what is nobody's")
        self._tasks.forever(self._prune, "keep the layers within their room")
        self._tasks.forever(self._prune_images, "remove images with their projects")
        self._tasks.forever(shared.limits.run, "look after the limits of previews")

    async def close(self) -> None:
        """End all of it."""
        await self._tasks.close()

    async def _fill(self) -> None:
        # Remove the containers that a killed process had made in advance, before making others: no other process knows
        # of them.
        while not self._swept:
            try:
                await self._reconciler.once(only_blanks=True)
                await self._shared.jobs.recover()
                self._swept = True
            except (aiodocker.DockerError, TimeoutError) as error:
                log.info("What is left in the engine could not be looked at: %s", error)
                await asyncio.sleep(MISSING_SECONDS)
        await self._shared.pool.run()

    async def _prune(self) -> None:
        while True:
            await asyncio.sleep(_PRUNE_SECONDS)
            try:
                freed = await self._shared.layers.prune()
                log.info("Removed what nobody used: %d bytes of layers", freed)
            except (aiodocker.DockerError, EngineFailed, TimeoutError) as error:
                log.info("The layers could not be looked at: %s", error)

    async def _prune_images(self) -> None:
        images = self._shared.own_images
        # The first round runs at once: images that a killed process was building belong to nobody.
        while True:
            try:
                present = (await self._known()).present
                if images and (removed := await images.prune(present)):
                    log.info("Removed images of projects that are gone, or were not finished: %s", removed)
            except (aiodocker.DockerError, EngineFailed, TimeoutError) as error:
                log.info("The images of projects could not be looked at: %s", error)
            await asyncio.sleep(_IMAGES_SECONDS)

    async def _known(self) -> Known:
        pool, jobs, networks = self._shared.pool, self._shared.jobs, self._shared.networks
        waiting = pool.known  # read first: a slot that leaves the pool meanwhile is in neither of the two later sets
        found = await self._servers()
        running = jobs.known  # a job is a project of its own: its way out is removed with it
        slots = found.slots | waiting | running | pool.known | networks.slots
        return Known(slots, found.projects | running, found.deleted)
