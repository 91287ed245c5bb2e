"""Container engines for `ServerPreviews`, available when a Docker Engine answers and its images are built."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import aiodocker
import aiohttp

from builder.base.errors import Conflict
from builder.previews.data.copies import Copier
from builder.previews.docker.connection import ANSWER_SECONDS, DockerConnection
from builder.previews.docker.sidecars import ProjectSidecars
from builder.previews.docker.upkeep import MISSING_SECONDS, EngineUpkeep
from builder.previews.engine import Keep, ServerEngine
from builder.texts import said, t
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.data.copies import DataCopier
from preview_runtime.containers.docker import capabilities
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.limits import disk_watch
from preview_runtime.containers.reconciler import Known
from preview_runtime.phrases import Phrase, Say
from preview_runtime.plans.runtimes import Runtime, Sidecar

log = logging.getLogger(__name__)
_LOOK_AGAIN_SECONDS: Final = 30.0


class _Copier:
    def __init__(self, copies: DataCopier) -> None:
        self._copies = copies

    async def copy(
        self, source: ServerEngine, target: str, tell: Callable[[int, int], None], most: int | None = None
    ) -> None:
        if isinstance(source, ContainerEngine):
            await self._copies.copy(source, target, tell, most)


class ContainerEngines:
    """The engines of all previews, over one connection. `why_not` and `runtimes`, whose images are built, are kept up to
    date while `run()` runs."""

    def __init__(self, connection: DockerConnection, sidecars: ProjectSidecars) -> None:
        self._connection, self.sidecars = connection, sidecars
        self.why_not: Phrase | None = Phrase("engine.no_docker")
        self.runtimes: frozenset[Runtime] = frozenset()
        self.has_postgres = False
        self._blind: Phrase | None = None
        self._quotas: bool | None = None  # whether the engine has them; None until it was tried
        self._upkeep: EngineUpkeep | None = None

    @property
    def instance(self) -> str:
        """The label of everything in the engine that belongs to this data directory."""
        return self._connection.settings.instance

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk use of previews is measured seldom or not at all; None when it is measured all the time."""
        if self._connection.settings.disk_quota or self._connection.shared is None:
            return None
        return self._connection.shared.limits.disk.why_blind or self._blind

    async def look(self) -> None:
        """Find out whether containers can run now."""
        self.why_not = await self._missing()

    async def run(self, known: Callable[[], Awaitable[Known]]) -> None:
        """Look again from time to time: an engine may be started, or its images built, while Sayso runs. `known()`
        returns the existing slots and projects; it is called before anything is removed."""
        while True:
            if not self.why_not and self._connection.shared and self._upkeep is None:
                self._upkeep = EngineUpkeep(self._connection.shared, known)
            await asyncio.sleep(MISSING_SECONDS if self.why_not else _LOOK_AGAIN_SECONDS)
            await self.look()

    async def close(self) -> None:
        """Close the connection; running apps stay up."""
        if self._upkeep is not None:
            await self._upkeep.close()
            self._upkeep = None
        await self._connection.close()

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine:
        """The engine of one runnable. Raises Conflict (`no_engine`) while none can run."""
        shared = self._connection.shared
        if self.why_not or shared is None:
            raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=runnable_id)
        return ContainerEngine(
            shared.docker,
            runnable_id,
            self._connection.settings,
            networks=shared.networks,
            parts=EngineParts(
                pool=shared.pool,
                registries=shared.registries,
                layers=shared.layers,
                own_images=shared.own_images,
                sidecars=self.sidecars,
                limits=shared.limits,
                kept=shared.kept,
            ),
            keep=keep,
            say=say,
        )

    def copier(self) -> Copier:
        """Copies the data of apps. Raises Conflict (`no_engine`) while nothing can run containers."""
        shared = self._connection.shared
        if self.why_not or shared is None:
            raise Conflict(t("server.none", why=self.why_not), code="no_engine")
        return _Copier(shared.copier)

    async def _missing(self) -> Phrase | None:
        try:
            shared = await self._connection.open()
            settings = self._connection.settings
            async with asyncio.timeout(ANSWER_SECONDS):
                await shared.docker.version()
                missing = await catalogue.missing_images(shared.docker, (*Runtime, *Sidecar))
                blind = await disk_watch.blindness(shared.docker)
                if not await capabilities.has_runtime(shared.docker, settings.runtime):
                    return Phrase("engine.no_runtime", {"runtime": settings.runtime})
                if settings.disk_quota and not self._quotas:
                    self._quotas = await capabilities.has_quotas(shared.docker, settings)
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
        if blind != self._blind and blind and not settings.disk_quota:
            log.warning("%s", said(blind))
        self._blind = blind
        self.runtimes = frozenset(Runtime) - frozenset(missing)
        self.has_postgres = Sidecar.POSTGRES not in missing
        return Phrase("engine.no_images") if not self.runtimes else None
