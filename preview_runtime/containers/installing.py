"""The installation of one layer, shared by all who wait for it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import secrets
import tarfile
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final, Generic, TypeVar

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers import faults, layer_scripts, policy
from preview_runtime.containers.execution import execute
from preview_runtime.containers.install_access import CERTIFICATES, InstallAccess
from preview_runtime.containers.labels import Role, labels
from preview_runtime.containers.logs import log_lines
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.policy import MEGABYTE, RUNTIME_USER, ContainerSettings
from preview_runtime.containers.recipe import LAYERS_FOLDER, RunPlan
from preview_runtime.containers.settled import settled
from preview_runtime.containers.slots import delete
from preview_runtime.engines import Fault, FaultKind

PREFIX: Final = "layer-"  # of the project in the labels of a container and network that install a layer
Say = Callable[[str], None]
T = TypeVar("T")
_LOOK_SECONDS: Final = 3.0
_LOG_SECONDS: Final = 5.0
_TAIL_LINES: Final = 80
_OFFLINE: Final = re.compile(
    r"dns error|failed to lookup address|Temporary failure in name resolution|ConnectionRefused|DNSResolveFailed|"
    r"FailedToOpenSocket|NetworkUnreachable|UnableToConnect|tcp connect error|operation timed out",
    re.IGNORECASE,
)


class Shared(Generic[T]):
    """Work that several wait for: it goes on as long as one of them does, and all get what it says."""

    def __init__(self, work: Callable[[Say], Coroutine[Any, Any, T]], name: str) -> None:
        self._listeners: list[Say] = []
        self._task = asyncio.create_task(work(self._say), name=name)

    async def wait(self, say: Say) -> T:
        """The work's result. When the last who waits is cancelled, so is the work, and its end is awaited."""
        self._listeners.append(say)
        try:
            return await asyncio.shield(self._task)
        finally:
            self._listeners.remove(say)
            if not self._listeners and not self._task.done():
                self._task.cancel()
                await asyncio.gather(self._task, return_exceptions=True)

    def _say(self, line: str) -> None:
        for listener in list(self._listeners):
            listener(line)


