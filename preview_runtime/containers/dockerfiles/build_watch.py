"""Holds the engine's builder to limits that it has no options for: processes of a step, disk and files of a build."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Final

import aiodocker
from aiodocker.volumes import DockerVolume

from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.dockerfiles.engine_layers import EngineLayers, chain_of, folder_of
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.jobs import own_command
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.tasks import begun, cancel

log = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 0.1
_SIZE_SECONDS: Final = 2.0
_COPY_SECONDS: Final = 0.5
_COUNT_SECONDS: Final = 30.0
_PIDS: Final = 512
SPACE: Final = 4096 * MEGABYTE
FILES: Final = 400_000  # a large node_modules has 60,000; a file system of 4 GB has 262,144 in all


class BuildTooLarge(Exception):
    """What the build has made beyond its base images passes its space; `BuildWatch.why` says which."""


class BuildWatch:
    """Around a build on `network`: each step's container is found there, for nothing else is on it.

    `why` says afterwards what was stopped; None for nothing. `space` bytes are for all that the build makes beyond
    `bases` (ids): the layers of every stage, those from the cache too, and what the running step has written. `files`
    are for the same, folders among them, where the engine's layers can be read.
    """

    def __init__(
        self,
        docker: aiodocker.Docker,
        network: str,
        settings: ContainerSettings,
        bases: Collection[str] = (),
        space: int = SPACE,
        files: int = FILES,
    ) -> None:
        self.why: Phrase | None = None
        self.size = 0
        """Bytes of the layers so far."""
        self.made: set[str] = set()
        """The ids of the images so far, without the bases."""
        self.files = 0
        """How many files the layers so far have."""
        self.special = ""
        """The path of something in them that is no file, folder or link; "" for nothing."""
        self.copies = False
        """Whether the step is one that the engine does by itself."""
        self._docker = docker
        self._network = network
        self._settings = settings
        self._limits = settings.install_limits
        self._bases = frozenset(bases)
        self._space = space
        self._most_files = files
        self._layers = EngineLayers(docker, settings)
        self._looked: set[str] = set()  # folders of layers
        self._open: frozenset[str] = frozenset()  # what other builds had open before this one
        self._chain = ""  # of the image that the step before came to
        self._chains: set[str] = set()  # of all of them
        self._last = 0  # bytes of the image that the step before came to
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> BuildWatch:
        await self._layers.open()
        self._open = frozenset(await self._layers.copying())
        for base in self._bases:
            self._looked.add(folder_of(await self._docker.images.inspect(base)))
        self._task = begun(self._watch(), "build watch")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            await cancel(self._task)

    async def layer(self, image: str) -> None:
        """Count the image that a step came to, with those below it. Raises `BuildTooLarge`."""
        before, self._last, top = self._last, 0, True
        while image:
            shown = await self._docker.images.inspect(image)
            self._last = self._last or shown["Size"]
            if top:
                self._chain, top = chain_of((shown.get("RootFS") or {}).get("Layers") or ()), False
            if shown["Id"] in self._bases or shown["Id"] in self.made:
                break
            self.made.add(shown["Id"])
            self._chains.add(self._chain)
            await self._look_into(folder_of(shown))
            image = shown.get("Parent") or ""
            # Engines that do not say what an image stands on: it is the one of the step before. A stage without a base
            # begins with a label of ours, which is nothing.
            below = (await self._docker.images.inspect(image))["Size"] if image else before
            self.size += max(0, shown["Size"] - below)
        if self._past(0, 0):
            raise BuildTooLarge(str(self.why))

    async def _look_into(self, folder: str) -> None:
        """Count the files of a layer, once."""
        if not folder or folder in self._looked:
            return
        self._looked.add(folder)
        if content := await self._layers.content(folder, self._most_files):
            self.files += content.files
            self.special = self.special or content.special

    def _past(self, written: int, files: int) -> bool:
        """Whether the build has passed a limit, with `written` bytes and `files` of the running step; `why` says which."""
        if self.size + written > self._space:
            self._too_large()
        elif self.files + files > self._most_files:
            self.why = Phrase("fault.build_too_large.files", {"most": self._most_files})
        else:
            return False
        log.info("A build was stopped on %s: %s", self._network, self.why)
        return True

    def _too_large(self) -> None:
        self.why = Phrase("fault.build_too_large", {"megabytes": self._space // MEGABYTE})

    async def _watch(self) -> None:
        limited: set[str] = set()
        again = 0.0
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
                if self.copies and time.monotonic() >= again:
                    await self._measure_copy()
                    again = time.monotonic() + _COPY_SECONDS
            looked = 0.0 if looked >= _SIZE_SECONDS else looked + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)

    async def _limit(self, container: str) -> None:
        await self._docker._query_json(f"containers/{container}/update", "POST", data={"PidsLimit": _PIDS})

    async def _measure(self, container: str) -> None:
        shown = await self._docker._query_json(f"containers/{container}/json", params={"size": "1"})
        volumes = [str(mount["Name"]) for mount in shown.get("Mounts") or () if mount["Type"] == "volume"]
        written = int(shown.get("SizeRw") or 0) + (await self._held(volumes) if volumes else 0)
        files = 0
        if self._layers.here and (content := await self._layers.content(folder_of(shown), self._most_files)):
            files = content.files
        if self._past(written, files):
            await self._docker.containers.container(container).kill()

    async def _measure_copy(self) -> None:
        """A COPY is done in no container: what it has written lies in a layer that it has open, as its source is."""
        found = [one for name, one in (await self._layers.copying()).items() if name not in self._open]
        written = files = 0
        sources = []
        for one in found:
            content = await self._layers.content(str(one.folder / "diff"), self._most_files)
            if content and content.files > 1 and one.chain == self._chain:
                written += content.bytes
                files += content.files
            elif one.chain in self._chains:
                sources.append(one)
        if self._past(written, files):
            await self._layers.cut(sources)

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
        image, rights = catalogue.tag(Runtime.PYTHON), ["DAC_READ_SEARCH"]
        try:
            said = await own_command.run_own_command(
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
