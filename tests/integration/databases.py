"""Real databases for tests: a PostgreSQL server that lives as long as a file's tests, and either kind in turn."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from builder.base.db import Database
from builder.composition.settings import Settings

HELP = "PostgreSQL is not installed: apt-get install -y postgresql (or put initdb and postgres on PATH)"


def _binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    return next(
        (f for f in [*folders, *([Path(on_path).parent] if on_path else [])] if (f / "postgres").exists()), None
    )


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[str]:
    """A server on a free port; yields its address for SQLAlchemy."""
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


async def emptied(settings: Settings) -> Settings:
    """The same, once its PostgreSQL database holds nothing."""
    db = Database(settings)
    async with db.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await db.close()
    return settings


@pytest.fixture(params=["sqlite", "postgres"])
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a migrated, empty database that several processes share."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server")
    settings = Settings(_env_file=None, data_dir=tmp_path / "here", database_url=url)  # type: ignore[call-arg]
    if request.param == "postgres":
        await emptied(settings)
    db = Database(settings)
    await db.migrate()
    await db.close()
    return settings