class Install:
    """One run of an installer in a container of its own, into a folder of the layers' volume that is only its own."""

    def __init__(
        self,
        docker: aiodocker.Docker,
        settings: ContainerSettings,
        networks: Networks,
        access: InstallAccess,
        *,
        largest: int,
    ) -> None:
        token = secrets.token_hex(8)
        self.work = f"{layer_scripts.WORK}{token}"
        self._project = f"{PREFIX}{token}"
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._access = access
        self._largest = largest
        self._too_large = False
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    async def run(self, plan: RunPlan, image: str, script: str, files: Mapping[str, str], say: Say) -> Fault | None:
        """Install `files` by `script`; None when it succeeded. Container and network are gone afterwards."""
        container: DockerContainer | None = None
        try:
            network = await self._networks.ensure(self._project, Role.INSTALL)
            config = self._configuration(plan, image, script, network)
            container = await settled(self._docker.containers.create(config))
            await container.put_archive(LAYERS_FOLDER, self._archive(files))
            await container.start()
            return await self._watched(container, say)
        finally:
            if container:
                await settled(delete(container))
            await settled(self._networks.remove(self._project, Role.INSTALL))

    def _configuration(self, plan: RunPlan, image: str, script: str, network: str) -> dict[str, Any]:
        settings = replace(self._settings, certificates="")
        volume = policy.layers_volume(settings)
        command = ["sh", "-c", script]
        config = policy.install_container(plan, image, command, self._project, network, volume, settings)
        layer = f"{LAYERS_FOLDER}/{self.work}"
        build = f"{layer}/{layer_scripts.BUILD}"
        own = {"LAYER": layer, "HOME": f"{build}/home", "TMPDIR": f"{build}/scratch"}
        config = self._access.applied(config, f"{build}/{CERTIFICATES}", own)
        config["WorkingDir"] = "/"
        config["HostConfig"]["Mounts"] = [
            {
                "Type": "volume",
                "Source": volume,
                "Target": LAYERS_FOLDER,
                "VolumeOptions": {"NoCopy": True, "Labels": labels(settings.instance, "layers", Role.LAYERS)},
            }
        ]
        return config

    def _archive(self, files: Mapping[str, str]) -> bytes:
        """What the engine unpacks into the volume: the folder that the install may write, and its inputs."""
        build = f"{self.work}/{layer_scripts.BUILD}"
        contents = {f"{build}/{path}": text.encode() for path, text in files.items()}
        if self._access.certificates:
            contents[f"{build}/{CERTIFICATES}"] = self._access.certificates
        folders = {self.work, build, f"{build}/home", f"{build}/scratch"}
        folders |= {path[:place] for path in contents for place, character in enumerate(path) if character == "/"}
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in (*sorted(folders), *contents):
                entry = tarfile.TarInfo(path)
                entry.uid = entry.gid = RUNTIME_USER
                entry.mtime = time.time()
                entry.mode = 0o600
                if path in folders:
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
                    tar.addfile(entry)
                else:
                    entry.size = len(contents[path])
                    tar.addfile(entry, io.BytesIO(contents[path]))
        return out.getvalue()

    async def _watched(self, container: DockerContainer, say: Say) -> Fault | None:
        """Wait for the end of the installer, tell what it says, and stop it when it takes too much."""
        seconds = self._settings.install_seconds
        reading = asyncio.create_task(self._read(container, say), name="install log")
        looking = asyncio.create_task(self._look(container), name="install size")
        code = -1
        try:
            async with asyncio.timeout(seconds):
                code = int((await container.wait())["StatusCode"])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOG_SECONDS):
                    await asyncio.shield(reading)
        except TimeoutError:
            message = f"Installing what the app needs took longer than {seconds:.0f} seconds and was stopped."
            return faults.runtime("install_slow", message, self._log(), FaultKind.BUILD)
        finally:
            for task in (reading, looking):
                task.cancel()
            await asyncio.gather(reading, looking, return_exceptions=True)
        if self._too_large:
            message = (
                f"What the app needs takes more than {self._largest // MEGABYTE:,} MB. Leave out the largest packages."
            )
            return faults.runtime("install_too_large", message, self._log(), FaultKind.BUILD)
        if code == 0:
            return None
        if (await container.show())["State"]["OOMKilled"]:
            memory = self._settings.install_limits.memory // MEGABYTE
            message = f"Installing what the app needs takes more memory than an install has ({memory:,} MB)."
            return faults.runtime("install_out_of_memory", message, self._log(), FaultKind.BUILD)
        return failed(self._log())

    async def _read(self, container: DockerContainer, say: Say) -> None:
        wanted = {"stdout": "1", "stderr": "1", "follow": "1"}
        async with self._docker._query(f"containers/{container.id}/logs", params=wanted, timeout=None) as response:
            try:
                async for line in log_lines(response.content.iter_any(), timestamps=False):
                    self._tail.append(line.text)
                    say(line.text)
            finally:
                response.close()

    async def _look(self, container: DockerContainer) -> None:
        command = ["du", "-s", "-B", "1", f"{LAYERS_FOLDER}/{self.work}"]
        while not self._too_large:
            await asyncio.sleep(_LOOK_SECONDS)
            with contextlib.suppress(aiodocker.DockerError, TimeoutError, ValueError):
                said = (await execute(container, command, seconds=20)).output.split("\t")[0]
                if int(said.split("\n")[-1]) > self._largest:
                    self._too_large = True
                    await container.kill()

    def _log(self) -> str:
        return "\n".join(self._tail)


def failed(log: str) -> Fault:
    """The fault of an installer that gave up, from what it said at its end."""
    if _OFFLINE.search(log):
        message = (
            "The place that the packages come from cannot be reached. Check the server's connection. "
            "Places beside the public registries have to be named in INSTALL_HOSTS."
        )
        return faults.runtime("registry_unreachable", message, log, FaultKind.PLATFORM)
    return faults.runtime("install_failed", "What the app needs could not be installed.", log, FaultKind.BUILD)
