"""Dependency sets, installed once and shared read-only by all projects with the same set."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import time
from typing import Any, Final

import aiodocker
from packaging.utils import canonicalize_name

from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.labels import MADE, Role, labels
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks, image_missing
from preview_runtime.containers.isolation.slots import NOT_FOUND
from preview_runtime.containers.jobs.own_command import run_own_command
from preview_runtime.containers.packages import layer_scripts
from preview_runtime.containers.packages.image_contents import ImageContents, ImagePackages
from preview_runtime.containers.packages.layer import Layer
from preview_runtime.containers.packages.layer_install import Install, Shared
from preview_runtime.containers.packages.layer_records import Record, read_records
from preview_runtime.containers.packages.registries import InstallAccess, Registries
from preview_runtime.engines import EngineFailed, Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Say
from preview_runtime.plans.recipe import LAYERS_FOLDER, PRIVATE_FOLDER, WORK_FOLDER, PackageSet, RunPlan
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
GIGABYTE: Final = 1024**3
LIMIT: Final = 10 * GIGABYTE
LARGEST: Final = 3 * GIGABYTE
_KEPT_SECONDS: Final = 3600.0  # seconds: a layer given out this recently may not be reported as used yet
_GRACE_SECONDS: Final = 300.0
_ROOT: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER")
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Layers:
    """All layers of one Sayso, in a volume that every app's container has at /layers, read-only.

    One object for all previews of an engine. `limit` (bytes) is the size to which `prune` reduces the volume, `largest`
    the limit of one layer; `use` and `leave` tell which layers must stay.
    """

    def __init__(
        self,
        docker: aiodocker.Docker,
        settings: ContainerSettings,
        networks: Networks,
        registries: Registries | None = None,
        *,
        limit: int = LIMIT,
        largest: int = LARGEST,
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._registries = registries or Registries()
        self._limit = limit
        self._largest = largest
        self._contents = ImageContents(docker, settings)
        self._made = ""  # identifies the volume that was inspected: another one has other layers
        self._secret = b""
        self._records: dict[str, Record] = {}
        self._used_at: dict[str, float] = {}  # seconds since 1970, by this process
        self._users: dict[str, str] = {}  # project → layer
        self._installing: dict[str, Shared[Record]] = {}
        self._looking = asyncio.Lock()

    async def ensure(
        self,
        plan: RunPlan,
        tree: FileTree,  # noqa: ARG002 - the plan has all of it that counts
        image: str,
        say: Say,
    ) -> Layer | None:
        """The layer with the packages of `plan`, installed if it is missing; `say` gets the installer's lines.

        None when there is nothing to install or the image has all of it. A known layer needs no container. Raises
        `EngineFailed`: `install_failed`, `install_slow`, `install_too_large`, `install_out_of_memory`,
        `registry_unreachable`.
        """
        packages = plan.packages
        if packages is None or plan.runtime not in layer_scripts.INSTALL:
            return None
        try:
            contents = await self._contents.of(image, plan.runtime)
            if contents.has(packages):
                return None
            await self._open(image)
            access = await self._registries.access()
            name = self._name(image, packages, access)
            if name not in self._records:
                self._records[name] = await self._installed(name, plan, packages, image, contents, access, say)
        except (aiodocker.DockerError, TimeoutError) as error:
            raise EngineFailed(faults.platform(error)) from error
        self._used_at[name] = time.time()
        return self._layer(self._records[name], plan, contents)

    def use(self, project: str, layer: str) -> None:
        """Record that a container of `project` uses the layer of this name ("" = none), and no other, until `leave`."""
        self.leave(project)
        if layer:
            self._users[project] = layer
            self._used_at[layer] = time.time()

    def leave(self, project: str) -> None:
        """Record that no container of `project` uses a layer."""
        if name := self._users.pop(project, ""):
            self._used_at[name] = time.time()

    async def prune(self, now: float | None = None) -> int:
        """Remove the least recently used layers until the limit is met; returns the number of bytes freed.

        A layer in use stays, and so does one that was given out within the hour before `now` (seconds since 1970).
        Remains of installs whose process died are removed too. Raises aiodocker.DockerError, TimeoutError,
        `EngineFailed`.
        """
        now = time.time() if now is None else now
        image = await self._any_image()
        await self._open(image, afresh=True)
        kept = {*self._users.values(), *self._installing}
        kept |= {name for name, at in self._used_at.items() if now - at < _KEPT_SECONDS}
        over = sum(record.size for record in self._records.values()) - self._limit
        gone: list[Record] = []
        for record in sorted(
            self._records.values(), key=lambda record: max(record.used, self._used_at.get(record.name, 0))
        ):
            if over > 0 and record.name not in kept:
                gone.append(record)
                over -= record.size
        for record in gone:
            # Forgotten before its files are removed: a caller that needs it meanwhile has it installed again.
            del self._records[record.name]
        used = [f"{name}={int(at)}" for name, at in self._used_at.items() if name in self._records]
        if gone or used:
            await self.run_trusted(image, layer_scripts.PRUNE, *(record.name for record in gone), *used)
        return sum(record.size for record in gone)

    async def _installed(
        self,
        name: str,
        plan: RunPlan,
        packages: PackageSet,
        image: str,
        contents: ImagePackages,
        access: InstallAccess,
        say: Say,
    ) -> Record:
        """The record of a layer after its installation, which all simultaneous callers share."""
        installing = self._installing.get(name)
        if installing is None:

            async def work(tell: Say) -> Record:
                try:
                    return await self._install(name, plan, packages, image, contents, access, tell)
                finally:
                    self._installing.pop(name, None)

            installing = self._installing[name] = Shared(work, f"layer {name[:8]}")
        return await installing.wait(say)

    async def _install(
        self,
        name: str,
        plan: RunPlan,
        packages: PackageSet,
        image: str,
        contents: ImagePackages,
        access: InstallAccess,
        say: Say,
    ) -> Record:
        python = packages.runtime is Runtime.PYTHON
        files = contents.inputs(packages) if python else packages.files
        install = Install(self._docker, self._settings, self._networks, access, largest=self._largest)
        fault: Fault | None = None
        published = False
        try:
            fault = await install.run(plan, image, layer_scripts.INSTALL[packages.runtime], files, say)
            if fault is None:
                said = await uncancelled(self.run_trusted(image, layer_scripts.PUBLISH, install.work, name))
                published = True
        finally:
            if not published:
                # If this fails as well, a later maintenance run finds the folder by its age.
                with contextlib.suppress(aiodocker.DockerError, TimeoutError):
                    await uncancelled(self.run_trusted(image, layer_scripts.DISCARD, install.work))
        if fault:
            raise EngineFailed(fault)
        return next(record for record in read_records(said) if record.name == name)

    async def _open(self, image: str, *, afresh: bool = False) -> None:
        """Read the content of the volume: once, and again when it is another volume."""
        made = await self._volume()
        if made == self._made and not afresh:
            return
        async with self._looking:
            if made == self._made and not afresh:
                return
            minutes = int((2 * self._settings.install_seconds + _GRACE_SECONDS) / 60) + 1
            secret, _, rest = (await self.run_trusted(image, layer_scripts.INVENTORY, str(minutes))).partition("\n")
            self._secret = bytes.fromhex(secret)
            self._records = {record.name: record for record in read_records(rest)}
            self._made = made

    async def _volume(self) -> str:
        """Identifies the volume, as opposed to a later one with the same name; makes it if it is missing."""
        title = policy.layers_volume(self._settings)
        try:
            found = await (await self._docker.volumes.get(title)).show()
        except aiodocker.DockerError as error:
            if error.status != NOT_FOUND:
                raise
            await uncancelled(self._docker.volumes.create(policy.layers(self._settings)))
            found = await (await self._docker.volumes.get(title)).show()
        return (found["Labels"] or {}).get(MADE) or "unmarked"

    async def run_trusted(self, image: str, script: str, *arguments: str) -> str:
        """The output of a script of ours that runs as root, with the volume mounted. Raises `EngineFailed`."""
        mount: dict[str, Any] = {
            "Type": "volume",
            "Source": policy.layers_volume(self._settings),
            "Target": LAYERS_FOLDER,
            "VolumeOptions": {"NoCopy": True, "Labels": labels(self._settings.instance, "layers", Role.LAYERS)},
        }
        command = ["sh", "-c", script, "sh", *arguments]
        return await run_own_command(
            self._docker, image, command, self._settings, mounts=[mount], capabilities=_ROOT, seconds=300
        )

    async def _any_image(self) -> str:
        missing = await catalogue.missing_images(self._docker, tuple(layer_scripts.INSTALL))
        for runtime in layer_scripts.INSTALL:
            if runtime not in missing:
                return catalogue.tag(runtime)
        raise EngineFailed(image_missing(Runtime.PYTHON))

    def _name(self, image: str, packages: PackageSet, access: InstallAccess) -> str:
        """A name that nobody can guess without the secret in the volume."""
        told = [
            image,
            layer_scripts.INSTALL[packages.runtime],
            sorted(packages.files.items()),
            sorted(access.environment.items()),
        ]
        return hmac.new(self._secret, json.dumps(told).encode(), hashlib.sha256).hexdigest()[:40]

    def _layer(self, record: Record, plan: RunPlan, contents: ImagePackages) -> Layer:
        path = f"{LAYERS_FOLDER}/{record.name}"
        if plan.runtime is Runtime.NODE:
            # A folder of links, not a link to the folder, because development servers write into node_modules. It has
            # the layer's name, so that it does not mix with the links of another layer.
            own = f"{PRIVATE_FOLDER}/modules/{record.name[:12]}/node_modules"
            links = {f"{own}/{entry}": f"{path}/node_modules/{entry}" for entry in record.entries}
            links[f"{plan.folder}/node_modules".lstrip("/")] = f"{WORK_FOLDER}/{own}"
            return Layer({}, links, record.name)
        base = f"{path}/{layer_scripts.SITE}"
        site = f"{base}/lib/python{contents.markers['python_version']}/site-packages"
        environment = {
            # The same folder twice: this entry comes first on the search path, and .pth files are read in the other.
            "PYTHONPATH": site,
            "PYTHONUSERBASE": base,
            "PATH": f"{site}/bin:{_PATH}",
        }
        beside = any(canonicalize_name(entry) in contents.packages for entry in record.entries)
        return Layer(environment, {}, record.name, "" if beside else site)
