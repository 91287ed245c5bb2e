"""Keeps the start of a command and the freeze of its container apart.

When an engine freezes a container at the moment in which a command starts there, it waits for that command's process
for ever, and so does every later request about the container (seen with Docker 20.10 and containerd 1.6). All code that
starts a command or freezes a container uses this module.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.docker.connection import silent
from preview_runtime.uncancelled import uncancelled

_TRIES = 5
PAUSE_SECONDS = 0.1

_gates: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


def _gate(container_id: str) -> asyncio.Lock:
    # A lock belongs to the event loop in which it was first waited for.
    key = (id(asyncio.get_running_loop()), container_id)
    lock = _gates.get(key)
    if lock is None:
        lock = _gates[key] = asyncio.Lock()
    return lock


@contextlib.asynccontextmanager
async def starting(container_id: str) -> AsyncIterator[None]:
    """Hold this during the start of a command in a container: nothing freezes the container meanwhile."""
    async with _gate(container_id):
        yield


async def freeze(container: DockerContainer) -> None:
    """Freeze all processes of `container`, until `thaw`. Raises aiodocker.DockerError."""
    async with _gate(container.id):
        await _pause(container)


async def hold(container: DockerContainer) -> None:
    """`freeze`, undone when the caller is cancelled meanwhile. It is an error when the container is frozen already."""
    async with _gate(container.id):
        await _held(container)


async def thaw(container: DockerContainer) -> None:
    """Let a frozen container continue; it is no error when it is not frozen, or gone."""
    async with _gate(container.id):
        await _unpause(container)


@contextlib.asynccontextmanager
async def frozen(container: DockerContainer) -> AsyncIterator[None]:
    """Hold a container still for a moment; it continues afterwards, whatever happens."""
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
            # On a busy machine not all threads stop within the time that runc waits for them; then runc lets them
            # continue.
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
