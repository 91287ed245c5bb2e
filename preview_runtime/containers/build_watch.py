"""Holds the engine's builder to limits that it has no options for: processes and disk space of the running step."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Final

import aiodocker

from preview_runtime.containers.policy import MEGABYTE, ContainerSettings

_LOOK_SECONDS: Final = 0.1
_SIZE_SECONDS: Final = 2.0
_PIDS: Final = 512
_SPACE: Final = 4096 * MEGABYTE


class BuildWatch:
    """Around a build on `network`: each step's container is found there, for nothing else is on it.

    `why` says afterwards what was stopped; "" for nothing.
    """

    def __init__(
        self, docker: aiodocker.Docker, network: str, settings: ContainerSettings, space: int = _SPACE
    ) -> None:
        self.why = ""
        self._docker = docker
        self._network = network
        self._limits = settings.install_limits
        self._space = space
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._watch(), name="build watch")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        limited: set[str] = set()
        looked = 0.0
        while True:
            with contextlib.suppress(aiodocker.DockerError, TimeoutError):
                network = await (await self._docker.networks.get(self._network)).show()
                for container in network["Containers"] or {}:
                    if container not in limited:
                        await self._limit(container)
                        limited.add(container)
                    if looked >= _SIZE_SECONDS:
                        await self._measure(container)
            looked = 0.0 if looked >= _SIZE_SECONDS else looked + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)

    async def _limit(self, container: str) -> None:
        await self._docker._query_json(f"containers/{container}/update", "POST", data={"PidsLimit": _PIDS})

    async def _measure(self, container: str) -> None:
        shown = await self._docker._query_json(f"containers/{container}/json", params={"size": "1"})
        if int(shown.get("SizeRw") or 0) > self._space:
            self.why = (
                f"A step of the project's Dockerfile was stopped: it wrote more than {self._space // MEGABYTE:,} MB."
            )
            await self._docker.containers.container(container).kill()
