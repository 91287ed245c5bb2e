"""The output of servers, followed from their start and kept on disk in bounded space, with marks where each run
begins."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from builder.previews.engine import LogEntry as AnyLine
from builder.previews.engine import ServerEngine
from builder.previews.observation.log_files import LogFiles
from builder.texts import t
from preview_runtime.containers.docker.logs import LogLine, LogQueue
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
FILE_BYTES: Final = 2 * 1024 * 1024  # of one file; each runnable has two
_TAIL: Final = 1000
_WRITE_SECONDS: Final = 0.25
# Together with the interval above: an app that writes without end writes at most 1 MB per second to the disk.
_WAITING_BYTES: Final = 256 * 1024
_AGAIN_SECONDS: Final = (0.05, 0.5)


Masks = Callable[[str], Awaitable[Callable[[str], str]]]
"""Gives what takes the secrets out of a runnable's output."""


class ServerLogs:
    """`folder` holds one folder for each runnable. Lines have the stream `stdout` or `stderr`, `build` for the output
    of installs and builds and for an engine's report of an app's end, or `sayso` for our own lines."""

    def __init__(self, folder: Path, masks: Masks | None = None, *, file_bytes: int = FILE_BYTES) -> None:
        self._folder, self._masks, self._file_bytes = folder, masks or _no_mask, file_bytes
        self._journals: dict[str, _Journal] = {}

    def mark(self, runnable: str, text: str, frame: str = "", *, begins: bool = False) -> None:
        """Add a line of our own, such as where a run `begins`. `frame` is the end of the app's output, for a run that
        was over before it could be followed."""
        journal = self._journal(runnable)
        if frame and not journal.heard:
            for line in frame.splitlines():
                journal.put(LogLine("build", line, moment()))
        journal.heard = journal.heard and not begins
        journal.put(LogLine("sayso", text, moment()))

    def say(self, runnable: str, text: str) -> None:
        """Add a line of an install or a build."""
        for line in text.splitlines():
            self._journal(runnable).put(LogLine("build", line, moment()))

    def follow(self, runnable: str, engine: ServerEngine, alive: Callable[[], bool]) -> None:
        """Record the app's output, from its first line on, until `alive()` is false. Does nothing when it is recorded
        already."""
        journal = self._journal(runnable)
        journal.alive = alive
        if journal.follower is None or journal.follower.done():
            journal.follower = journal.tasks.begin(journal.take_in(engine), f"log {runnable}")

    async def masked(self, runnable: str, text: str) -> str:
        """A text of the app without its secrets."""
        return (await self._masks(runnable))(text)

    async def lines(self, runnable: str, *, tail: int = _TAIL, follow: bool = True) -> AsyncGenerator[LogLine, None]:
        """The last `tail` lines of all runs, then (`follow`) each further one; a slow reader loses the oldest lines."""
        journal = self._journal(runnable)
        queue = LogQueue()
        async with journal.lock:
            await journal.write()
            waiting = journal.waiting
            if follow:
                journal.readers.add(queue)
            past = await asyncio.to_thread(journal.files.tail, tail)
        try:
            for line in [*past, *waiting][-tail:] if tail else ():
                yield line
            if follow:
                async for line in queue:
                    yield _kept(line)
        finally:
            journal.readers.discard(queue)

    async def remove(self, runnable: str) -> None:
        """Delete everything that its servers wrote."""
        journal = self._journals.pop(runnable, None)
        if journal is not None:
            await journal.close()
        await asyncio.to_thread(shutil.rmtree, self._folder / runnable, ignore_errors=True)

    async def close(self) -> None:
        """Write the waiting lines, and end all readers."""
        for journal in self._journals.values():
            await journal.close()
        self._journals.clear()

    def _journal(self, runnable: str) -> _Journal:
        if runnable not in self._journals:
            self._journals[runnable] = _Journal(
                LogFiles(self._folder / runnable, self._file_bytes), lambda: self._masks(runnable)
            )
        return self._journals[runnable]


class _Journal:
    """The log of one runnable."""

    def __init__(self, files: LogFiles, mask: Callable[[], Awaitable[Callable[[str], str]]]) -> None:
        self.files, self._mask = files, mask
        self.lock = asyncio.Lock()
        self.readers: set[LogQueue] = set()
        self.tasks = Tasks()
        self.follower: asyncio.Task[None] | None = None
        self.alive: Callable[[], bool] = lambda: False
        self.heard = False  # whether the app of this run wrote anything
        self._waiting: list[LogLine] = []
        self._size = 0
        self._lost = 0
        self._writer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> list[LogLine]:
        """The lines that are not on disk yet."""
        return [*self._waiting]

    def put(self, line: LogLine) -> None:
        """Never waits; lines that cannot be kept are counted."""
        for reader in self.readers:
            reader.put(line)
        self._waiting.append(line)
        self._size += len(line.text) + 64
        while self._size > _WAITING_BYTES and len(self._waiting) > 1:
            self._size -= len(self._waiting.pop(0).text) + 64
            self._lost += 1
        if self._writer is None or self._writer.done():
            self._writer = self.tasks.begin(self._write_soon(), "write the log of a server")

    async def _write_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(_WRITE_SECONDS)
            async with self.lock:
                await self.write()

    async def write(self) -> None:
        """Write the waiting lines to the disk; the lock is held."""
        lines, self._waiting, self._size = self._waiting, [], 0
        lost, self._lost = self._lost, 0
        if lost:
            lines.insert(0, LogLine("sayso", t("server.log.left_out", count=lost), moment()))
        if not lines:
            return
        try:
            await asyncio.to_thread(self.files.append, lines)
        except OSError as error:  # a full disk costs the log, not the app
            log.warning("The log of a server could not be written: %s", error)

    async def take_in(self, engine: ServerEngine) -> None:
        """Follow the app through its containers and record each line once."""
        last = await asyncio.to_thread(self.files.last_at)
        wait = _AGAIN_SECONDS[0]
        while True:
            try:
                mask = await self._mask()
                async for line in engine.logs(tail=_TAIL):
                    wait = _AGAIN_SECONDS[0]
                    if line.at and line.at <= last:
                        continue
                    last = line.at or last
                    self.heard = self.heard or line.stream != "sayso"
                    self.put(_kept(line, mask))
            except Exception as error:  # an engine that goes away comes back, or the server is reported as lost
                log.debug("A server's log broke off: %r", error)
            if not self.alive():
                return
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, _AGAIN_SECONDS[1])

    async def close(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self.tasks.close()
        async with self.lock:
            await self.write()
        for reader in self.readers:
            reader.end()


def moment() -> str:
    """The time now, as the engine writes it (RFC 3339 with nine decimals), so that text order is time order."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def _kept(line: AnyLine, mask: Callable[[str], str] = str) -> LogLine:
    text = t("server.log.fell_behind", count=line.lost) if line.lost else line.text
    return LogLine(line.stream, mask(text), line.at)


async def _no_mask(_: str) -> Callable[[str], str]:
    return str
