"""A connection to SQLite that ends for certain, whoever is cancelled meanwhile and however often."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """aiosqlite's, whose end is asked of its thread in one piece and once, and needs nobody who waits for it.

    Its own `close` is three steps with waits between them. Who is cancelled in there (anyio does it at each step of the
    loop) leaves it open, or waits for an answer of a thread that has ended.
    """

    _stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """Close it in its thread, after what is under way there, and end the thread."""
        if self._running:
            if self._connection is not None:
                # Who was cancelled in the middle of a SELECT leaves its cursor to the exception's frames. SQLite closes
                # for good, and ends the transaction, when that is gone: until then nobody else could write.
                self._tx.put_nowait((None, self._connection.rollback))
            self._stopped = super().stop()
        return self._stopped

    async def close(self) -> None:
        """The same, waited for."""
        if (stopped := self.stop()) is not None:
            # Who is cancelled while they wait does not take the answer away from others.
            await asyncio.shield(stopped)


def opened(database: str, **options: Any) -> Connection:
    """An awaitable connection; `options` are those of `sqlite3.connect`."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
