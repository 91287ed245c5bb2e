"""The folders in which an engine with overlay2 stores the layers of a build: their content, and copies under way.

The engine reports neither the number of files in a layer nor what a COPY has written so far. On this machine the
folders are read directly; elsewhere a container of ours mounts and reads them, and copies under way are not seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiodocker

from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.jobs import own_command
from preview_runtime.containers.limits import disk_usage, disk_watch
from preview_runtime.plans.runtimes import Runtime

_COUNT_SECONDS: Final = 30.0
_DETACHED: Final = 2  # MNT_DETACH of umount2(2)
_NO_LIMIT: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class LayerContent:
    """The content of a layer: bytes on disk, the number of files and folders, and the path of something that is neither
    file, folder nor link.

    Counting stops a little above the number asked for.
    """

    bytes: int
    files: int
    special: str


@dataclass(frozen=True, slots=True)
class Copying:
    """A folder that the engine writes to or reads from during a COPY, and the layers below it."""

    folder: Path
    chain: str


def chain_of(layers: Sequence[str]) -> str:
    """The name of a stack of layers, by their digests (ChainID of the OCI image specification)."""
    found = ""
    for digest in layers:
        found = f"sha256:{hashlib.sha256(f'{found} {digest}'.encode()).hexdigest()}" if found else digest
    return found


def folder_of(shown: Mapping[str, Any]) -> str:
    """The folder of the last layer of an inspected image or container, as a path on the engine's computer; "" = not
    reported."""
    return str(((shown.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir") or "")


class EngineLayers:
    """The layers of one engine. `root` is the engine's data folder, if it is on this machine and readable for us."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings) -> None:
        self._docker = docker
        self._settings = settings
        self._root: Path | None = None

    @property
    def here(self) -> bool:
        """Whether they are read directly, which takes a moment only."""
        return self._root is not None

    async def open(self) -> None:
        """Find out where the layers are. Raises aiodocker.DockerError."""
        info = await self._docker.system.info()
        root = Path(str(info["DockerRootDir"]))
        mine = os.geteuid() == 0 and info.get("Driver") == "overlay2"
        if mine and await asyncio.to_thread(os.path.isdir, root / "overlay2"):
            self._root = root

    async def content(self, folder: str, most_files: int) -> LayerContent | None:
        """The content of the layer at `folder`; None when it cannot be read. Counts up to `most_files`."""
        if not folder:
            return None
        if self.here and await asyncio.to_thread(os.path.isdir, folder):
            [found] = await disk_watch.counted([[[folder], 0, _NO_LIMIT, most_files]], special=True)
        else:
            found = await self._elsewhere(folder, most_files)
        return LayerContent(*found) if found else None

    async def _elsewhere(self, folder: str, most_files: int) -> Any:
        mount = {"Type": "bind", "Source": folder, "Target": "/layer", "ReadOnly": True}
        source = await asyncio.to_thread(Path(disk_usage.__file__).read_text, "utf-8")
        asked = {"volumes": [[["/layer"], 0, _NO_LIMIT, most_files]], "special": True}
        command = ["python3", "-I", "-S", "-c", source, json.dumps(asked)]
        try:
            said = await own_command.run_own_command(
                self._docker,
                catalogue.tag(Runtime.PYTHON),
                command,
                self._settings,
                mounts=[mount],
                capabilities=["DAC_READ_SEARCH"],
                seconds=_COUNT_SECONDS,
            )
        except (aiodocker.DockerError, TimeoutError):
            return None  # an engine in a virtual machine, or without our image
        return json.loads(said)[0]

    async def copying(self) -> dict[str, Copying]:
        """By their names, all folders that the builder has open without a container: target and source of a COPY."""
        return await asyncio.to_thread(self._copying) if self._root else {}

    def _copying(self) -> dict[str, Copying]:
        assert self._root
        found: dict[str, Copying] = {}
        for mount in (self._root / "image/overlay2/layerdb/mounts").iterdir():
            # A folder may vanish at any moment. A container has an extra layer of the engine's below its own.
            with contextlib.suppress(OSError):
                if not (mount / "init-id").exists():
                    place = self._root / "overlay2" / (mount / "mount-id").read_text()
                    found[mount.name] = Copying(place, (mount / "parent").read_text())
        return found

    async def cut(self, sources: Collection[Copying]) -> None:
        """Make the engine find nothing more in `sources`: a COPY cannot be stopped otherwise. The engine releases the
        folders as usual."""
        await asyncio.to_thread(self._cut, sources)

    def _cut(self, sources: Collection[Copying]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        for source in sources:
            merged = source.folder / "merged"
            if os.path.ismount(merged):
                libc.umount2(os.fsencode(merged), _DETACHED)
