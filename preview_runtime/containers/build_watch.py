"""Holds the engine's builder to limits that it has no options for: processes of a step, disk space of a whole build."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Final

import aiodocker
from aiodocker.volumes import DockerVolume

from preview_runtime.containers import images, trusted
from preview_runtime.containers.images import Runtime
from preview_runtime.containers.policy import MEGABYTE, ContainerSettings

_LOOK_SECONDS: Final = 0.1
_SIZE_SECONDS: Final = 2.0
_COUNT_SECONDS: Final = 30.0
_PIDS: Final = 512
SPACE: Final = 4096 * MEGABYTE


class BuildTooLarge(Exception):
    """What the build has made beyond its base images passes its space; `BuildWatch.why` says it to the person."""


class BuildWatch:
    """Around a build on `network`: each step's container is found there, for nothing else is on it.

    `why` says afterwards what was stopped; "" for nothing. `space` bytes are for all that the build makes beyond
    `bases` (ids): the layers of every stage, those from the cache too, and what the running step has written.
    """

    def __init__(
        self,
        docker: aiodocker.Docker,
        network: str,
        settings: ContainerSettings,
        bases: Collection[str] = (),
        space: int = SPACE,
    ) -> None:
        self.why = ""
        self.size = 0
        """Bytes of the layers so far."""
        self.made: set[str] = set()
        """The ids of the images so far, without the bases."""
        self._docker = docker
        self._network = network
        self._settings = settings
        self._limits = settings.install_limits
        self._bases = frozenset(bases)
        self._space = space
        self._last = 0  # bytes of the image that the step before came to
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> BuildWatch:
        self._task = asyncio.create_task(self._watch(), name="build watch")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def layer(self, image: str) -> None:
        """Count the image that a step came to, with those below it. Raises `BuildTooLarge`."""
        before, self._last = self._last, 0
        while image:
            shown = await self._docker.images.inspect(image)
            self._last = self._last or shown["Size"]
            if shown["Id"] in self._bases or shown["Id"] in self.made:
                break
            self.made.add(shown["Id"])
            image = shown.get("Parent") or ""
            # Engines that do not say what an image stands on: it is the one of the step before. A stage without a base
            # begins with a label of ours, which is nothing.
            below = (await self._docker.images.inspect(image))["Size"] if image else before
            self.size += max(0, shown["Size"] - below)
        if self.size > self._space:
            self._too_large()
            raise BuildTooLarge(self.why)

    def _too_large(self) -> None:
        self.why = (
            f"The build was stopped: the steps of the project's Dockerfile wrote more than "
            f"{self._space // MEGABYTE:,} MB together. Leave out what the app does not need, or remove it in the same RUN."
        )

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
        volumes = [str(mount["Name"]) for mount in shown.get("Mounts") or () if mount["Type"] == "volume"]
        written = int(shown.get("SizeRw") or 0) + (await self._held(volumes) if volumes else 0)
        if self.size + written > self._space:
            self._too_large()
            await self._docker.containers.container(container).kill()

    async def _held(self, volumes: Sequence[str]) -> int:
        """Bytes in the volumes that the base image gives a step: they are in no layer, and lost after it."""
        mounts = [
            {
                "Type": "volume",
                "Source": one,
                "Target": f"/volumes/{n}",
                "ReadOnly": True,
                "VolumeOptions": {"NoCopy": True},
            }
            for n, one in enumerate(volumes)
        ]
        # What goes while it is counted is no failure.
        command = ["sh", "-c", "du -skx /volumes/* 2>/dev/null; true"]
        image, rights = images.tag(Runtime.PYTHON), ["DAC_READ_SEARCH"]
        try:
            said = await trusted.run_trusted(
                self._docker, image, command, self._settings, mounts=mounts, capabilities=rights, seconds=_COUNT_SECONDS
            )
        except TimeoutError:
            return self._space + 1  # too many files to be counted
        finally:
            # Where the step ended meanwhile they were made anew by us; one in use is refused.
            for title in volumes:
                with contextlib.suppress(aiodocker.DockerError):
                    await DockerVolume(self._docker, title).delete()
        return sum(int(line.split()[0]) for line in said.splitlines()) * 1024
