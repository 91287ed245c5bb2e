"""Container engines for `ServerPreviews`, available when a Docker Engine answers and its images are built."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

import aiodocker
import aiohttp

from builder.accounts.secret_file import secret_file
from builder.base.errors import Conflict
from builder.base.settings import words
from builder.previews.data.copies import Copier
from builder.previews.data.databases import Databases
from builder.previews.docker.hosts import AllowedHosts
from builder.previews.docker.settings import DockerSettings
from builder.previews.docker.sidecars import ProjectSidecars
from builder.previews.engine import Keep, ServerEngine
from builder.texts import said, t
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.app.warm import WarmPool
from preview_runtime.containers.beside.database import ProjectDatabase
from preview_runtime.containers.beside.egress import ProjectEgress
from preview_runtime.containers.data.copies import DataCopier
from preview_runtime.containers.docker import capabilities
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits, host_environment
from preview_runtime.containers.dockerfiles.builds import OwnImages
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.jobs import Jobs
from preview_runtime.containers.limits import disk_watch
from preview_runtime.containers.limits.limit_watch import LimitWatch
from preview_runtime.containers.packages.layers import GIGABYTE, Layers
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.containers.reconciler import Known, Reconciler
from preview_runtime.engines import EngineFailed
from preview_runtime.phrases import Phrase, Say
from preview_runtime.plans.runtimes import Runtime, Sidecar
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
_ANSWER_SECONDS: Final = 3.0
_LOOK_AGAIN_SECONDS: Final = 30.0
# The time between looks while no engine answers: running apps have to be found soon after it answers again.
_MISSING_SECONDS: Final = 2.0
_PRUNE_SECONDS: Final = 3600.0
_IMAGES_SECONDS: Final = 30.0


class _Shared:
    """The parts that all previews of one connection share, with their background work."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings, options: DockerSettings) -> None:
        self.docker = docker
        self.networks = Networks(docker, settings)
        slots = Slots(docker, settings, self.networks)
        sizes = dict.fromkeys((Runtime.PYTHON, Runtime.NODE), options.preview_warm)
        self.pool = WarmPool(slots, sizes, options.preview_warm_memory_mb * MEGABYTE)
        self.limits = LimitWatch(docker, settings)
        self.registries = Registries(words(options.install_hosts))
        room = options.layers_gigabytes * GIGABYTE
        self.layers = Layers(docker, settings, self.networks, self.registries, limit=room)
        allowed = words(options.dockerfile_images)
        pull = options.dockerfile_pull
        own = OwnImages(docker, settings, self.networks, self.registries, pull=pull, allowed=allowed)
        self.own_images = own if options.dockerfile_build else None
        self.slots = slots
        self.egress = ProjectEgress(docker, settings, self.networks)
        self.jobs = Jobs(slots, pool=self.pool, way_out=self.egress, limits=self.limits)
        self.reconciler = Reconciler(slots, self._known)
        self.known: Callable[[], Awaitable[Known]] | None = None
        self._swept = False
        self._tasks = Tasks()

    def begin(self, known: Callable[[], Awaitable[Known]]) -> None:
        """Start, once, to fill the pool, to remove what belongs to nobody, and to look after limits."""
        if self.known is not None:
            return
        self.known = known
        self._tasks.forever(self._fill, "containers made in advance")
        self._tasks.forever(self.reconciler.run, "remove what is nobody's")
        self._tasks.forever(self._prune, "keep the layers within their room")
        self._tasks.forever(self._prune_images, "remove images with their projects")
        self._tasks.forever(self.limits.run, "look after the limits of previews")

    async def close(self) -> None:
        await self._tasks.close()
        await self.limits.close()
        # If the engine does not remove something here, the reconciler finds it by its labels when the engine answers
        # again.
        with contextlib.suppress(aiodocker.DockerError, aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self.jobs.close()
                await self.networks.close()

    async def _fill(self) -> None:
        # Remove the containers that a killed process had made in advance, before making others: no other process knows
        # of them.
        while not self._swept:
            try:
                await self.reconciler.once(only_blanks=True)
                await self.jobs.recover()
                self._swept = True
            except (aiodocker.DockerError, TimeoutError) as error:
                log.info("What is left in the engine could not be looked at: %s", error)
                await asyncio.sleep(_MISSING_SECONDS)
        await self.pool.run()

    async def _prune(self) -> None:
        while True:
            await asyncio.sleep(_PRUNE_SECONDS)
            try:
                freed = await self.layers.prune()
                log.info("Removed what nobody used: %d bytes of layers", freed)
            except (aiodocker.DockerError, EngineFailed, TimeoutError) as error:
                log.info("The layers could not be looked at: %s", error)

    async def _prune_images(self) -> None:
        # The first round runs at once: images that a killed process was building belong to nobody.
        while True:
            try:
                present = (await self._known()).present
                if self.own_images and (removed := await self.own_images.prune(present)):
                    log.info("Removed images of projects that are gone, or were not finished: %s", removed)
            except (aiodocker.DockerError, EngineFailed, TimeoutError) as error:
                log.info("The images of projects could not be looked at: %s", error)
            await asyncio.sleep(_IMAGES_SECONDS)

    async def _known(self) -> Known:
        waiting = (
            self.pool.known
        )  # read first: a slot that leaves the pool meanwhile belongs neither to a server yet nor to the pool any more
        found = await self.known() if self.known else Known(frozenset(), frozenset())
        jobs = self.jobs.known  # a job is a project of its own: its way out is removed with it
        slots = found.slots | waiting | jobs | self.pool.known | self.networks.slots
        return Known(slots, found.projects | jobs, found.deleted)


class _Copier:
    def __init__(self, copies: DataCopier) -> None:
        self._copies = copies

    async def copy(self, source: ServerEngine, target: str, tell: Callable[[int, int], None]) -> None:
        if isinstance(source, ContainerEngine):
            await self._copies.copy(source, target, tell)


class ContainerEngines:
    """One connection to the engine, shared by all previews. `why_not` and `runtimes` (those whose images are built) are
    kept up to date while `run()` runs."""

    def __init__(self, settings: DockerSettings, databases: Databases, hosts: AllowedHosts) -> None:
        self._databases, self._hosts = databases, hosts
        self.sidecars = ProjectSidecars(databases, hosts)
        self._secret_file = settings.data_dir / "databases.key"
        self.why_not: Phrase | None = Phrase("engine.no_docker")
        self.runtimes: frozenset[Runtime] = frozenset()
        self.has_postgres = False
        self._address = settings.docker_host
        # Several installations may share one engine: each sees only the containers with its own label.
        mark = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:8]
        limits = Limits(
            memory=settings.preview_memory_mb * MEGABYTE,
            cpus=settings.preview_cpus,
            disk=settings.preview_disk_mb * MEGABYTE,
            files=settings.preview_files,
        )
        self._settings = ContainerSettings(
            instance=f"sayso-{mark}",
            limits=limits,
            build_memory=settings.preview_build_memory_mb * MEGABYTE,
            runtime=settings.preview_runtime,
            disk_quota=settings.preview_disk_quota,
            router=settings.docker_router,
            environment=host_environment(settings.preview_host),
        )
        self._blind: Phrase | None = None
        self._quotas: bool | None = None  # whether the engine has them; None until it was tried
        self._options = settings
        self._shared: _Shared | None = None
        self._connecting = asyncio.Lock()
        self._copier: DataCopier | None = None

    @property
    def instance(self) -> str:
        """The label of everything in the engine that belongs to this data directory."""
        return self._settings.instance

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk use of previews is measured seldom or not at all; None when it is measured all the time."""
        if self._settings.disk_quota or self._shared is None:
            return None
        return self._shared.limits.disk.why_blind or self._blind

    async def look(self) -> None:
        """Find out whether containers can run now."""
        self.why_not = await self._missing()

    async def run(self, known: Callable[[], Awaitable[Known]]) -> None:
        """Look again from time to time: an engine may be started, or its images built, while Sayso runs. `known()`
        returns the existing slots and projects; it is called before anything is removed."""
        while True:
            if not self.why_not and self._shared:
                self._shared.begin(known)
            await asyncio.sleep(_MISSING_SECONDS if self.why_not else _LOOK_AGAIN_SECONDS)
            await self.look()

    async def close(self) -> None:
        """Close the connection; running apps stay up."""
        if self._shared is not None:
            await self._shared.close()
            await self._shared.docker.close()
            self._shared = self._databases.engine = self._hosts.engine = None

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine:
        """The engine of one runnable. Raises Conflict (`no_engine`) while none can run."""
        shared = self._shared
        if self.why_not or shared is None:
            raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=runnable_id)
        return ContainerEngine(
            shared.docker,
            runnable_id,
            self._settings,
            networks=shared.networks,
            parts=EngineParts(
                pool=shared.pool,
                registries=shared.registries,
                layers=shared.layers,
                own_images=shared.own_images,
                sidecars=self.sidecars,
                limits=shared.limits,
            ),
            keep=keep,
            say=say,
        )

    def copier(self) -> Copier:
        """Copies the data of apps. Raises Conflict (`no_engine`) while nothing can run containers."""
        if self.why_not or self._shared is None or self._copier is None:
            raise Conflict(t("server.none", why=self.why_not), code="no_engine")
        return _Copier(self._copier)

    async def _connected(self) -> _Shared:
        """The parts that all previews share, made once the engine has said which users apps may have in it."""
        secret = await asyncio.to_thread(secret_file, self._secret_file, lambda: secrets.token_bytes(32))
        docker = catalogue.connect(self._address)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                self._settings = replace(self._settings, users=await capabilities.users(docker))
        except BaseException:
            await docker.close()
            raise
        shared = _Shared(docker, self._settings, self._options)
        databases = ProjectDatabase(docker, self._settings, shared.networks, secret)
        self._databases.engine = databases
        self._copier = DataCopier(shared.slots, databases)
        self._hosts.engine = shared.egress
        return shared

    async def _missing(self) -> Phrase | None:
        try:
            async with self._connecting:
                shared = self._shared = self._shared or await self._connected()
            async with asyncio.timeout(_ANSWER_SECONDS):
                await shared.docker.version()
                missing = await catalogue.missing_images(shared.docker, (*Runtime, *Sidecar))
                blind = await disk_watch.blindness(shared.docker)
                if not await capabilities.has_runtime(shared.docker, self._settings.runtime):
                    return Phrase("engine.no_runtime", {"runtime": self._settings.runtime})
                if self._settings.disk_quota and not self._quotas:
                    self._quotas = await capabilities.has_quotas(shared.docker, self._settings)
                    if not self._quotas:
                        return Phrase("engine.no_quotas")
        except (
            catalogue.ImageError,
            aiodocker.DockerError,
            aiohttp.ClientError,
            OSError,
            ValueError,
            TimeoutError,
        ) as error:
            # The connection stays open for the previews that hold it: it serves them again when the engine is back.
            log.debug("No Docker Engine answers: %r", error)
            return Phrase("engine.no_docker")
        if blind != self._blind and blind and not self._settings.disk_quota:
            log.warning("%s", said(blind))
        self._blind = blind
        self.runtimes = frozenset(Runtime) - frozenset(missing)
        self.has_postgres = Sidecar.POSTGRES not in missing
        return Phrase("engine.no_images") if not self.runtimes else None
