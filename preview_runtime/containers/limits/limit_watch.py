"""Stops previews that pass a limit which the kernel does not hold by itself, and keeps the reason for their engines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiodocker

from preview_runtime.containers.docker.policy import ContainerSettings, Limits
from preview_runtime.containers.limits.disk_watch import DiskWatch
from preview_runtime.containers.limits.process_watch import ProcessWatch
from preview_runtime.engines import Fault


async def _nobody(_project: str) -> None: ...


class LimitWatch:
    """Looks after the disk and the processes of all previews while `run()` runs.

    `over(project)` is awaited once a preview was killed. It is watched again, and counted at once, with the next
    `watch`.
    """

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, over: Callable[[str], Awaitable[None]] = _nobody
    ) -> None:
        self.disk = DiskWatch(docker, settings, over)
        self.processes = ProcessWatch(docker, settings, over)

    def watch(self, project: str, volume: str, container: str, limits: Limits | None = None) -> None:
        """Look after the preview that runs in `container` (its id) with its data in `volume` (a name); `limits` where it
        has others than every preview."""
        self.disk.watch(project, volume, container, limits)
        self.processes.watch(project, container, limits)

    def forget(self, project: str) -> None:
        """Look after it no more; one that is not watched is no error."""
        self.disk.forget(project)
        self.processes.forget(project)

    def passed(self, project: str) -> Fault | None:
        """Why a preview was killed, until it is watched again; None for all others."""
        return self.disk.passed(project) or self.processes.passed(project)

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.disk.run(), name="look after the disks of previews")
            tasks.create_task(self.processes.run(), name="look after the processes of previews")

    async def close(self) -> None:
        """End the stops that are under way, after `run()` has ended."""
        await self.disk.close()
        await self.processes.close()
