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

from preview_runtime.containers.docker.connection import silent
from preview_runtime.containers.docker.uncancelled import uncancelled

_TRIES = 5
PAUSE_SECONDS = 0.1

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
        await _pause(container)


async def hold(container: DockerContainer) -> None:
    """`freeze`, undone where the caller is cancelled meanwhile. One that is frozen already stays so: that is an error."""
    async with _gate(container.id):
        await _held(container)


async def thaw(container: DockerContainer) -> None:
    """Let a frozen container go on; one that is not frozen, or gone, is no error."""
    async with _gate(container.id):
        await _unpause(container)


@contextlib.asynccontextmanager
async def frozen(container: DockerContainer) -> AsyncIterator[None]:
    """Hold a container still for a moment; it goes on afterwards, whatever happened."""
    async with _gate(container.id):
        await _held(container)
        try:
            yield
        finally:
            await uncancelled(_unpause(container))


async def _held(container: DockerContainer) -> None:
    try:
        await uncancelled(_pause(container))
    except asyncio.CancelledError:
        await uncancelled(_unpause(container))
        raise


async def _pause(container: DockerContainer) -> None:
    for attempt in range(_TRIES):
        try:
            await container.pause()
        except aiodocker.DockerError as error:
            # On a busy machine not all threads stand still within the time that runc waits for them; it lets them go on.
            if "unable to freeze" not in error.message.lower() or attempt == _TRIES - 1:
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return


async def _unpause(container: DockerContainer) -> None:
    for attempt in range(_TRIES):
        try:
            await container.unpause()
        except aiodocker.DockerError as error:
            if error.status in (404, 409) or "not paused" in error.message.lower():
                return
            if attempt == _TRIES - 1 or silent(error):
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return
