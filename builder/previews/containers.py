"""Container engines for `ServerPreviews`, where a Docker Engine answers and its images are built."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Final

import aiodocker
import aiohttp

from builder.errors import Conflict
from builder.previews.server_engine import Keep, Say, ServerEngine
from builder.settings import Settings
from builder.texts import t
from preview_runtime.containers import images
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.policy import MEGABYTE, ContainerSettings, Limits

log = logging.getLogger(__name__)
_ANSWER_SECONDS: Final = 3.0
_LOOK_AGAIN_SECONDS: Final = 30.0
# While there is none: what ran is to be found again soon after the engine answers.
_MISSING_SECONDS: Final = 2.0


class ContainerEngines:
    """One connection to the engine, shared by all previews. `why_not` and `runtimes`, whose images are built,
    are kept up to date while `run()` runs."""

    def __init__(self, settings: Settings) -> None:
        self.why_not = t("engine.no_docker")
        self.runtimes: frozenset[images.Runtime] = frozenset()
        self._address = settings.docker_host or None
        # Several installations may share one engine: each only ever sees what carries its own name.
        mark = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:8]
        limits = Limits(memory=settings.preview_memory_mb * MEGABYTE, cpus=settings.preview_cpus)
        self._settings = ContainerSettings(instance=f"sayso-{mark}", limits=limits)
        self._docker: aiodocker.Docker | None = None
        self._networks: Networks | None = None

    async def look(self) -> None:
        """Find out whether containers can run now."""
        self.why_not = await self._missing()

    async def run(self) -> None:
        """Look again from time to time: an engine may be started, or its images built, while Sayso runs."""
        while True:
            await asyncio.sleep(_MISSING_SECONDS if self.why_not else _LOOK_AGAIN_SECONDS)
            await self.look()

    async def close(self) -> None:
        """End the connection; what runs goes on."""
        if self._docker is not None:
            await self._docker.close()
            self._docker = self._networks = None

    def engine(self, project_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine:
        """The engine of one project. Raises Conflict (`no_engine`) while none can run."""
        if self.why_not or self._docker is None or self._networks is None:
            raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=project_id)
        return ContainerEngine(self._docker, project_id, self._settings, networks=self._networks, keep=keep, say=say)

    async def _missing(self) -> str:
        try:
            if self._docker is None:
                self._docker = aiodocker.Docker(self._address) if self._address else images.connect()
                self._networks = Networks(self._docker, self._settings)
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._docker.version()
                missing = await images.missing_images(self._docker)
        except (
            images.ImageError,
            aiodocker.DockerError,
            aiohttp.ClientError,
            OSError,
            ValueError,
            TimeoutError,
        ) as error:
            # The connection is kept, for the previews that hold it: it serves them again when the engine is back.
            log.debug("No Docker Engine answers: %r", error)
            return t("engine.no_docker")
        self.runtimes = frozenset(images.Runtime) - frozenset(missing)
        return t("engine.no_images") if len(missing) == len(images.Runtime) else ""
