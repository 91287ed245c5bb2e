"""The installation of one layer, shared by all callers who wait for it."""

from __future__ import annotations

import asyncio
import io
import secrets
import tarfile
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final, Generic, TypeVar

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.archive import archive
from preview_runtime.containers.docker.labels import Role, labels, name
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.users import OURS
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.jobs.container_job import begin
from preview_runtime.containers.packages import layer_scripts
from preview_runtime.containers.packages.install_watch import InstallWatch
from preview_runtime.containers.packages.registries import CERTIFICATES, InstallAccess
from preview_runtime.engines import Fault
from preview_runtime.phrases import Phrase, Say
from preview_runtime.plans.recipe import LAYERS_FOLDER, WORK_FOLDER, RunPlan
from preview_runtime.tasks import begun, cancel
from preview_runtime.uncancelled import uncancelled

PREFIX: Final = "layer-"  # the project, in the labels of a container and network that install a layer
T = TypeVar("T")


class Shared(Generic[T]):
    """Work for which several callers wait: it continues as long as one of them waits, and all get its messages."""

    def __init__(self, work: Callable[[Say], Coroutine[Any, Any, T]], name: str) -> None:
        self._listeners: list[Say] = []
        self._task = begun(work(self._say), name)

    async def wait(self, say: Say) -> T:
        """The work's result. When the last waiting caller is cancelled, the work is cancelled too, and its end is
        awaited."""
        self._listeners.append(say)
        try:
            return await asyncio.shield(self._task)
        finally:
            self._listeners.remove(say)
            if not self._listeners and not self._task.done():
                await cancel(self._task)

    def _say(self, line: str | Phrase) -> None:
        for listener in list(self._listeners):
            listener(line)


class Install:
    """One run of an installer in a container of its own, into a separate folder of the layers' volume."""

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
        self._user = settings.users.of(name(settings.instance, self._project))  # installs are kept apart too
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._access = access
        self._largest = largest

    async def run(self, plan: RunPlan, image: str, script: str, files: Mapping[str, str], say: Say) -> Fault | None:
        """Install `files` by `script`; None when it succeeded. Container and network are removed afterwards."""
        folder = f"{LAYERS_FOLDER}/{self.work}"
        installer = InstallWatch(self._settings, say, folder=folder, largest=self._largest)
        try:
            network = await self._networks.ensure(self._project, Role.INSTALL)
            config = self._configuration(plan, image, script, network)
            work = archive({}, self._user, time.time(), folder=WORK_FOLDER)  # the folder is given to the install's user
            brought = [(LAYERS_FOLDER, self._archive(files)), (WORK_FOLDER, work)]
            async with await begin(self._docker, config, installer.terms, archives=brought) as job:
                return await installer.ended(job)
        finally:
            await uncancelled(self._networks.remove(self._project, Role.INSTALL))

    def _configuration(self, plan: RunPlan, image: str, script: str, network: str) -> dict[str, Any]:
        settings = replace(self._settings, certificates="")
        volume = policy.layers_volume(settings)
        command = ["sh", "-c", script]
        config = policy.install_container(plan, image, command, self._project, network, volume, settings, self._user)
        layer = f"{LAYERS_FOLDER}/{self.work}"
        build = f"{layer}/{layer_scripts.BUILD}"
        variables = {"LAYER": layer, "HOME": f"{build}/home", "TMPDIR": f"{build}/scratch"}
        config = self._access.applied(config, f"{build}/{CERTIFICATES}", variables)
        config["WorkingDir"] = "/"
        config["HostConfig"]["Mounts"] = [
            {
                "Type": "volume",
                "Source": volume,
                "Target": LAYERS_FOLDER,
                "VolumeOptions": {"NoCopy": True, "Labels": labels(settings.instance, "layers", Role.LAYERS)},
            },
            policy.accounts_volume(),
        ]
        return config

    def _archive(self, files: Mapping[str, str]) -> bytes:
        """The archive that the engine unpacks into the volume: the folder that the install may write, and its
        inputs."""
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
                entry.uid, entry.gid = self._user, OURS
                entry.mtime = time.time()
                entry.mode = 0o600
                if path in folders:
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
                    tar.addfile(entry)
                else:
                    entry.size = len(contents[path])
                    tar.addfile(entry, io.BytesIO(contents[path]))
        return out.getvalue()
