"""Containers made in advance: one is given to a project that starts, and the next is made in the background."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.app.usage import usage_of
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.connection import no_answer
from preview_runtime.containers.docker.labels import Role, filters
from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import Slots, marked, own
from preview_runtime.engines import EngineFailed
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
PREFIX: Final = "blank-"
_READY_SECONDS: Final = 60.0
_QUIET_SECONDS: Final = 0.25  # after a start, before others are made: an app that somebody waits for goes first
_LOOK_SECONDS: Final = 5.0  # between checks that waiting containers still run
_ANSWER_SECONDS: Final = 15.0
_AFTER_FAILURE_SECONDS: Final = 10.0
AHEAD_SECONDS: Final = 300.0
_FIRST_GUESS: Final = 100 * MEGABYTE  # what one takes, until one was measured


@dataclass(frozen=True, slots=True)
class Blank:
    """A running container that waits for a project: its slot, its address, and its memory in bytes."""

    slot: str
    runtime: Runtime
    container: DockerContainer
    host: str
    memory: int


class WarmPool:
    """Keeps `sizes` blanks of each runtime, `memory` bytes in all at most, while `run()` runs.

    A blank that ended by itself, or with the engine, is dropped: `run()` looks every few seconds, `take` before it gives
    one away.
    """

    def __init__(self, slots: Slots, sizes: Mapping[Runtime, int], memory: int = 1024 * MEGABYTE) -> None:
        self._slots = slots
        self._sizes = {runtime: size for runtime, size in sizes.items() if runtime in client.COMMANDS and size > 0}
        self._memory = memory
        self._blanks: dict[Runtime, list[Blank]] = {runtime: [] for runtime in self._sizes}
        self._making: set[str] = set()
        self._giving: set[str] = set()
        self._dropped: list[str] = []  # slots that belong to nobody any more and have to be cleared
        self._not_before: dict[Runtime, float] = {}  # time.monotonic(), after a failure
        self._looked = 0.0
        self._starts = 0
        self._change = asyncio.Event()
        self._typical = _FIRST_GUESS

    @property
    def known(self) -> set[str]:
        """The slots of the pool: of waiting containers and of those being made."""
        return self._making | self._giving | {blank.slot for blanks in self._blanks.values() for blank in blanks}

    @property
    def waiting(self) -> dict[Runtime, int]:
        """The number of waiting containers per runtime."""
        return {runtime: len(blanks) for runtime, blanks in self._blanks.items()}

    @contextlib.asynccontextmanager
    async def starting(self) -> AsyncIterator[None]:
        """Hold this during the start of an app: no container is made in advance meanwhile."""
        self._starts += 1
        try:
            yield
        finally:
            self._starts -= 1
            self._change.set()

    async def take(self, runtime: Runtime | None) -> Blank | None:
        """A running container of `runtime`, which belongs to the caller from then on; None when none is ready."""
        blanks = self._blanks.get(runtime) if runtime else None
        while blanks:
            self._change.set()
            blank = blanks.pop(0)
            self._giving.add(blank.slot)
            alive = False
            try:
                # In milliseconds; waiting for the answer of a container that is gone would cost an app seconds.
                async with asyncio.timeout(_ANSWER_SECONDS):
                    alive = bool((await blank.container.show())["State"]["Running"])
            except (aiodocker.DockerError, TimeoutError) as error:
                log.info("A container made in advance cannot be looked at: %s", error)
            finally:
                self._giving.discard(blank.slot)
                if not alive:
                    self._dropped.append(blank.slot)
            if alive:
                return blank
        return None

    async def run(self) -> None:
        """Make missing containers and drop ended ones, until cancelled; then the waiting ones are removed."""
        try:
            while True:
                self._change.clear()
                if self._starts:
                    await self._change.wait()
                    await asyncio.sleep(_QUIET_SECONDS)
                    continue
                try:
                    made = await self._round()
                except Exception as error:  # mostly an engine that went away; the next round may succeed
                    known = isinstance(error, (aiodocker.DockerError, TimeoutError))
                    log.log(
                        logging.INFO if known else logging.ERROR,
                        "The containers made in advance could not be looked after: %r",
                        error,
                        exc_info=None if known else error,
                    )
                    made = False
                if not made:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_LOOK_SECONDS):
                            await self._change.wait()
                    await asyncio.sleep(_QUIET_SECONDS)
        finally:
            await asyncio.shield(self._clear())

    async def _round(self) -> bool:
        """Check the waiting containers once, and make one that is missing; returns whether it tried to."""
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            await self._look()
            self._looked = time.monotonic()
        while self._dropped:
            slot = self._dropped[0]
            try:
                await uncancelled(self._slots.clear(slot, volume=True))
            except aiodocker.DockerError as error:
                if no_answer(error):
                    raise
                # The reconciler tries again: the slot belongs to nobody.
                log.warning("What is left of a container made in advance could not be removed: %s", error)
            self._dropped.remove(slot)
        runtime = self._wanted()
        if runtime is None:
            return False
        try:
            blank = await self._make(runtime)
        except Exception as error:
            self._not_before[runtime] = time.monotonic() + _AFTER_FAILURE_SECONDS
            if not isinstance(error, (aiodocker.DockerError, EngineFailed, client.AgentFailed, TimeoutError, KeyError)):
                raise
            log.info("No %s container could be made in advance: %s", runtime, error)
        else:
            self._blanks[runtime].append(blank)
            self._typical = max(self._typical, blank.memory)
        return True

    async def _look(self) -> None:
        """Drop containers that have ended, and renew the proof for which a start or a wake would otherwise wait."""
        if self._slots.networks.proved_until > time.monotonic():
            with contextlib.suppress(EngineFailed):  # the next start of an app reports it
                await self._slots.networks.prove(ahead=AHEAD_SECONDS)
        wanted = filters(self._slots.settings.instance, role=Role.APP)
        before = {blank.slot for blanks in self._blanks.values() for blank in blanks}
        async with asyncio.timeout(_ANSWER_SECONDS):
            running = {one.id for one in await self._slots.docker.containers.list(filters=json.dumps(wanted))}
        for blanks in self._blanks.values():
            for blank in [*blanks]:
                if blank.slot in before and blank.container.id not in running:
                    log.info("A container made in advance has ended: %s", blank.slot)
                    blanks.remove(blank)
                    self._dropped.append(blank.slot)

    def _wanted(self) -> Runtime | None:
        used = sum(blank.memory for blanks in self._blanks.values() for blank in blanks)
        if used + self._typical > self._memory:
            return None
        now = time.monotonic()
        short = [
            runtime
            for runtime, size in self._sizes.items()
            if len(self._blanks[runtime]) < size and self._not_before.get(runtime, 0.0) <= now
        ]
        return min(short, key=lambda runtime: len(self._blanks[runtime]) / self._sizes[runtime], default=None)

    async def _make(self, runtime: Runtime) -> Blank:
        slots = self._slots
        if await catalogue.missing_images(slots.docker, [runtime]):
            raise EngineFailed(image_missing(runtime))
        image = catalogue.tag(runtime)
        slot = f"{PREFIX}{secrets.token_hex(6)}"
        self._making.add(slot)
        done = False
        try:
            await slots.networks.prove()
            network = await slots.networks.ensure(slot)
            await slots.ensure_layers()
            await slots.ensure_volume(slot)
            configuration = blank_container(slots, slot, runtime, image, network)
            container = await slots.create(slot, configuration, named=False)
            await own(container, WORK_FOLDER, slots.user(slot), named=True)
            await container.start()
            host = str((await container.show())["NetworkSettings"]["Networks"][network]["IPAddress"])
            await client.ready(host, seconds=_READY_SECONDS)
            memory = int((await usage_of(container)).memory)
            done = True
            return Blank(slot, runtime, container, host, memory)
        finally:
            if not done:
                self._dropped.append(slot)
            self._making.discard(slot)

    async def _clear(self) -> None:
        left = [*self._dropped, *(blank.slot for blanks in self._blanks.values() for blank in blanks)]
        self._dropped.clear()
        for blanks in self._blanks.values():
            blanks.clear()
        for slot in left:
            try:
                await self._slots.clear(slot, volume=True)
            except Exception as error:  # each separately: the next process, or the reconciler, finds what stays
                log.info("What is left of a container made in advance could not be removed: %r", error)


def blank_container(slots: Slots, slot: str, runtime: Runtime, image: str, network: str) -> dict[str, Any]:
    """The configuration of a container that waits, or waited, for a project."""
    settings = slots.settings
    command = client.COMMANDS[runtime]
    title = slots.title(slot)
    return marked(policy.app_container(image, command, slot, network, title, settings, policy.BASE_ENVIRONMENT))
