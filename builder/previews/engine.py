"""What the builder asks of an engine that runs servers, whichever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from builder.base.errors import Conflict
from builder.texts import t
from preview_runtime.engines import Engine, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Say

Keep = Callable[[], Awaitable[None]]
"""Stores what finds a preview again (`Engine.get_state`) before the engine goes on."""


class LogEntry(Protocol):
    """One line of an app's output. `at` is RFC 3339, "" where it has no time of its own. One with `lost` has no text: so
    many lines were left out in its place."""

    @property
    def stream(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def at(self) -> str: ...

    @property
    def lost(self) -> int: ...


class ServerUsage(Protocol):
    """What a running server takes: `cpu` in seconds since its start, `memory` and its `limit` in bytes."""

    @property
    def cpu(self) -> float: ...

    @property
    def memory(self) -> int: ...

    @property
    def limit(self) -> int: ...


class ServerEngine(Engine, Protocol):
    """An engine whose app can rest, be measured and listened to.

    pause   the app's processes stand still and keep their memory. sleep: they end, what they stand in is kept.
    resume  has a paused or sleeping app answer again and gives its address; raises `EngineFailed` where it cannot.
    stop    takes the container away and leaves the app's data; remove takes the data as well.

    start   is told how a person or a model said that the app runs. `reason` says why it runs the way it does, None before
            a start of ours.
    """

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str: ...

    @property
    def reason(self) -> Phrase | None: ...

    async def pause(self) -> None: ...

    async def resume(self) -> str: ...

    async def sleep(self) -> None: ...

    async def remove(self) -> None: ...

    async def usage(self) -> ServerUsage | None:
        """What the app takes at this moment; None where none runs."""
        ...

    def logs(self, *, follow: bool = True, tail: int = 1000) -> AsyncIterator[LogEntry]:
        """The last `tail` lines, then each further one until the app ends; a slow reader loses the oldest."""
        ...


class ServerEngines(Protocol):
    """Makes the engine of one runnable. `why_not` is half a sentence where there can be none, None where there can."""

    why_not: Phrase | None

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk that previews take is watched only seldom or not at all, as a sentence; "" where it is."""
        ...

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine: ...


class NoServerEngines:
    """Where nothing can run a server."""

    def __init__(self, why_not: Phrase) -> None:
        self.why_not = why_not
        self.disk_note = None

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine:  # noqa: ARG002 - as the others have it
        raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=runnable_id)
