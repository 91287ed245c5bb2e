"""Ends the processes we started, for certain and in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any, Final

from preview_runtime.tasks import begun

LAST_SECONDS: Final = 5.0
"""How long a killed process may take to be gone; nobody waits longer for what they do not need any more."""
_CHUNK: Final = 64 * 1024


async def start_process(*command: str, **options: Any) -> asyncio.subprocess.Process:
    """`asyncio.create_subprocess_exec` in a group of its own, of which nothing is left where the caller is cancelled
    meanwhile.

    asyncio would end the process alone then, and wait for whoever it left its pipes to.
    """
    starting = begun(asyncio.create_subprocess_exec(*command, start_new_session=True, **options), "start a process")
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await end_process(await asyncio.shield(starting))
        raise


def kill_group(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group of a process that `start_process` started; does not wait.

    It also reaches what a process that has just ended left behind. Long after its end the number may be another's:
    `end_process` looks first.
    """
    with contextlib.suppress(ProcessLookupError):  # nobody of the group is left
        os.killpg(process.pid, signal.SIGKILL)


async def end_process(process: asyncio.subprocess.Process) -> None:
    """Kill the group of `process` unless it has ended, and wait until it is gone, at most `LAST_SECONDS`.

    A stream that nobody reads any more is paused once it is full, its end is never seen, and `wait()` never returns:
    what is left in the pipes is read and dropped first. Who still holds them open does not hold us up.
    """
    if process.returncode is None:
        kill_group(process)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_SECONDS):
            await asyncio.gather(_drop(process.stdout), _drop(process.stderr))
            await process.wait()


async def _drop(stream: asyncio.StreamReader | None) -> None:
    # RuntimeError: another reader is at it still, and reads to the end.
    with contextlib.suppress(RuntimeError):
        while stream and await stream.read(_CHUNK):
            pass
