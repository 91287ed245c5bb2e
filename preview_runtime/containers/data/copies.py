"""Copies the stored data of a project's app, files and database, to another preview.

Both are paused while their volumes are copied: the copy is the state of one moment, as after a power failure, which
SQLite and PostgreSQL can recover from. Passwords, addresses and networks are not copied: the copy has its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, Protocol

import aiodocker

from preview_runtime.containers.beside.database import ProjectDatabase
from preview_runtime.containers.data import volume_copy
from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.container_job import JobTerms, begin
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_LONGEST_SECONDS: Final = 900.0
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Tell = Callable[[int, int], None]
"""Called with the number of bytes copied so far, and in all."""


class Source(Protocol):
    """The engine of the source; see `preview_runtime.containers.engine.ContainerEngine`."""

    project: str

    def standing_still(self) -> contextlib.AbstractAsyncContextManager[str]: ...


class DataCopier:
    """One object for all previews of an engine."""

    def __init__(self, slots: Slots, databases: ProjectDatabase) -> None:
        self._slots, self._databases = slots, databases

    async def copy(self, source: Source, target: str, tell: Tell, most: int | None = None) -> None:
        """Replace the data of `target`, which does not run, with a copy of those of `source`; `most` bytes at most.

        If the source has no data, the target has none either. Raises `EngineFailed`; then `target` has no data.
        """
        async with _faults(), self._databases.closed(target):
            if await catalogue.missing_images(self._slots.docker, [Runtime.PYTHON]):
                raise EngineFailed(image_missing(Runtime.PYTHON))
            await self._slots.delete_containers(target, Role.COPY)  # of an interrupted copy
            try:
                async with source.standing_still() as slot, self._databases.standing_still(source.project) as database:
                    pairs: list[tuple[str, str, int | None]] = []
                    if await self._slots.has_volume(slot):
                        await self._slots.ensure_volume(target)
                        pairs.append((self._slots.title(slot), self._slots.title(target), self._slots.user(target)))
                    if database:
                        pairs.append((database, await self._databases.make_volume(target), None))
                    if pairs:
                        await self._copied(target, pairs, tell, most)
            except BaseException:
                await uncancelled(self._emptied(target))
                raise

    async def _copied(
        self, target: str, pairs: list[tuple[str, str, int | None]], tell: Tell, most: int | None
    ) -> None:
        mounts = [(f"/from/{n}", f"/to/{n}", owner) for n, (*_, owner) in enumerate(pairs)]
        script = await asyncio.to_thread(Path(volume_copy.__file__).read_text, "utf-8")
        asked = {} if most is None else {"most": most}
        command = ["python3", "-I", "-S", "-c", script, json.dumps(mounts), json.dumps(asked)]
        volumes = [
            (name, place, read_only)
            for names, places in zip(pairs, mounts, strict=True)
            for name, place, read_only in zip(names[:2], places[:2], (True, False), strict=True)
        ]
        config = policy.copying_container(catalogue.tag(Runtime.PYTHON), command, target, volumes, self._slots.settings)
        said: dict[str, Any] = {}

        def hear(_stream: str, line: bytes) -> None:
            nonlocal said
            with contextlib.suppress(ValueError):
                said = json.loads(line)
            if "total" in said:
                tell(said["done"], said["total"])

        terms, title = JobTerms(_LONGEST_SECONDS, hear=hear), self._slots.title(target, Role.COPY)
        async with await begin(self._slots.docker, config, terms, title=title) as job:
            code = await job.exit_code()
        if code:
            if said.get("code") == volume_copy.TOO_LARGE:
                much = Phrase("fault.data_not_copied.too_large", {"megabytes": (most or 0) // MEGABYTE})
                raise EngineFailed(Fault(FaultKind.PLATFORM, "data_too_large", much))
            log.warning("The data of %s could not be copied: %s %s", target, code, said)
            full = said.get("code") in _FULL
            why = Phrase("fault.data_not_copied.full") if full else Phrase("fault.data_not_copied.damaged")
            raise EngineFailed(Fault(FaultKind.PLATFORM, "data_not_copied", why, frame=str(said)[:500]))

    async def _emptied(self, target: str) -> None:
        """Remove half-made copies; if the engine is gone, the next copy begins with that."""
        with contextlib.suppress(aiodocker.DockerError, TimeoutError):
            await self._slots.delete_containers(target, Role.COPY)
            await self._slots.clear(target, volume=True)
            await self._databases.drop_volume(target)


@contextlib.asynccontextmanager
async def _faults() -> AsyncIterator[None]:
    try:
        yield
    except (aiodocker.DockerError, TimeoutError) as error:
        raise EngineFailed(faults.platform(error)) from error
