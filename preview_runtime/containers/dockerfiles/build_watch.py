"""Enforces limits for which the engine's builder has no options: processes of a step, disk and files of a build."""

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
FILES: Final = 400_000  # a large node_modules has 60,000; a file system of 4 GB has 262,144 inodes


class BuildTooLarge(Exception):
    """The build has made more than its space beyond its base images; `BuildWatch.why` says which limit it passed."""


class BuildWatch:
    """Watches a build on `network`: each step's container is found there, because nothing else is on that network.

    `why` says afterwards why the build was stopped; None if it was not. `space` (bytes) limits everything that the
    build makes beyond `bases` (ids): the layers of every stage, cached ones too, and the output of the running step.
    `files` limits the number of files and folders in it, if the engine's layers can be read.
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
        """The number of files in the layers so far."""
        self.special = ""
        """The path of something in them that is neither file, folder nor link; "" for none."""
        self.copies = False
        """Whether the engine does the step by itself."""
        self._docker = docker
        self._network = network
        self._settings = settings
        self._limits = settings.install_limits
        self._bases = frozenset(bases)
        self._space = space
        self._most_files = files
        self._layers = EngineLayers(docker, settings)
        self._looked: set[str] = set()  # folders of layers
        self._open: frozenset[str] = frozenset()  # folders that other builds had open before this one
        self._chain = ""  # of the image after the previous step
        self._chains: set[str] = set()  # of all of them
        self._last = 0  # bytes of the image after the previous step
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
        """Count the image after a step, with those below it. Raises `BuildTooLarge`."""
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
            # For engines that do not report an image's parent: it is the image of the previous step. A stage without a
            # base begins with our label, which adds nothing.
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
        """Whether the build has passed a limit, given `written` bytes and `files` of the running step; `why` says
        which."""
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
        """A COPY runs in no container: its output is in a layer that the engine has open, and so is its source."""
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
        """Bytes in the volumes that the base image declares for a step: they are in no layer, and are lost after it."""
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
        # It is no failure when something disappears while it is counted.
        command = ["sh", "-c", "du -skx /volumes/* 2>/dev/null; true"]
        image, rights = catalogue.tag(Runtime.PYTHON), ["DAC_READ_SEARCH"]
        try:
            said = await own_command.run_own_command(
                self._docker, image, command, self._settings, mounts=mounts, capabilities=rights, seconds=_COUNT_SECONDS
            )
        except TimeoutError:
            return self._space + 1  # too many files to be counted
        finally:
            # If the step has ended meanwhile, our mount made these volumes again; removing one in use is refused.
            for title in volumes:
                with contextlib.suppress(aiodocker.DockerError):
                    await DockerVolume(self._docker, title).delete()
        return sum(int(line.split()[0]) for line in said.splitlines()) * 1024
