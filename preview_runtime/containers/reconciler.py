"""Removes things in the engine that belong to nobody; it never starts anything, and touches nothing that is known.

A killed process leaves half-made containers, blanks that nobody will take, and networks without a container. Each pass
asks what is known (the stored states, the working engines, the pool), and leaves things alone that are younger than the
longest start: they may be part of one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import aiodocker

from preview_runtime.containers.app.warm import PREFIX
from preview_runtime.containers.docker.connection import no_answer, silent
from preview_runtime.containers.docker.labels import PROJECT, ROLE, Role, filters, sidecar_owner
from preview_runtime.containers.isolation.slots import Slots, delete, delete_volume

log = logging.getLogger(__name__)
GRACE_SECONDS: Final = 120.0
_EVERY_SECONDS: Final = 60.0
REMOVAL_SECONDS: Final = 60.0
_REST_SECONDS: Final = 900.0  # seconds: a removal that hung will hang again, and everything else would wait for it
_PASS_SECONDS: Final = 300.0  # an engine behind a network that is gone would block a pass for ever
# An install of a layer, a build of an image and a copy of data finish within this time; no preview's state names them.
_WORK_SECONDS: Final = 1200.0


@dataclass(frozen=True, slots=True)
class Known:
    """What belongs to somebody. `slots` keep their container and network. Existing `projects` keep their data, whether
    they run or not, and their sidecars: a database may be inspected while no app runs."""

    slots: frozenset[str]
    projects: frozenset[str]
    deleted: frozenset[str] = frozenset()
    """The projects that a person deleted and may still restore: things that can be rebuilt may be removed."""

    @property
    def present(self) -> frozenset[str]:
        """The projects that keep things that can be rebuilt: their images."""
        return (self.projects | self.slots) - self.deleted


@dataclass(slots=True)
class Removed:
    """The things that a pass removed, by name."""

    containers: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.containers or self.networks or self.volumes)


class Reconciler:
    """Compares the engine with what is known."""

    def __init__(self, slots: Slots, known: Callable[[], Awaitable[Known]]) -> None:
        self._slots = slots
        self._known = known
        self._rests: dict[str, float] = {}  # a removal that hung → time.monotonic() from which it is tried again

    async def run(self) -> None:
        """A pass every minute, until cancelled; an engine that does not answer is asked again at the next."""
        while True:
            try:
                async with asyncio.timeout(_PASS_SECONDS):
                    await self.once()
            except (aiodocker.DockerError, TimeoutError) as error:
                log.info("What is left in the engine could not be looked at: %s", error)
            except Exception:  # one failed pass must not end the loop: the next may succeed
                log.exception("What is left in the engine could not be looked at")
            await asyncio.sleep(_EVERY_SECONDS)

    async def once(self, *, grace: float = GRACE_SECONDS, only_blanks: bool = False) -> Removed:
        """One pass over what is older than `grace` seconds. Raises aiodocker.DockerError when the engine is gone.

        `only_blanks`: remove containers made in advance, however young; for a process that has made none yet.
        """
        docker, wanted = self._slots.docker, filters(self._slots.settings.instance)
        removed = Removed()
        before = time.time() - (0.0 if only_blanks else grace)
        # The existing things are listed first, and then the known ones are asked for: so a new thing is in neither list
        # or in both.
        containers = await docker.containers.list(all=1, filters=json.dumps(wanted))
        networks = await docker.networks.list(filters=wanted)
        volumes = (await docker.volumes.list(filters=wanted))["Volumes"] or []
        known = await self._known()
        if only_blanks:
            containers = [container for container in containers if container["Labels"][PROJECT].startswith(PREFIX)]
            networks = [network for network in networks if network["Labels"][PROJECT].startswith(PREFIX)]
            volumes = [volume for volume in volumes if volume["Labels"][PROJECT].startswith(PREFIX)]
        for container in containers:
            late = before - _at_work(container["Labels"])
            if not _has_a_right(container["Labels"], known) and float(container["Created"]) <= late:
                title = container["Names"][0].lstrip("/")
                await self._each(delete(container), title, removed.containers)
        for network in networks:
            late = before - _at_work(network["Labels"])
            if not _has_a_right(network["Labels"], known) and _seconds(network["Created"]) <= late:
                gone = self._slots.networks.remove(network["Labels"][PROJECT])
                await self._each(gone, network["Name"], removed.networks)
        for volume in volumes:
            if _seconds(volume["CreatedAt"]) <= before and _nobodys(volume["Labels"], known):
                await self._each(delete_volume(docker, volume["Name"]), volume["Name"], removed.volumes)
        if removed:
            log.info("Removed what was left in the engine: %s", removed)
        return removed

    async def _each(self, removal: Coroutine[Any, Any, None], title: str, removed: list[str]) -> None:
        """One removal. A refusal of the engine does not stop the pass; the next pass tries again. A removal that hangs
        is not retried for a while."""
        if self._rests.get(title, 0.0) > time.monotonic():
            removal.close()
            return
        try:
            async with asyncio.timeout(REMOVAL_SECONDS):
                await removal
        except (TimeoutError, aiodocker.DockerError) as error:
            if no_answer(error) and not isinstance(error, TimeoutError):
                raise
            if isinstance(error, TimeoutError) or silent(error):
                self._rests[title] = time.monotonic() + _REST_SECONDS
            log.warning("%s is nobody's and could not be removed: %s", title, error or "Docker does not answer")
        else:
            self._rests.pop(title, None)
            removed.append(title)


def _has_a_right(labels: Mapping[str, str], known: Known) -> bool:
    """Whether a container or a network belongs to somebody."""
    if owner := sidecar_owner(labels[PROJECT]):
        return owner in known.projects
    return labels[PROJECT] in known.slots


def _at_work(labels: Mapping[str, str]) -> float:
    """How much longer (seconds) a thing with these labels may be part of a start."""
    return _WORK_SECONDS if labels.get(ROLE) in (Role.INSTALL, Role.LAYERS, Role.COPY) else 0.0


def _nobodys(labels: Mapping[str, str], known: Known) -> bool:
    """Whether a volume's data belongs to nobody. That is possible only for a volume made in advance, or for a project
    that is gone."""
    if labels.get(ROLE) == Role.LAYERS:
        return False
    if owner := sidecar_owner(labels[PROJECT]):
        return owner not in known.projects
    slot = labels[PROJECT]
    return slot not in known.slots and (slot.startswith(PREFIX) or slot not in known.projects)


def _seconds(when: Any) -> float:
    """An engine's time, with or without nanoseconds, as seconds since 1970."""
    text = str(when)
    whole, _, rest = text.partition(".")
    zone = "" if not rest else rest.lstrip("0123456789")
    try:
        return datetime.fromisoformat((whole + zone).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return time.time()
