"""A preview's rests: frozen, asleep, or held still for a moment; and its return."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from preview_runtime.containers.app.preview import NOT_RUNNING, Preview, as_fault
from preview_runtime.containers.app.record import Rest
from preview_runtime.containers.docker import freezing
from preview_runtime.containers.docker.labels import port_of
from preview_runtime.engines import EngineFailed, Phase
from preview_runtime.uncancelled import uncancelled

_STOP_SECONDS: Final = 2


async def pause(preview: Preview) -> None:
    """Freeze the app as it is; it uses no processor time. Does nothing when none runs."""
    container = await preview.find()
    if container and not preview.record.rest and (await container.show())["State"]["Running"]:
        with as_fault():
            await uncancelled(freezing.freeze(container))
        preview.record.rest = Rest.PAUSED
        if preview.sidecars:
            await preview.sidecars.pause(preview.project)


async def sleep(preview: Preview) -> None:
    """End the app's processes and keep its container: it then uses no memory. Does nothing when none runs."""
    record = preview.record
    container = await preview.find()
    if container is None or record.rest is Rest.SLEPT or not (await container.show())["State"]["Running"]:
        return
    before, record.rest = record.rest, Rest.SLEPT
    try:
        with as_fault():
            if before is Rest.PAUSED:
                await freezing.thaw(container)
            await uncancelled(container.stop(t=_STOP_SECONDS))
    except EngineFailed:
        record.rest = Rest.NONE
        raise
    if preview.sidecars:
        await preview.sidecars.sleep(preview.project)


@contextlib.asynccontextmanager
async def standing_still(preview: Preview) -> AsyncIterator[str]:
    """Hold the app still for a moment, so that its stored data does not change; yields the slot.

    The app continues afterwards, even if an earlier process of ours had left it held.
    """
    container = await preview.find()
    state = (await container.show())["State"] if container else {}
    awake = bool(container and state["Running"] and not preview.record.rest)
    if container and awake and not state["Paused"]:
        await freezing.hold(container)
    try:
        yield preview.record.slot
    finally:
        if container and awake:
            await uncancelled(freezing.thaw(container))
            if state["Paused"] and preview.sidecars:
                await uncancelled(preview.sidecars.resume(preview.project))


async def resume(preview: Preview) -> str:
    """Run a resting preview again; returns its address. Raises `EngineFailed`, with `not_running` when it cannot."""
    with as_fault():
        record = preview.record
        container = await preview.find()
        if container is None:
            raise EngineFailed(NOT_RUNNING)
        shown = await container.show()
        state = shown["State"]
        if state["Running"] and not record.rest and not state["Paused"]:
            return preview.address(shown)
        if record.rest and not preview.is_own(shown):
            raise EngineFailed(NOT_RUNNING)
        preview.enter(Phase.START)
        if preview.sidecars:
            await preview.sidecars.resume(preview.project)
        if state["Running"]:
            await uncancelled(freezing.thaw(container))
            record.rest = Rest.NONE
            return preview.address(shown)
        await preview.slots.networks.prove()
        async with preview.first():
            await uncancelled(container.start())
            record.rest = Rest.NONE
            preview.watch(container, anew=True)
            shown = await container.show()
            port = record.port or record.asked or port_of(shown["Config"]["Labels"])
            host = preview.address(shown).removeprefix("http://").partition(":")[0]
            return await preview.answering(container, host, None, port)
