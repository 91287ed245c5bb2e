"""A running server, and the command line as somebody types it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from builder.base.settings import ROOT

PROGRAM = {"X-Sayso-Client": "tests"}


class ApiProcess:
    """One server with its own data; `kill` leaves it as a crash would."""

    def __init__(self, data: Path, password: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url, self.data = f"http://127.0.0.1:{self.port}", data
        self._environment = {
            **os.environ, "DATA_DIR": str(data), "PORT": str(self.port), "OWNER_PASSWORD": password,
            "DOCKER_HOST": "unix:///nowhere/docker.sock",
        }  # fmt: skip
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.integration.client.api_process", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/api/v1/health", headers=PROGRAM, trust_env=False).is_success:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@dataclass
class Shell:
    """Runs `sayso`; `said` and `complained` are what it printed last."""

    home: Path
    folder: Path
    said: str = ""
    complained: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, folder: Path | None = None, stdin: str = "") -> int:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "client"), "SAYSO_HOME": str(self.home), **self.more}
        done = subprocess.run(
            [sys.executable, "-m", "sayso", *words], cwd=folder or self.folder, env=environment, text=True, input=stdin,
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        self.said, self.complained = done.stdout, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode


@pytest.fixture(scope="package")
def make_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ApiProcess]]:
    made: list[ApiProcess] = []

    def make(password: str = "") -> ApiProcess:
        made.append(ApiProcess(tmp_path_factory.mktemp("data"), password))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="package")
def server(make_api: Callable[..., ApiProcess]) -> ApiProcess:
    return make_api()


@pytest.fixture
def sayso(tmp_path: Path) -> Shell:
    (tmp_path / "work").mkdir()
    return Shell(tmp_path / "home", tmp_path / "work")
