"""Runs one external tool with every limit that hostile input calls for: on time, output, and its whole process
group."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preview_runtime.child_process import end_process, kill_group, start_process
from preview_runtime.tasks import begun

_CHUNK = 64 * 1024


class ProcessTimeout(Exception):
    """The tool did not end in time and was killed."""


class OutputTooLarge(Exception):
    """The tool wrote too much and was killed."""


@dataclass(frozen=True, slots=True)
class ToolEnd:
    """A tool's end: exit code, all of stdout, the last 64 kB of stderr."""

    code: int
    stdout: bytes
    stderr: str


async def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    seconds: float,
    max_output: int,
    low_priority: bool = False,
    watch: Callable[[], Awaitable[None]] | None = None,
) -> ToolEnd:
    """Run `command` in a process group of its own and wait for it.

    `seconds` is the most time it gets, `max_output` in bytes of stdout. `watch` runs beside it; its exception ends the
    tool. However this call ends, even by cancellation, the whole group is dead afterwards. Raises `ProcessTimeout`,
    `OutputTooLarge` and OSError when the tool cannot be started.
    """
    process = await start_process(
        *map(str, command),
        cwd=cwd,
        env=dict(env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    if low_priority:
        with contextlib.suppress(ProcessLookupError):  # it may have ended already
            os.setpriority(os.PRIO_PGRP, process.pid, 10)
    work = asyncio.gather(
        _read_all(process.stdout, max_output), _read_tail(process.stderr), _feed(process.stdin, stdin), process.wait()
    )
    watcher = begun(watch(), "watch a tool") if watch else None
    try:
        async with asyncio.timeout(seconds):
            if watcher:
                both: set[asyncio.Future[Any]] = {work, watcher}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if watcher.done():
                    watcher.result()
            stdout, stderr, _, code = await work
    except TimeoutError as error:
        raise ProcessTimeout(f"{command[0]} took longer than {seconds:g} s") from error
    finally:
        running: list[asyncio.Future[Any]] = [task for task in (work, watcher) if task is not None]
        if not work.done() or work.cancelled() or work.exception():
            kill_group(process)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await end_process(process)
    return ToolEnd(code, stdout, stderr.decode("utf-8", "replace"))


async def _read_all(stream: asyncio.StreamReader | None, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while stream and (chunk := await stream.read(_CHUNK)):
        size += len(chunk)
        if size > limit:
            raise OutputTooLarge(f"more than {limit} bytes of output")
        chunks.append(chunk)
    return b"".join(chunks)


async def _read_tail(stream: asyncio.StreamReader | None) -> bytes:
    tail = b""
    while stream and (chunk := await stream.read(_CHUNK)):
        tail = (tail + chunk)[-_CHUNK:]
    return tail


async def _feed(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    if stream is None:
        return
    # A tool that ends without reading its input tells why by its exit code.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        # uvloop refuses even an empty write once the other end is gone.
        if data and not stream.is_closing():
            stream.write(data)
            await stream.drain()
    stream.close()
