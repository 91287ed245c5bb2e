"""Bodies that never come, before anybody has signed in: the builder answers others, and its log stays quiet."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.conftest import Server
from tests.containers.attacks.builder import MOST_MILLISECONDS, Health, percentile

PASSWORD = "correct horse"  # a test's own
CONNECTIONS = 6_000
FILES = 1_024


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A builder that asks to sign in, with few file descriptors."""
    server = Server(tmp_path_factory.mktemp("locked"), {"OWNER_PASSWORD": PASSWORD, "DOCKER_HOST": "unix:///none"})
    server.start()
    try:
        assert server.process
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (FILES, FILES))
        yield server
        assert "Traceback" not in server.log, server.log[-4000:]
        assert len(server.log.splitlines()) < 50, server.log[-4000:]
    finally:
        server.stop()


def signed_in(server: Server, source: str) -> int:
    """The status of the owner's attempt, 303 for one that passes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=(source, 0))
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", urlencode({"password": PASSWORD}), form)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("connections", "sources"),
    [(CONNECTIONS, ["127.0.0.1"]), (CONNECTIONS // 4, ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"])],
)
def test_thousands_of_bodies_that_never_come_keep_nobody_out(
    locked: Server, connections: int, sources: list[str], tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 1_000), hard))
    health = Health(locked.port, tmp_path)
    held: list[socket.socket] = []
    request = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{locked.port}\r\nContent-Length: 4000\r\n\r\nx".encode()
    try:
        health.calm()
        began = time.monotonic()
        for number in range(connections):
            one = socket.create_connection(("127.0.0.1", locked.port), 20, (sources[number % len(sources)], 0))
            one.sendall(request)
            held.append(one)
        assert locked.process
        assert len(os.listdir(f"/proc/{locked.process.pid}/fd")) < FILES - 200
        assert signed_in(locked, "127.0.0.1") == 303
        assert signed_in(locked, sources[0]) == 303
        slow = percentile(health.samples(began))
        assert slow <= MOST_MILLISECONDS, f"health took {slow:.0f} ms at the 95th percentile"
    finally:
        health.close()
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
