"""Real databases for tests: one PostgreSQL server for all of them, a database of it for each file, and either kind in turn."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from builder.base.db import Database
from builder.composition.settings import Settings

HELP = "PostgreSQL is not installed: apt-get install -y postgresql (or put initdb and postgres on PATH)"


def _binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    return next(
        (f for f in [*folders, *([Path(on_path).parent] if on_path else [])] if (f / "postgres").exists()), None
    )


@pytest.fixture(scope="session")
def postgres_machine() -> Iterator[str]:
    """A server on a free port; yields its address for SQLAlchemy. Nothing is kept in the database that it names."""
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(HELP)
        pytest.skip(HELP)
    # PostgreSQL refuses to run as root; Debian's package made the user it runs as.
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="sayso-pg-"))
    if account:
        shutil.chown(folder, "postgres", "postgres")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "sayso", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **account,  # type: ignore[call-overload]
    )  # fmt: skip
    options = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"]
    process = subprocess.Popen(
        [binaries / "postgres", *options], stderr=subprocess.PIPE, cwd=folder, **account  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        for line in process.stderr:
            if b"ready to accept connections" in line:
                break
        else:
            pytest.fail("PostgreSQL did not start")
        yield f"postgresql+asyncpg://sayso@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # at once, also where a test that failed left a connection
        process.communicate(timeout=30)
        shutil.rmtree(folder)


async def _tell(machine: str, statement: str) -> None:
    engine = create_async_engine(machine, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _aside(work: Coroutine[Any, Any, None]) -> None:
    """Does `work` in a loop of its own: that of the test which asks for it may be running."""
    thread = threading.Thread(target=asyncio.run, args=(work,))
    thread.start()
    thread.join()


def _named(machine: str, database: str) -> str:
    return make_url(machine).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def postgres_server(postgres_machine: str) -> Iterator[str]:
    """A blank database for a file's tests; yields its address for SQLAlchemy."""
    name = f"blank_{secrets.token_hex(4)}"
    _aside(_tell(postgres_machine, f"CREATE DATABASE {name}"))
    yield _named(postgres_machine, name)
    _aside(_tell(postgres_machine, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def postgres_template(postgres_machine: str) -> str:
    """The name of a migrated, empty database to copy: the migrations themselves take a second each time."""

    async def make() -> None:
        await _tell(postgres_machine, "CREATE DATABASE migrated")
        address = _named(postgres_machine, "migrated")
        db = Database(Settings(_env_file=None, database_url=address))  # type: ignore[call-arg]
        await db.migrate()
        await db.close()

    _aside(make())
    return "migrated"


async def emptied(settings: Settings) -> Settings:
    """The same, once its PostgreSQL database holds nothing."""
    db = Database(settings)
    async with db.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await db.close()
    return settings


@pytest.fixture(params=["sqlite", "postgres"])
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of a migrated, empty database that several processes share."""
    here = tmp_path / "here"
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
        settings = Settings(_env_file=None, data_dir=here, database_url=url)  # type: ignore[call-arg]
        db = Database(settings)
        await db.migrate()
        await db.close()
        yield settings
        return
    machine, template = (request.getfixturevalue(name) for name in ("postgres_machine", "postgres_template"))
    name = f"copy_{secrets.token_hex(4)}"
    await _tell(machine, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield Settings(_env_file=None, data_dir=here, database_url=_named(machine, name))  # type: ignore[call-arg]
    await _tell(machine, f"DROP DATABASE {name} WITH (FORCE)")
