"""A preview that rests: frozen, put to sleep, held still for a moment, and run again as it was."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from preview_runtime.containers.app.preview import NOT_RUNNING, Preview, as_fault
from preview_runtime.containers.app.record import Rest
from preview_runtime.containers.docker import freezing
from preview_runtime.containers.docker.labels import port_of
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.engines import EngineFailed, Phase

_STOP_SECONDS: Final = 2


async def pause(preview: Preview) -> None:
    """Freeze the app as it is; it uses no processor time. Nothing happens where none runs."""
    container = await preview.find()
    if container and not preview.record.rest and (await container.show())["State"]["Running"]:
        with as_fault():
            await uncancelled(freezing.freeze(container))
        preview.record.rest = Rest.PAUSED
        if preview.sidecars:
            await preview.sidecars.pause(preview.project)


async def sleep(preview: Preview) -> None:
    """End the app's processes and keep its container: it uses no memory. Nothing happens where none runs."""
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
    """Hold the app still, as it is, for a moment: what it stored does not change. Gives its slot.

    It goes on afterwards, also one that an earlier process of ours has left like that.
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
    """Have a preview that rests run again; its address. Raises `EngineFailed`, `not_running` where it cannot."""
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
