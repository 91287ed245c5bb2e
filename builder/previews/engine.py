"""The interface of an engine that runs servers, whichever engine it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, runtime_checkable

from builder.base.errors import Conflict
from builder.texts import t
from preview_runtime.engines import Engine, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Say

Keep = Callable[[], Awaitable[None]]
"""Stores the state that finds a preview again (`Engine.get_state`) before the engine continues."""


class LogEntry(Protocol):
    """One line of an app's output. `at` is RFC 3339, "" for a line without a time. A line with `lost` has no text: it
    stands for so many lines that were left out."""

    @property
    def stream(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def at(self) -> str: ...

    @property
    def lost(self) -> int: ...


class ServerUsage(Protocol):
    """What a running server uses: `cpu` in seconds since its start, `memory` and its `limit` in bytes."""

    @property
    def cpu(self) -> float: ...

    @property
    def memory(self) -> int: ...

    @property
    def limit(self) -> int: ...


class ServerEngine(Engine, Protocol):
    """An engine whose app can rest, be measured and listened to.

    pause   the app's processes are frozen and keep their memory. sleep: they end; their container is kept.
    resume  runs a paused or sleeping app again and returns its address; raises `EngineFailed` when it cannot.
    stop    removes the container and keeps the app's data; remove deletes the data as well.

    start   gets the `hints` of a person or a model on how the app runs. `reason` says why it runs in this way, None
            before this process has started it.
    """

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str: ...

    @property
    def reason(self) -> Phrase | None: ...

    async def pause(self) -> None: ...

    async def resume(self) -> str: ...

    async def sleep(self) -> None: ...

    async def remove(self) -> None: ...

    async def usage(self) -> ServerUsage | None:
        """What the app uses at the moment; None when none runs."""
        ...

    def logs(self, *, follow: bool = True, tail: int = 1000) -> AsyncIterator[LogEntry]:
        """The last `tail` lines, then each further one until the app ends; a slow reader loses the oldest lines."""
        ...


@runtime_checkable
class RewindableEngine(Protocol):
    """An engine whose app can begin again with the data that its first start found.

    keep_data   has the next start keep them; rewind runs the tree anew with them, and returns the app's address.
    """

    def keep_data(self) -> None: ...

    async def rewind(self, tree: FileTree, hints: RunHints | None = None) -> str: ...


class ServerEngines(Protocol):
    """Makes the engine of one runnable. `why_not` is half a sentence when there can be none, None when there can."""

    why_not: Phrase | None

    @property
    def disk_note(self) -> Phrase | None:
        """Why the disk use of previews is measured seldom or not at all, as a sentence; "" when it is measured all the
        time."""
        ...

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine: ...


class NoServerEngines:
    """For installations where nothing can run a server."""

    def __init__(self, why_not: Phrase) -> None:
        self.why_not = why_not
        self.disk_note = None

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> ServerEngine:  # noqa: ARG002 - as the others have it
        raise Conflict(t("server.none", why=self.why_not), code="no_engine", detail=runnable_id)
