"""Keeps the data with which a preview begins, and brings them back as often as it begins again.

A container of ours waits beside the app for as long as that goes on: a copy by a command in it takes a fifth of what a
container of its own would. It has no network, and the app does not reach what is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from aiodocker.containers import DockerContainer

from preview_runtime.containers.beside.database import ProjectDatabase
from preview_runtime.containers.data import volume_copy
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import PRIVATE_FOLDER
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_SECONDS: Final = 60.0
# What is installed or built is made of the files, and is the same each time.
_STAYS: Final = (
    *(PRIVATE_FOLDER, "node_modules", ".venv", "venv", "__pycache__", "target"),
    *(".next", ".nuxt", ".output", ".svelte-kit", ".astro", ".angular"),
)


class KeptData:
    """One object for all previews of an engine. Methods raise `EngineFailed`, aiodocker.DockerError."""

    def __init__(self, slots: Slots, databases: ProjectDatabase) -> None:
        self._slots, self._databases = slots, databases

    async def keep(self, slot: str, project: str) -> None:
        """Keep the data that are there; no app runs yet. What was kept before is dropped."""
        slots = self._slots
        if await catalogue.missing_images(slots.docker, [Runtime.PYTHON]):
            raise EngineFailed(image_missing(Runtime.PYTHON))
        title = slots.title(slot, Role.COPY)
        await slots.delete_containers(slot, Role.COPY)
        await slots.ensure_volume(slot)
        # Labelled with the slot, and so removed with the rest of it.
        await uncancelled(slots.docker.volumes.create(policy.volume(slot, title, slots.settings)))
        volumes = [(slots.title(slot), "/app", False), (title, "/kept", False)]
        image = catalogue.tag(Runtime.PYTHON)
        config = policy.copying_container(image, ["sleep", "infinity"], slot, volumes, slots.settings)
        container = await slots.create(slot, config, Role.COPY)
        await uncancelled(container.start())
        await self._copy(container, [["/app", "/kept", None]], {})
        await self._databases.keep(project)

    async def bring_back(self, slot: str, project: str) -> None:
        """Replace the data with those that are kept; the app does not run."""
        container = await self._slots.find(slot, Role.COPY)
        if container is None:
            raise EngineFailed(_not_there())
        await self._copy(container, [["/kept", "/app", self._slots.user(slot)]], {"stays": _STAYS})
        await self._databases.bring_back(project)

    async def _copy(self, container: DockerContainer, pairs: Sequence[Any], asked: dict[str, Any]) -> None:
        script = await asyncio.to_thread(Path(volume_copy.__file__).read_text, "utf-8")
        command = ["python3", "-I", "-S", "-c", script, json.dumps(pairs), json.dumps(asked)]
        done = await execute(container, command, seconds=_SECONDS)
        if done.code:
            log.warning("Kept data could not be copied: %s %s", done.code, done.output[-500:])
            raise EngineFailed(_not_there(done.output[-500:]))


def _not_there(said: str = "") -> Fault:
    return Fault(FaultKind.PLATFORM, "data_not_copied", Phrase("fault.data_not_copied.kept"), frame=said)
