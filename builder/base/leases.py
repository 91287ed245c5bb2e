"""Which process works on a row: leases that a process renews for as long as it lives.

A row under work names its holder and the end of its lease; the holder renews it. A starting process takes back the rows
that nobody holds any more: the lease has ended, or the holder was a process on this data directory and is dead. Such a
death is known at once, whatever its cause: each process keeps a file locked (`flock`), and the kernel releases the
lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, String, or_, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from builder.base.db import Database
from builder.base.ids import is_id, new_id
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
LEASE_SECONDS: Final = 30.0
# How often a lease is renewed during its time: two failed renewals do not lose it.
_BEATS: Final = 3


class Leased(Protocol):
    """A row that one process at a time works on."""

    id: str
    holder: str
    leased_until: str


class LeaseLost(Exception):
    """Another process has taken over our work: no more results of it may be written."""


class moment(FunctionElement[str]):
    """`moment(seconds)`: the time so long from now by the database's clock, in the format of `builder.base.ids.now`.
    All processes on one database share that clock, whatever their own clocks say."""

    type = String()
    name = "moment"
    inherit_cache = True


@compiles(moment, "sqlite")
def _on_sqlite(element: moment, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', {seconds} || ' seconds')"


@compiles(moment, "postgresql")
def _on_postgres(element: moment, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    utc = f"clock_timestamp() AT TIME ZONE 'utc' + make_interval(secs => {seconds})"
    return f'to_char({utc}, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'


class Leases:
    """The leases of this process. `folder` is where the processes on one data directory keep their files."""

    def __init__(self, db: Database, folder: Path, *, seconds: float = LEASE_SECONDS) -> None:
        self._db, self._folder, self.seconds = db, folder, seconds
        self._id, self._place = new_id(), ""
        self._lock: int | None = None
        self._held: dict[tuple[type[Leased], str], Callable[[], None]] = {}
        self._tasks = Tasks()
        self._beating: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """This process's id as a holder. From its first use on, the process's file is locked."""
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f".{self._id}"
            lock = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # Locked before it gets its final name: another process never sees the file unlocked.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.rename(self._path(self._id))
            self._lock = lock
        return self._id

    @property
    def place(self) -> str:
        """The data directory's own id, for rows that belong to its machine; "" with SQLite, where all processes are on
        one machine."""
        file = self._folder / "place"
        if not self._place and not self._db.is_sqlite:
            if not file.exists():
                draft = self._folder / f".{self._id}-place"
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                draft.write_text(new_id())
                with contextlib.suppress(FileExistsError):
                    os.link(draft, file)  # the file appears whole or not at all
                draft.unlink()
            self._place = file.read_text().strip()
        return self._place

    async def dead(self) -> list[str]:
        """The holders on this data directory whose process has ended."""
        return await asyncio.to_thread(lambda: [one for one in self._others() if _is_free(self._path(one))])

    async def bury(self, dead: Iterable[str]) -> None:
        """Forget `dead` holders, once no row names them any more."""
        for one in dead:
            await asyncio.to_thread(self._path(one).unlink, missing_ok=True)

    def taken(self) -> dict[str, Any]:
        """The column values with which this process takes a row."""
        return {"holder": self.id, "leased_until": moment(self.seconds)}

    def free(self, table: type[Leased], dead: Iterable[str] = ()) -> ColumnElement[bool]:
        """The condition under which another process has left a row of `table` behind."""
        left = or_(col(table.holder) == "", col(table.leased_until) < moment(0.0), col(table.holder).in_([*dead]))
        return (col(table.holder) != self.id) & left

    @contextlib.contextmanager
    def kept(self, table: type[Leased], row: str, lost: Callable[[], None]) -> Iterator[None]:
        """Renew the lease on a row while the context is open. `lost()` is called once, when another process has taken
        the row.

        All held rows are renewed in one transaction every ten seconds; nothing is written while none is held.
        """
        self._held[table, row] = lost
        if self._beating is None or self._beating.done():
            self._beating = self._tasks.begin(self._beat(), "renew leases")
        try:
            yield
        finally:
            self._held.pop((table, row), None)

    async def close(self) -> None:
        """Hold nothing any more."""
        await self._tasks.close()
        if self._lock is not None:
            await asyncio.to_thread(self._path(self._id).unlink, missing_ok=True)
            os.close(self._lock)
            self._lock = None

    async def _beat(self) -> None:
        while self._held:
            await asyncio.sleep(self.seconds / _BEATS)
            try:
                await self._renew()
            except Exception:  # the database may be away for a moment: the lease lasts longer than that
                log.exception("Leases could not be renewed, and are tried again")

    async def _renew(self) -> None:
        held = {*self._held}
        kept: set[tuple[type[Leased], str]] = set()
        async with self._db.session() as session:
            for table in dict.fromkeys(table for table, _ in held):
                mine = col(table.id).in_([row for of, row in held if of is table])
                renewed = update(table).where(mine, col(table.holder) == self.id).values(**self.taken())
                found = await session.scalars(
                    renewed.returning(col(table.id)).execution_options(synchronize_session=False)
                )
                kept |= {(table, row) for row in found}
        for key in held - kept:
            if lost := self._held.pop(key, None):
                log.warning("Somebody else took over the %s %s", key[0].__name__, key[1])
                lost()

    def _others(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return [file.stem for file in self._folder.glob("*.lock") if is_id(file.stem) and file.stem != self._id]

    def _path(self, holder: str) -> Path:
        return self._folder / f"{holder}.lock"


def _is_free(path: Path) -> bool:
    """Whether no process has the file locked; False when that cannot be known, so that the end of the lease decides."""
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
