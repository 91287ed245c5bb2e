"""The database: one engine, one transaction per `session()`, migrations at start.

SQLite by default (WAL, one writer at a time), PostgreSQL by setting `DATABASE_URL`; the same code for both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from builder.base.settings import StorageSettings
from builder.base.sqlite_connection import opened
from builder.base.storage_faults import newer
from builder.base.watching.traces import traced

MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"
_BUSY_MS: Final = 10_000
_MIGRATION_LOCK: Final = 0x5A_15_0  # an arbitrary number that no other lock in this database uses


class Database:
    """Owns the engine. `session()` is a write transaction, `reader()` a read-only snapshot."""

    def __init__(self, settings: StorageSettings) -> None:
        self.url = make_url(settings.database)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine = _engine(self.url, self.is_sqlite)
        # One snapshot for all reads of a session: SQLite does so by itself, PostgreSQL has to be asked.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(reads_only=True, **snapshot)
        # SQLite has one writer. Waiting here is fair and costs nothing; waiting in SQLite polls and may starve.
        self._writer = asyncio.Lock()
        self._writing: asyncio.Task[Any] | None = None
        self.info: dict[str, Any] = {}
        """What each write transaction finds in its session's `info`."""

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One write transaction: commits on leaving, rolls back on error; then runs the callbacks given to
        `after_commit`.

        Raises RuntimeError when a task that holds a session opens another one: it would wait for itself for ever.
        """
        if not self.is_sqlite:
            async with self._transaction(self.engine) as session:
                yield session
            return
        task = asyncio.current_task()
        if self._writing is task and task is not None:
            raise RuntimeError("A write transaction was opened inside another one; pass the session on instead.")
        async with self._writer:
            self._writing = task
            try:
                async with self._transaction(self.engine) as session:
                    yield session
            finally:
                self._writing = None

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncSession]:
        """A read-only view of the data as committed at its first read; it never waits for a writer."""
        with traced("database read"):
            async with AsyncSession(self._reading, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False, info=self.info) as session:
            with traced("database write"):
                async with session.begin():
                    yield session
                    for work in session.info.pop("before_commit", ()):
                        await work(session)
            for callback in session.info.pop("after_commit", ()):
                callback()

    async def migrate(self) -> None:
        """Bring the tables to the newest shape; safe when several processes start at once.

        Raises StorageFault (`database_newer`), and changes nothing, when a newer version of this program made the
        tables.
        """
        # Batch mode rebuilds tables; with foreign keys on, that would count as deleting their rows.
        engine = _engine(self.url, self.is_sqlite, foreign_keys=False)
        try:
            async with engine.begin() as connection:
                if not self.is_sqlite:
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                await connection.run_sync(upgrade)
        finally:
            await engine.dispose()

    async def is_behind(self) -> bool:
        """Whether the tables lack a migration. Raises what `migrate` raises."""
        async with self.engine.connect() as connection:
            return await connection.run_sync(_is_behind)

    async def check(self) -> str:
        """The damage found in the database's pages, "" for none; changes nothing. Raises what `migrate` raises."""
        async with self.engine.connect() as connection:
            await connection.run_sync(_is_behind)
            looked = await connection.scalar(text("PRAGMA quick_check(1)" if self.is_sqlite else "SELECT 'ok'"))
            return "" if looked == "ok" else str(looked)

    async def close(self) -> None:
        await self.engine.dispose()


def after_commit(session: AsyncSession, callback: Callable[[], None]) -> None:
    """Run `callback` once the session's transaction is durable; not at all when it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


async def act_as(session: AsyncSession, person: str) -> None:
    """From here to its end the session's transaction is this person's: where the database keeps teams apart by itself
    (PostgreSQL, see docs/security.md), rows that they cannot reach are not there."""
    if session.get_bind().dialect.name == "postgresql" and session.info.get("person") != person:
        session.info["person"] = person
        await session.execute(text("SELECT sayso_act_as(:person)"), {"person": person})


def before_commit(session: AsyncSession, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Do `work` as the last part of the session's transaction; not at all when it is rolled back."""
    session.info.setdefault("before_commit", []).append(work)


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without an ini file; `connection` is used instead of opening one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _revisions() -> tuple[frozenset[str], frozenset[str]]:
    """Those that this program knows, and the newest: reading the scripts takes a tenth of a second."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return frozenset(script.revision for script in scripts.walk_revisions()), frozenset(scripts.get_heads())


def _is_behind(connection: Connection) -> bool:
    """Whether the tables lack a migration. Raises what `Database.migrate` raises."""
    known, heads = _revisions()
    there = MigrationContext.configure(connection).get_current_heads()
    for revision in there:
        if revision not in known:
            raise newer(revision)
    return set(there) != heads


def upgrade(connection: Connection) -> None:
    """Bring the tables behind `connection` to the newest shape. Raises what `Database.migrate` raises."""
    # Alembic reads all scripts once more even where there is nothing to do, at every start.
    if _is_behind(connection):
        command.upgrade(alembic_config(connection), "head")


def _not_a_cancelled_reset(record: logging.LogRecord) -> bool:
    """A filter for the pool's logger. It drops one record: a task cancelled while it returned its connection. Only that
    connection is lost then."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


logging.getLogger("sqlalchemy.pool.impl.AsyncAdaptedQueuePool").addFilter(_not_a_cancelled_reset)


def _engine(url: Any, is_sqlite: bool, *, foreign_keys: bool = True) -> AsyncEngine:
    if not is_sqlite:
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "do_connect")
    def open_ours(_: Any, __: Any, ___: Any, options: dict[str, Any]) -> None:
        options["async_creator_fn"] = opened

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver sends its own BEGIN too late; see `begin`
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads first and writes later fails when another one wrote in between; IMMEDIATE
        # waits instead.
        reads_only = connection.get_execution_options().get("reads_only")
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine
