"""Who works at what: rows that a process holds for as long as it lives and says so.

A row that is worked at names its holder and until when its lease goes; the holder renews it. Whoever starts takes back
what nobody holds any more: its lease has ended, or its holder was a process on this data directory that is dead. The
latter is known at once, whatever killed it: each process keeps a file locked (`flock`), and the kernel lets go of that.
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
# So often a lease is renewed while it goes: two that fail lose nothing.
_BEATS: Final = 3


class Leased(Protocol):
    """A row that one process at a time works at."""

    id: str
    holder: str
    leased_until: str


class LeaseLost(Exception):
    """Somebody else has taken over what we were at: nothing of it may be written any more."""


class moment(FunctionElement[str]):
    """`moment(seconds)`: so long from now by the database's own clock, as `builder.base.ids.now` writes times. Whoever
    shares a database shares that clock, whatever their own says."""

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
    """What this process holds. `folder` is where the processes on one data directory keep their files."""

    def __init__(self, db: Database, folder: Path, *, seconds: float = LEASE_SECONDS) -> None:
        self._db, self._folder, self.seconds = db, folder, seconds
        self._id, self._place = new_id(), ""
        self._lock: int | None = None
        self._held: dict[tuple[type[Leased], str], Callable[[], None]] = {}
        self._tasks = Tasks()
        self._beating: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """This process's, as a holder. From its first use on, its file is locked."""
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f".{self._id}"
            lock = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # Locked before it has its name: another process never sees it free.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.rename(self._path(self._id))
            self._lock = lock
        return self._id

    @property
    def place(self) -> str:
        """The data directory's own id, to which belongs what lies or runs on its machine; "" with SQLite, whose every
        process is on one machine."""
        file = self._folder / "place"
        if not self._place and not self._db.is_sqlite:
            if not file.exists():
                draft = self._folder / f".{self._id}-place"
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                draft.write_text(new_id())
                with contextlib.suppress(FileExistsError):
                    os.link(draft, file)  # it appears whole or not at all
                draft.unlink()
            self._place = file.read_text().strip()
        return self._place

    async def dead(self) -> list[str]:
        """The holders on this data directory whose process has ended."""
        return await asyncio.to_thread(lambda: [one for one in self._others() if _is_free(self._path(one))])

    async def bury(self, dead: Iterable[str]) -> None:
        """Forget `dead` holders, once nothing is theirs any more."""
        for one in dead:
            await asyncio.to_thread(self._path(one).unlink, missing_ok=True)

    def taken(self) -> dict[str, Any]:
        """The columns of a row that this process takes."""
        return {"holder": self.id, "leased_until": moment(self.seconds)}

    def free(self, table: type[Leased], dead: Iterable[str] = ()) -> ColumnElement[bool]:
        """Whether a row of `table` that is worked at was left behind by others."""
        left = or_(col(table.holder) == "", col(table.leased_until) < moment(0.0), col(table.holder).in_([*dead]))
        return (col(table.holder) != self.id) & left

    @contextlib.contextmanager
    def kept(self, table: type[Leased], row: str, lost: Callable[[], None]) -> Iterator[None]:
        """Renew the lease on a row meanwhile. `lost()` is called, once, where somebody else has it.

        However many rows are held, it is one write in ten seconds; while nothing is, none.
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
            except Exception:  # the database may be away for a moment: the lease lasts longer
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
    """Whether nobody has the file locked; where that cannot be known, leases say who lives."""
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
