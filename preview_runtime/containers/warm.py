"""Containers made in advance: one is given to a project that starts, and the next is made in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers import images, policy
from preview_runtime.containers.agents import client
from preview_runtime.containers.images import Runtime
from preview_runtime.containers.policy import MEGABYTE
from preview_runtime.containers.settled import settled
from preview_runtime.containers.slots import Slots, delete, marked
from preview_runtime.engines import EngineFailed

log = logging.getLogger(__name__)
PREFIX: Final = "blank-"
_READY_SECONDS: Final = 60.0
_QUIET_SECONDS: Final = 0.25  # after a start: the app that somebody waits for goes first
_AFTER_FAILURE_SECONDS: Final = 10.0
_FIRST_GUESS: Final = 100 * MEGABYTE  # of what one takes, until one was measured


@dataclass(frozen=True, slots=True)
class Blank:
    """A running container that waits for a project: its slot, its address, and what it takes in bytes."""

    slot: str
    runtime: Runtime
    container: DockerContainer
    host: str
    memory: int


class WarmPool:
    """Keeps `sizes` blanks of each runtime, `memory` bytes in all at most, while `run()` runs."""

    def __init__(self, slots: Slots, sizes: Mapping[Runtime, int], memory: int = 1024 * MEGABYTE) -> None:
        self._slots = slots
        self._sizes = {runtime: size for runtime, size in sizes.items() if runtime in client.COMMANDS and size > 0}
        self._memory = memory
        self._blanks: dict[Runtime, list[Blank]] = {runtime: [] for runtime in self._sizes}
        self._making: set[str] = set()
        self._starts = 0
        self._change = asyncio.Event()
        self._typical = _FIRST_GUESS

    @property
    def known(self) -> set[str]:
        """The slots that are the pool's own: those that wait and those that are being made."""
        return self._making | {blank.slot for blanks in self._blanks.values() for blank in blanks}

    @property
    def waiting(self) -> dict[Runtime, int]:
        """How many blanks of each runtime wait."""
        return {runtime: len(blanks) for runtime, blanks in self._blanks.items()}

    @contextlib.asynccontextmanager
    async def starting(self) -> AsyncIterator[None]:
        """Around the start of an app: no blank is made meanwhile."""
        self._starts += 1
        try:
            yield
        finally:
            self._starts -= 1
            self._change.set()

    def take(self, runtime: Runtime | None) -> Blank | None:
        """A blank of `runtime`, which is the caller's from now on; None where none is ready."""
        blanks = self._blanks.get(runtime) if runtime else None
        if not blanks:
            return None
        self._change.set()
        return blanks.pop(0)

    async def run(self) -> None:
        """Make blanks as they are missing, until cancelled; those that wait are removed then."""
        try:
            while True:
                self._change.clear()
                runtime = self._wanted()
                if runtime is None or self._starts:
                    await self._change.wait()
                    await asyncio.sleep(_QUIET_SECONDS)
                    continue
                try:
                    blank = await self._make(runtime)
                except (aiodocker.DockerError, EngineFailed, client.AgentFailed, TimeoutError, KeyError) as error:
                    log.info("No %s container could be made in advance: %s", runtime, error)
                    await asyncio.sleep(_AFTER_FAILURE_SECONDS)
                else:
                    self._blanks[runtime].append(blank)
                    self._typical = max(self._typical, blank.memory)
        finally:
            await asyncio.shield(self._clear())

    def _wanted(self) -> Runtime | None:
        used = sum(blank.memory for blanks in self._blanks.values() for blank in blanks)
        if used + self._typical > self._memory:
            return None
        short = [runtime for runtime, size in self._sizes.items() if len(self._blanks[runtime]) < size]
        return min(short, key=lambda runtime: len(self._blanks[runtime]) / self._sizes[runtime], default=None)

    async def _make(self, runtime: Runtime) -> Blank:
        slots = self._slots
        image = images.tag(runtime)
        slot = f"{PREFIX}{secrets.token_hex(6)}"
        self._making.add(slot)
        done = False
        try:
            await slots.networks.prove()
            network = await slots.networks.ensure(slot)
            await slots.ensure_layers()
            await slots.ensure_volume(slot)
            container = await slots.create(slot, blank_container(slots, slot, runtime, image, network))
            await container.start()
            host = str((await container.show())["NetworkSettings"]["Networks"][network]["IPAddress"])
            await client.ready(host, seconds=_READY_SECONDS)
            memory = int((await usage_of(container)).memory)
            done = True
            return Blank(slot, runtime, container, host, memory)
        finally:
            if not done:
                with contextlib.suppress(aiodocker.DockerError):
                    await settled(slots.clear(slot, volume=True))
            self._making.discard(slot)

    async def _clear(self) -> None:
        for blanks in self._blanks.values():
            while blanks:
                blank = blanks.pop()
                with contextlib.suppress(aiodocker.DockerError, TimeoutError):
                    await delete(blank.container)
                    await self._slots.clear(blank.slot, volume=True)


def blank_container(slots: Slots, slot: str, runtime: Runtime, image: str, network: str) -> dict[str, Any]:
    """The configuration of a container that waits for a project, or waited for it."""
    settings = slots.settings
    command = client.COMMANDS[runtime]
    title = slots.title(slot)
    return marked(policy.app_container(image, command, slot, network, title, settings, policy.BASE_ENVIRONMENT))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a container uses at this moment. `cpu` in seconds since its start, `memory` and `limit` in bytes without the
    cache of files, `received` and `sent` in bytes, `processes` with their threads."""

    cpu: float
    memory: int
    limit: int
    received: int
    sent: int
    processes: int


async def usage_of(container: DockerContainer) -> Usage:
    """Asks the engine once, without the second that it would wait for a difference. Raises aiodocker.DockerError."""
    wanted = {"stream": "0", "one-shot": "1"}
    found = await container.docker._query_json(f"containers/{container.id}/stats", params=wanted)
    memory = found.get("memory_stats") or {}
    stats = memory.get("stats") or {}
    cache = int(stats.get("total_inactive_file", stats.get("inactive_file", 0)))  # cgroup v1, v2
    networks = (found.get("networks") or {}).values()
    return Usage(
        cpu=int(((found.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage", 0)) / 1e9,
        memory=max(int(memory.get("usage", 0)) - cache, 0),
        limit=int(memory.get("limit", 0)),
        received=sum(int(one.get("rx_bytes", 0)) for one in networks),
        sent=sum(int(one.get("tx_bytes", 0)) for one in networks),
        processes=int((found.get("pids_stats") or {}).get("current", 0)),
    )
