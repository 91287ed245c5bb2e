"""Ends the processes we started, for certain and in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any, Final

from preview_runtime.tasks import begun

LAST_SECONDS: Final = 5.0
"""How long (seconds) a killed process may take to end; nobody waits longer for a process they do not need any more."""
_CHUNK: Final = 64 * 1024


async def start_process(*command: str, **options: Any) -> asyncio.subprocess.Process:
    """`asyncio.create_subprocess_exec` with a process group of its own; when the caller is cancelled meanwhile, nothing
    of the group is left.

    asyncio would end only the process itself then, and would wait for any process that inherited its pipes.
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

    It also reaches the children of a process that has just ended. Long after the end, the number may belong to another
    process: `end_process` checks first.
    """
    with contextlib.suppress(ProcessLookupError):  # no process of the group is left
        os.killpg(process.pid, signal.SIGKILL)


async def end_process(process: asyncio.subprocess.Process) -> None:
    """Kill the group of `process` unless it has ended, and wait until it is gone, at most `LAST_SECONDS`.

    asyncio pauses a stream that nobody reads once it is full; then its end is never seen, and `wait()` never returns.
    So the rest in the pipes is read and dropped first. A process that still holds them open does not delay this.
    """
    if process.returncode is None:
        kill_group(process)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_SECONDS):
            await asyncio.gather(_drop(process.stdout), _drop(process.stderr))
            await process.wait()


async def _drop(stream: asyncio.StreamReader | None) -> None:
    # RuntimeError: another reader still reads it, and will read to the end.
    with contextlib.suppress(RuntimeError):
        while stream and await stream.read(_CHUNK):
            pass
