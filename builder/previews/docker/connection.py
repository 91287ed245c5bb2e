"""The connection to the Docker Engine, and what all previews share of it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
from dataclasses import replace
from typing import Final

import aiodocker
import aiohttp

from builder.accounts.secret_file import secret_file
from builder.base.settings import words
from builder.previews.data.databases import DatabaseEngine
from builder.previews.data.stored_files import SqliteEngine
from builder.previews.docker.hosts import EgressEngine
from builder.previews.docker.settings import DockerSettings
from preview_runtime.containers.app.warm import WarmPool
from preview_runtime.containers.beside.database import ProjectDatabase
from preview_runtime.containers.beside.egress import ProjectEgress
from preview_runtime.containers.data.copies import DataCopier
from preview_runtime.containers.data.kept_data import KeptData
from preview_runtime.containers.data.sqlite_files import SqliteFiles
from preview_runtime.containers.docker import capabilities
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits, host_environment
from preview_runtime.containers.dockerfiles.builds import OwnImages
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.jobs import Jobs
from preview_runtime.containers.limits.limit_watch import LimitWatch
from preview_runtime.containers.packages.layers import GIGABYTE, Layers
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.plans.runtimes import Runtime

ANSWER_SECONDS: Final = 3.0


class SharedParts:
    """The parts that all previews of one connection share."""

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, options: DockerSettings, secret: bytes
    ) -> None:
        self.docker = docker
        self.networks = Networks(docker, settings)
        self.slots = Slots(docker, settings, self.networks)
        sizes = dict.fromkeys((Runtime.PYTHON, Runtime.NODE), options.preview_warm)
        self.pool = WarmPool(self.slots, sizes, options.preview_warm_memory_mb * MEGABYTE)
        self.limits = LimitWatch(docker, settings)
        self.registries = Registries(words(options.install_hosts))
        room = options.layers_gigabytes * GIGABYTE
        self.layers = Layers(docker, settings, self.networks, self.registries, limit=room)
        allowed = words(options.dockerfile_images)
        pull = options.dockerfile_pull
        own = OwnImages(docker, settings, self.networks, self.registries, pull=pull, allowed=allowed)
        self.own_images = own if options.dockerfile_build else None
        self.egress = ProjectEgress(docker, settings, self.networks)
        self.databases = ProjectDatabase(docker, settings, self.networks, secret)
        self.copier = DataCopier(self.slots, self.databases)
        self.kept = KeptData(self.slots, self.databases)
        self.sqlite = SqliteFiles(self.slots)
        self.jobs = Jobs(self.slots, pool=self.pool, way_out=self.egress, limits=self.limits)

    async def close(self) -> None:
        """End jobs and networks of this process; running apps stay up."""
        await self.limits.close()
        # If the engine does not remove something here, the reconciler finds it by its labels when the engine answers
        # again.
        with contextlib.suppress(aiodocker.DockerError, aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.jobs.close()
                await self.networks.close()
        await self.docker.close()


class DockerConnection:
    """Made before anything that needs it, opened once an engine answers, and kept from then on. `shared`, `databases`, `sqlite`
    and `ways_out` are None before that, and after `close()`."""

    def __init__(self, settings: DockerSettings) -> None:
        self._options = settings
        # Several installations may share one engine: each sees only the containers with its own label.
        mark = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:8]
        limits = Limits(
            memory=settings.preview_memory_mb * MEGABYTE,
            cpus=settings.preview_cpus,
            disk=settings.preview_disk_mb * MEGABYTE,
            files=settings.preview_files,
        )
        self.settings = ContainerSettings(
            instance=f"sayso-{mark}",
            limits=limits,
            build_memory=settings.preview_build_memory_mb * MEGABYTE,
            runtime=settings.preview_runtime,
            disk_quota=settings.preview_disk_quota,
            router=settings.docker_router,
            environment=host_environment(settings.preview_host),
        )
        self.shared: SharedParts | None = None
        self.databases: DatabaseEngine | None = None
        self.sqlite: SqliteEngine | None = None
        self.ways_out: EgressEngine | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> SharedParts:
        """The parts that all previews share, made once the engine has said which users apps may have in it. Raises ImageError,
        aiodocker.DockerError, TimeoutError."""
        async with self._opening:
            if self.shared is None:
                shared = self.shared = await self._connected()
                self.databases, self.sqlite, self.ways_out = shared.databases, shared.sqlite, shared.egress
            return self.shared

    async def close(self) -> None:
        """Close it; running apps stay up."""
        shared, self.shared = self.shared, None
        self.databases, self.sqlite, self.ways_out = None, None, None
        if shared is not None:
            await shared.close()

    async def _connected(self) -> SharedParts:
        path = self._options.key_file("databases.key")
        secret = await asyncio.to_thread(secret_file, path, lambda: secrets.token_bytes(32))
        docker = catalogue.connect(self._options.docker_host)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self.settings = replace(self.settings, users=await capabilities.users(docker))
        except BaseException:
            await docker.close()
            raise
        return SharedParts(docker, self.settings, self._options, secret)
