"""Keeps a command's start and a container's freeze apart.

An engine that freezes a container in the moment in which a command begins there waits for that command's process for
ever, and with it every later request about the container (seen with Docker 20.10 and containerd 1.6). Whatever starts
a command or freezes a container does it through here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

import aiodocker
from aiodocker.containers import DockerContainer

_THAW_TRIES = 5

_gates: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


def _gate(container_id: str) -> asyncio.Lock:
    # A lock belongs to the loop that waited for it first.
    key = (id(asyncio.get_running_loop()), container_id)
    lock = _gates.get(key)
    if lock is None:
        lock = _gates[key] = asyncio.Lock()
    return lock


@contextlib.asynccontextmanager
async def starting(container_id: str) -> AsyncIterator[None]:
    """Around the start of a command in a container: nothing freezes the container meanwhile."""
    async with _gate(container_id):
        yield


async def freeze(container: DockerContainer) -> None:
    """Freeze all processes of `container`, until `thaw`. Raises aiodocker.DockerError."""
    async with _gate(container.id):
        await container.pause()


async def thaw(container: DockerContainer) -> None:
    """Let a frozen container go on; one that is not frozen, or gone, is no error."""
    async with _gate(container.id):
        await _unpause(container)


@contextlib.asynccontextmanager
async def frozen(container: DockerContainer) -> AsyncIterator[None]:
    """Hold a container still for a moment; it goes on afterwards, whatever happened."""
    async with _gate(container.id):
        await container.pause()
        try:
            yield
        finally:
            await asyncio.shield(_unpause(container))


async def _unpause(container: DockerContainer) -> None:
    for attempt in range(_THAW_TRIES):
        try:
            await container.unpause()
        except aiodocker.DockerError as error:
            if error.status in (404, 409) or "not paused" in error.message.lower():
                return
            if attempt == _THAW_TRIES - 1:
                raise
            await asyncio.sleep(0.1)
        else:
            return
