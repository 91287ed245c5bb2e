"""A place in the engine for one preview: a container, a network and a volume of one name.

A slot is named after its project, or, if it was made in advance, after nobody. The engine fixes labels at creation, so
only the preview's state tells to which project such a slot was given.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer
from aiodocker.volumes import DockerVolume

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.archive import archive
from preview_runtime.containers.docker.connection import no_answer
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.labels import CONFIGURATION, USER, Role, filters, is_named, name, ours
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.isolation.networks import Networks, taken
from preview_runtime.engines import EngineFailed
from preview_runtime.uncancelled import uncancelled

NOT_FOUND: Final = 404
CONFLICT: Final = 409
# A container that is being removed keeps its endpoint, and its volume, a moment longer.
_WAITS: Final = (0.05, 0.2, 0.5, 1.0)


class Slots:
    """Makes and removes the parts of slots. One object for all previews of an engine."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings, networks: Networks) -> None:
        self.docker = docker
        self.settings = settings
        self.networks = networks
        self._layers = asyncio.Lock()
        self._layers_made = False

    def title(self, slot: str, role: Role = Role.APP) -> str:
        """The name of the slot's container, network and volume in the engine."""
        return name(self.settings.instance, slot, role)

    def user(self, slot: str) -> int:
        """The user as which the slot's app runs, and who owns the files in its volume."""
        return self.settings.users.of(self.title(slot))

    async def find(self, slot: str, role: Role = Role.APP) -> DockerContainer | None:
        """The slot's container, by its labels and its name."""
        wanted = filters(self.settings.instance, slot, role)
        found = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        return next((one for one in found if is_named(one._container, self.title(slot, role))), None)

    async def ensure_volume(self, slot: str) -> bool:
        """Make the slot's volume if it is missing; returns whether it had to be made. Raises `EngineFailed` when its
        name is taken by somebody else."""
        title = self.title(slot)
        try:
            found = await (await self.docker.volumes.get(title)).show()
        except aiodocker.DockerError as error:
            if error.status != NOT_FOUND:
                raise
            await uncancelled(self.docker.volumes.create(policy.volume(slot, title, self.settings)))
            return True
        if not ours(found.get("Labels"), self.settings.instance, slot):
            raise EngineFailed(taken(title))
        return False

    async def is_moved(self, slot: str) -> bool:
        """Whether all files in the slot's volume have belonged to its user since the volume was made."""
        shown = await (await self.docker.volumes.get(self.title(slot))).show()
        return (shown.get("Labels") or {}).get(USER) == str(self.user(slot))

    async def has_volume(self, slot: str) -> bool:
        """Whether the slot has data already."""
        try:
            await (await self.docker.volumes.get(self.title(slot))).show()
        except aiodocker.DockerError as error:
            if error.status == NOT_FOUND:
                return False
            raise
        return True

    async def ensure_layers(self) -> str:
        """The name of the volume with the dependency layers, made if it is missing."""
        title = policy.layers_volume(self.settings)
        async with self._layers:
            if not self._layers_made:
                # Creating an existing volume again leaves it as it is.
                await uncancelled(self.docker.volumes.create(policy.layers(self.settings)))
                self._layers_made = True
        return title

    async def create(
        self, slot: str, config: Mapping[str, Any], role: Role = Role.APP, *, named: bool = True
    ) -> DockerContainer:
        """Create the slot's container; `named` as in `creation.create`. Raises `EngineFailed` when its name is taken by
        somebody else."""
        title = self.title(slot, role)
        try:
            return await create(self.docker, config, title, named=named)
        except aiodocker.DockerError as error:
            if error.status == CONFLICT:
                raise EngineFailed(taken(title)) from error
            raise

    async def clear(self, slot: str, role: Role | None = None, *, volume: bool = False) -> None:
        """Remove the slot's containers and networks (of `role`, or all), and with `volume` its volume.

        A refusal of the engine does not keep the others from being removed; the first refusal is raised at the end.
        """
        refused: list[aiodocker.DockerError] = []
        removals: list[Callable[[], Awaitable[None]]] = [
            lambda: self.delete_containers(slot, role),
            lambda: self.networks.remove(slot, role),
        ]
        if volume:
            removals.append(lambda: self._delete_volumes(slot))
        for removal in removals:
            try:
                await removal()
            except aiodocker.DockerError as error:
                if no_answer(error):
                    raise
                refused.append(error)
        if refused:
            raise refused[0]

    async def delete_containers(self, slot: str, role: Role | None = None) -> None:
        """Remove the slot's containers (of `role`, or all), running or not."""
        wanted = filters(self.settings.instance, slot, role)
        for container in await self.docker.containers.list(all=1, filters=json.dumps(wanted)):
            if any(is_named(container._container, self.title(slot, one)) for one in ([role] if role else Role)):
                await delete(container)

    async def _delete_volumes(self, slot: str) -> None:
        found = await self.docker.volumes.list(filters=filters(self.settings.instance, slot))
        for one in found["Volumes"] or ():
            await delete_volume(self.docker, str(one["Name"]))


async def delete(container: DockerContainer) -> None:
    """Remove a container; it is no error when it is gone. If an earlier request is removing it, wait for that a
    little."""
    await _deleted(lambda: container.delete(force=True, v=True), must_go=False)


async def delete_volume(docker: aiodocker.Docker, title: str) -> None:
    """Remove a volume; it is no error when it is gone. Raises aiodocker.DockerError (`CONFLICT`) when it stays in
    use."""
    await _deleted(DockerVolume(docker, title).delete, must_go=True)


async def own(container: DockerContainer, folder: str, user: int, *, named: bool = False) -> None:
    """Give the folder `folder` of a volume, in a container that does not run, to `user` alone. `named`: bring the names
    of its users as well, see `creation.create`."""
    await container.put_archive(folder, archive({}, user, time.time(), folder=folder, named=named))


def marked(config: dict[str, Any]) -> dict[str, Any]:
    """`config` with its digest as a label: a container is reused only if it would be made in the same way again."""
    mark = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:16]
    config["Labels"][CONFIGURATION] = mark
    return config


async def _deleted(delete: Callable[[], Awaitable[Any]], *, must_go: bool) -> None:
    """Delete until it is gone. A thing in use is retried for a moment, and is then an error if it `must_go`."""
    for wait in (*_WAITS, 0.0):
        try:
            await delete()
        except aiodocker.DockerError as error:
            if error.status == NOT_FOUND or (error.status == CONFLICT and not wait and not must_go):
                return
            if error.status != CONFLICT or not wait:
                raise
            await asyncio.sleep(wait)
        else:
            return
