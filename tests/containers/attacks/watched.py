"""Previews whose disk and processes are watched, as the builder watches its own."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import aiodocker

from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.docker.labels import filters
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.limits.limit_watch import LimitWatch
from preview_runtime.engines import EngineStatus, Fault, RunHints
from preview_runtime.file_tree import FileTree
from tests.containers.attacks.builder import LABORATORY

# Small, so that the suite itself does not fill the machine's disk; what passes a limit is the same.
SETTINGS = ContainerSettings(
    instance=f"sayso-disk-{os.getpid()}", limits=Limits(disk=96 * MEGABYTE, files=4000), start_seconds=40
)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the watch has no event for tests
            await asyncio.sleep(0.02)


@dataclass
class Watched:
    """Previews under a watch that stops them."""

    docker: aiodocker.Docker
    limits: LimitWatch
    engines: dict[str, ContainerEngine] = field(default_factory=dict)
    stopped: dict[str, float] = field(default_factory=dict)
    told: dict[str, Fault] = field(default_factory=dict)

    async def start(self, tree: FileTree | None = None, hints: RunHints | None = None) -> ContainerEngine:
        """A preview of `tree`, the laboratory without one, that is looked after."""
        project = f"p-{secrets.token_hex(4)}"
        networks = Networks(self.docker, SETTINGS)
        engine = ContainerEngine(self.docker, project, SETTINGS, hints, networks, parts=EngineParts(limits=self.limits))
        self.engines[project] = engine
        await engine.start(tree or FileTree({"server.py": LABORATORY}))
        return engine

    async def over(self, project: str) -> None:
        self.stopped[project] = time.monotonic()
        state = await self.engines[project].poll()
        if state.status is EngineStatus.FAILED and state.fault:
            self.told[project] = state.fault

    async def clear(self) -> None:
        """Remove all that was started."""
        for engine in self.engines.values():
            await engine.remove()
        for volume in (await self.docker.volumes.list(filters=filters(SETTINGS.instance)))["Volumes"] or ():
            await (await self.docker.volumes.get(volume["Name"])).delete()
        left = await self.docker.containers.list(all=1, filters=json.dumps(filters(SETTINGS.instance)))
        assert [container["Names"] for container in left] == []

    async def counted(self, project: str) -> None:
        await until(lambda: self.limits.disk.usage(project) is not None)
