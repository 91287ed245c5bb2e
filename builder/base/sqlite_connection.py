"""A connection to SQLite that is certain to close, however often the tasks that use it are cancelled."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, but its thread is told once, in one step, to close it, and nobody has to wait for that.

    aiosqlite's own `close` awaits between three steps. A task that is cancelled there (anyio repeats a cancellation at
    each step of the loop) leaves the connection open, or waits for an answer from a thread that has ended.
    """

    _stopped: asyncio.Future[Any] | None = None

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
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
