"""The real builder as the attacks meet it: apps are put in through its API and reached through its router."""

from __future__ import annotations

import http.client
import json
import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.browser.conftest import Server
from tests.browser.workbench import imported

T = TypeVar("T")
EVENTUALLY_SECONDS = 60.0
# What is promised of the builder's answers under attack, whatever the machine: docs/containers.md.
MOST_MILLISECONDS = 250.0
# A few answers say nothing of a 95th percentile: those during a short attack count in that of the whole suite.
LEAST_SAMPLES = 60

# An app that does what it is asked to: the attacks are Python text, and run beside the server.
LABORATORY = """
import json, os, subprocess, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.answer(b"alive")
    def do_POST(self):
        text = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/start":
            subprocess.Popen([sys.executable, "-c", text])
            return self.answer(b"{}")
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60)
        self.answer(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr[-4000:]}).encode())
    def answer(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass

ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


def eventually(check: Callable[[], T], seconds: float = EVENTUALLY_SECONDS) -> T:
    """What `check` gives once it is true."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)
    return found


class Health:
    """How long the builder took to answer, since `begin`."""

    def __init__(self, port: int, folder: Path) -> None:
        self._file = folder / "health"
        script = Path(__file__).with_name("health.py")
        with self._file.open("wb") as out:
            self._process = subprocess.Popen([sys.executable, "-I", script, str(port)], stdout=out)

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def samples(self, since: float = 0.0) -> list[float]:
        """Milliseconds of each answer that came after `since`, a reading of the monotonic clock."""
        lines = self._file.read_text().splitlines()
        found = [line.split() for line in lines[:-1] or lines]
        return [float(took) * 1000 for at, took in found if float(at) >= since]

    def calm(self) -> None:
        """Return once the builder, which has just begun, has no more to do than to answer."""
        eventually(lambda: len(found := self.samples()) > 20 and max(found[-20:]) < MOST_MILLISECONDS)


def percentile(samples: list[float], share: float = 0.95) -> float:
    return sorted(samples)[max(0, math.ceil(len(samples) * share) - 1)]


@dataclass
class App:
    """One project whose server runs."""

    server: Server
    project: str

    @property
    def host(self) -> str:
        """The name of its preview, as a browser says it."""
        return f"p-{self.project}.preview.localhost:{self.server.port}"

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/api/v1/projects/{self.project}/server")
        return found

    def bring_up(self) -> None:
        self.server.call("PUT", f"/api/v1/projects/{self.project}/server")

    def settled(self) -> dict[str, Any]:
        """Its state once it runs or has failed."""

        def known() -> dict[str, Any] | None:
            state = self.state()
            return state if state["status"] in ("running", "failed") else None

        return eventually(known)

    def fault(self) -> dict[str, Any]:
        """What the person is told, once the preview has failed."""

        def failed() -> dict[str, Any] | None:
            state = self.state()
            return state["fault"] if state["status"] == "failed" else None

        return eventually(failed)

    def stop(self) -> None:
        self.server.call("DELETE", f"/api/v1/projects/{self.project}/server")

    def ask(
        self, method: str = "GET", path: str = "/", body: bytes | None = None, seconds: float = 60
    ) -> tuple[int, bytes]:
        """One request through the builder's router; status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=seconds)
        try:
            connection.request(method, path, body, {"Host": self.host})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def alive(self) -> bool:
        return self.ask() == (200, b"alive")

    def run(self, code: str) -> str:
        """What a program in the laboratory's container writes, once it has ended well."""
        status, body = self.ask("POST", "/run", code.encode())
        assert status == 200, body
        done = json.loads(body)
        assert done["code"] == 0, done
        return str(done["out"])

    def begin(self, code: str) -> None:
        """Start a program in the laboratory's container and leave it."""
        assert self.ask("POST", "/start", code.encode())[0] == 200


class Builder:
    """Takes in hostile apps."""

    def __init__(self, server: Server, health: Health) -> None:
        self.server = server
        self.health = health
        self._apps: list[App] = []

    def app(self, files: Mapping[str, str] | None = None, *, runs: bool = True) -> App:
        """A project of `files` (the laboratory without any), its server started; `runs`: it has to come up."""
        app = App(self.server, imported(self.server, files or {"server.py": LABORATORY}, title="attack"))
        self._apps.append(app)
        app.bring_up()
        state = app.settled()
        assert not runs or state["status"] == "running", state
        return app

    def count(self) -> int:
        """How many apps there are."""
        return len(self._apps)

    def clear(self, first: int = 0) -> None:
        """Stop all apps but the `first` ones."""
        while len(self._apps) > first:
            self._apps.pop().stop()
