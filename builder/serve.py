"""One process, one port: builds what has changed, then serves pages, API and previews until it is stopped."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import os
import socket
import sys
import time
from types import FrameType
from typing import IO

from sqlalchemy.engine import make_url

from builder import build
from builder.base.settings import ROOT
from builder.base.watching.known_secrets import hold
from builder.base.watching.logs import begin_logs
from builder.composition.settings import Settings, get_settings
from builder.safety.masking import masked
from builder.texts import t

log = logging.getLogger("builder")


class CannotStart(RuntimeError):
    """The server cannot start; `str()` says why and what to do."""


def serve() -> None:
    """Build, start, print the address, and run until SIGINT or SIGTERM. Raises `CannotStart`."""
    started = time.monotonic()
    settings = get_settings()
    hold(*settings.secrets)
    begin_logs(settings.log_level, settings.log_format, masked)
    for noisy in ("httpx", "httpcore", "httpx2", "aiosqlite", "alembic", "watchfiles"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    make_data_dir(settings)
    lock = _only_server(settings)
    listener = _listen(settings)
    prepare_database(settings)
    build_all()

    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    from reflex.constants import Env
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)

    import uvicorn

    from builder.base.http.connections import BACKLOG, Connections, allow_many_files, no_fault_of_ours
    from builder.composition.services import get_services
    from builder.previews.servers.request_limits import preview_limits
    from preview_runtime.routes.proxy import not_a_cut_answer

    allow_many_files()
    for expected in (not_a_cut_answer, no_fault_of_ours):
        logging.getLogger("uvicorn.error").addFilter(expected)
    connections = Connections(settings, preview_limits(settings))

    class WebServer(uvicorn.Server):
        """Ends every open stream first: clients reconnect to the next server, and the shutdown need not wait for
        them."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            get_services().drain()
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # What is loaded stays: it is never looked through for garbage while requests wait.
            gc.freeze()
            gc.enable()
            if self.started:
                _announce(settings, time.monotonic() - started)

    config = uvicorn.Config(
        "builder.app:app",
        factory=True,
        http=connections.protocol,
        ws=connections.websocket,
        backlog=BACKLOG,
        host=settings.host,
        port=settings.port,
        log_config=None,  # its records go to the same place as ours
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        # Small files and deltas: a larger message is a mistake or an attack (files are saved over HTTP).
        ws_max_size=2**20,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        lifespan="on",
    )
    server = WebServer(config)
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        lock.close()
    if not server.started:
        raise CannotStart("The server stopped while starting; the lines above say why.")


def prepare_database(settings: Settings) -> None:
    """Bring the tables to the newest shape, before the slow steps of the start. Raises `CannotStart` with the next
    step."""
    from builder.base.db import Database
    from builder.base.storage_faults import storage_fault

    async def prepare() -> None:
        database = Database(settings)
        try:
            await database.migrate()
        finally:
            await database.close()

    try:
        asyncio.run(prepare())
    except Exception as error:
        fault = storage_fault(error)
        if fault is None:
            raise
        raise CannotStart(f"{fault.message}\n({database_place(settings)}: {fault.detail})") from error


def database_place(settings: Settings) -> str:
    """Where the database is, without a password."""
    return make_url(settings.database).render_as_string(hide_password=True).removeprefix("sqlite+aiosqlite:///")


def make_data_dir(settings: Settings) -> None:
    """The data directory, made for its user alone: other people of this computer could read every project otherwise.

    An existing directory keeps its mode: it may be shared on purpose.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotStart(
            f"The data directory {settings.data_dir} cannot be made ({error.strerror}). Set DATA_DIR to another folder."
        ) from error


def _announce(settings: Settings, seconds: float) -> None:
    if sys.__stdout__ is not None and sys.__stdout__.isatty():
        sys.__stdout__.write("\033[2K")
    print(f"Sayso is running at {settings.url}  (started in {seconds:.1f} s, Ctrl-C stops it)", flush=True)


def build_all() -> None:
    """Build the preview engine and the pages if their sources changed. Raises `CannotStart`."""
    for name, step in (
        ("preview engine", build.build_engine),
        ("pages (about half a minute the first time)", build.build_pages),
    ):
        began = time.monotonic()
        stale = True
        print(f"Checking the {name} …", file=sys.stderr, flush=True)
        try:
            stale = step()
        except build.BuildFailed as failure:
            raise CannotStart(
                f"Building the {name} failed:\n{failure}\n\nTry: rm -rf .web && script/server"
            ) from failure
        if stale:
            print(f"  built in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before the build so that a port in use is known at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            f"Stop what uses it, or choose another: PORT={settings.port + 1} script/server"
        ) from error
    return listener


def _only_server(settings: Settings) -> IO[str]:
    """An exclusive lock on the data directory: two servers on one SQLite file would each miss the other's events."""
    try:
        lock = (settings.data_dir / "server.lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"The data directory {settings.data_dir} cannot be written ({error.strerror}). "
            "Make it writable for this user, or set DATA_DIR to another folder."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise CannotStart(
            f"Sayso already runs on this data directory ({owner or 'another process'}). "
            "Open that one, stop it, or set DATA_DIR to another folder."
        ) from error
    lock.seek(0)
    lock.truncate()
    try:
        lock.write(f"process {os.getpid()}, {settings.url}")
        lock.flush()
    except OSError as error:
        lock.close()
        raise CannotStart(t("storage.disk_full")) from error
    return lock
