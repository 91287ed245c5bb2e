"""Ends the processes we started, for certain and in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Final

LAST_SECONDS: Final = 5.0
"""How long a killed process may take to be gone; nobody waits longer for what they do not need any more."""
_CHUNK: Final = 64 * 1024


def kill_group(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group of a process that was started with `start_new_session=True`; does not wait.

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
