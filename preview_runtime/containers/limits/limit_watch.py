"""Stops previews that pass a limit which the kernel does not enforce, and keeps the reason for their engines."""

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
    """Watches the disk use and the processes of all previews while `run()` runs.

    `over(project)` is awaited after a preview was killed. The next `watch` watches the preview again and counts it at
    once.
    """

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, over: Callable[[str], Awaitable[None]] = _nobody
    ) -> None:
        self.disk = DiskWatch(docker, settings, over)
        self.processes = ProcessWatch(docker, settings, over)

    def watch(self, project: str, volume: str, container: str, limits: Limits | None = None) -> None:
        """Watch the preview in `container` (its id) with the data in `volume` (a name); `limits` if they differ from
        those of every preview."""
        self.disk.watch(project, volume, container, limits)
        self.processes.watch(project, container, limits)

    def forget(self, project: str) -> None:
        """Stop watching it; it is no error when it is not watched."""
        self.disk.forget(project)
        self.processes.forget(project)

    def passed(self, project: str) -> Fault | None:
        """Why a preview was killed, until it is watched again; None for all others."""
        return self.disk.passed(project) or self.processes.passed(project)

    def stored(self, project: str) -> int | None:
        """Bytes in its volume as they were counted last; None before the first count, and while it is not watched."""
        usage = self.disk.usage(project)
        return usage.bytes if usage else None

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.disk.run(), name="look after the disks of previews")
            tasks.create_task(self.processes.run(), name="look after the processes of previews")

    async def close(self) -> None:
        """Finish the kills under way, after `run()` has ended."""
        await self.disk.close()
        await self.processes.close()
