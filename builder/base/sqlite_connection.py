"""A connection to SQLite that is certain to close, however often the tasks that use it are cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

import aiosqlite
from aiosqlite.core import _connection_worker_thread


class _Answer:
    """Where the thread puts what came out. An event loop that has ended meanwhile hears nothing, and nothing fails.

    aiosqlite's thread would die of it, and what is queued behind, the closing above all, would never be done.
    """

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self._future = future

    def get_loop(self) -> _Answer:
        return self

    def call_soon_threadsafe(self, give: Callable[..., None], _: _Answer, answer: object) -> None:
        with contextlib.suppress(RuntimeError):
            self._future.get_loop().call_soon_threadsafe(give, self._future, answer)


class _Work(SimpleQueue[tuple[Any, Callable[[], Any]]]):
    """What the thread has to do, in order."""

    def put_nowait(self, item: tuple[Any, Callable[[], Any]]) -> None:
        future, function = item
        super().put_nowait((future and _Answer(future), function))


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, but its thread is told once, in one step, to close it, and nobody has to wait for that.

    aiosqlite's own `close` awaits between three steps. A task that is cancelled there (anyio repeats a cancellation at
    each step of the loop) leaves the connection open, or waits for an answer from a thread that has ended.
    """

    _stopped: asyncio.Future[Any] | None = None

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._tx = _Work()
        self._thread = Thread(target=_connection_worker_thread, args=(self._tx,), daemon=True)

    def stop(self) -> asyncio.Future[Any] | None:
        """Have its thread close the connection, after the work that is queued there, and end."""
        if self._running:
            if self._connection is not None:
                # After a task is cancelled in the middle of a SELECT, the exception's frames still hold the cursor.
                # SQLite really closes, and ends the transaction, only when that cursor is gone; until then nobody else
                # could write.
                self._tx.put_nowait((None, self._connection.rollback))
            self._stopped = super().stop()
        return self._stopped

    async def close(self) -> None:
        """The same, waited for."""
        if (stopped := self.stop()) is not None:
            # A waiting task that is cancelled must not cancel the future that others wait for.
            await asyncio.shield(stopped)


def opened(database: str, **options: Any) -> Connection:
    """An awaitable connection; `options` are those of `sqlite3.connect`."""
    return Connection(lambda: sqlite3.connect(database, **options))
