"""An app's output, line by line, in bounded memory however fast it is written and however slowly it is read."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

import aiodocker

from preview_runtime.tasks import begun, cancel

MAX_LINE: Final = 16 * 1024  # bytes; a longer line comes in pieces, as the engine stores it
_HEADER: Final = struct.Struct(">BxxxL")
_STDERR: Final = 2


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `at` is RFC 3339 with nanoseconds as the engine gives it ("" for ours), `stream` stdout, stderr or sayso."""

    stream: str
    text: str
    at: str = ""


class LogQueue:
    """Lines on their way to one reader. Beyond `limit` bytes the oldest are dropped, and a line in their place says
    so."""

    def __init__(self, limit: int = 256 * 1024) -> None:
        self._limit = limit
        self._lines: deque[LogLine] = deque()
        self._size = 0
        self._lost = 0
        self._ended = False
        self._waiting = asyncio.Event()

    def put(self, line: LogLine) -> None:
        """Add a line; never waits."""
        self._lines.append(line)
        self._size += len(line.text) + 64
        while self._size > self._limit and len(self._lines) > 1:
            self._size -= len(self._lines.popleft().text) + 64
            self._lost += 1
        self._waiting.set()

    def end(self) -> None:
        """No line comes any more."""
        self._ended = True
        self._waiting.set()

    async def __aiter__(self) -> AsyncIterator[LogLine]:
        while True:
            if self._lost:
                lost, self._lost = self._lost, 0
                yield LogLine(
                    "sayso", f"… {lost:,} earlier lines were left out here: they came faster than they were read …"
                )
            elif self._lines:
                line = self._lines.popleft()
                self._size -= len(line.text) + 64
                yield line
            elif self._ended:
                return
            else:
                self._waiting.clear()
                await self._waiting.wait()


@contextlib.asynccontextmanager
async def opened(
    docker: aiodocker.Docker,
    container: str,
    *,
    follow: bool = False,
    tail: int | None = None,
    timestamps: bool = False,
    stderr: bool = True,
) -> AsyncIterator[AsyncIterable[bytes]]:
    """The output of `container` (an id), as the engine sends it: its last `tail` lines or all that is kept, and with
    `follow` its further output until it ends. A slow reader delays only the engine's sending.

    Raises aiodocker.DockerError.
    """
    wanted = {"stdout": "1", "stderr": str(int(stderr)), "timestamps": str(int(timestamps)), "follow": str(int(follow))}
    if tail is not None:
        wanted["tail"] = str(tail)
    # aiodocker's own call gives lines without their stream, and buffers everything that was not read.
    async with docker._query(f"containers/{container}/logs", params=wanted, timeout=None) as response:
        try:
            yield response.content.iter_any()
        finally:
            response.close()


async def frames(chunks: AsyncIterable[bytes]) -> AsyncIterator[list[tuple[str, bytes]]]:
    """The frames of an engine's log stream: (stdout or stderr, a line or 16 kB of one). Each comes after a header of 8
    bytes with its stream and length (API, ContainerLogs)."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        start = 0
        found = []
        while len(buffer) - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(buffer, start)
            end = start + _HEADER.size + length
            if len(buffer) < end:
                break
            found.append(("stderr" if kind == _STDERR else "stdout", bytes(buffer[start + _HEADER.size : end])))
            start = end
        del buffer[:start]
        yield found


async def log_lines(chunks: AsyncIterable[bytes], timestamps: bool = True) -> AsyncIterator[LogLine]:
    """The lines in an engine's log stream."""
    async for found in frames(chunks):
        for stream, content in found:
            text = content.decode("utf-8", "replace")
            at, _, text = text.partition(" ") if timestamps else ("", "", text)
            yield LogLine(stream, text.rstrip("\r\n"), at)


async def buffered(lines: AsyncIterator[LogLine], limit: int = 256 * 1024) -> AsyncGenerator[LogLine, None]:
    """`lines`, read as fast as they come: a slow reader loses the oldest and never delays the engine."""
    queue = LogQueue(limit)

    async def pump() -> None:
        try:
            async for line in lines:
                queue.put(line)
        finally:
            queue.end()

    task = begun(pump(), "preview log")
    try:
        async for line in queue:
            yield line
        await task
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await cancel(task)
