"""Browser tests: a real server on a free port, a real Chromium, and a page that fails its test on any console error."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import chromium
from tests.browser.claude import Claude

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / ".pytest_cache" / "packages"
CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


_LOG_LINES = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What fails says what its servers logged at last, and which requests of its pages were lost."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Server):
                lines = value.log.splitlines()[-_LOG_LINES:]
                report.sections.append((f"the log of {name}, {value.url}", "\n".join(lines)))
            if isinstance(value, Errors) and value.lost:
                report.sections.append(("requests that got no answer", "\n".join(value.lost)))
    return report


def free_port() -> int:
    """A port of the loopback interface that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _share_packages(data: Path) -> None:
    """Let all servers, of this run and of later ones, use one folder of prepared packages."""
    if not (data / "packages").exists():
        PACKAGES.mkdir(parents=True, exist_ok=True)
        (data / "packages").symlink_to(PACKAGES)


@dataclass
class Server:
    """One running Sayso with its own data directory."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        path = self.data / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> Server:
        self.data.mkdir(parents=True, exist_ok=True)
        _share_packages(self.data)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "OPENAI_"))}
        environment |= {"PORT": str(self.port), "DATA_DIR": str(self.data), **self.settings}
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "builder", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended while starting:\n{self.log[-4000:]}")
            with contextlib.suppress(OSError):
                if self.get("/api/v1/health")["ok"]:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"The server did not answer within 120 s:\n{self.log[-4000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """End the server; returns the seconds it took. SIGKILL takes whatever it started as well."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(how)
        try:
            self.process.wait(15)
        finally:
            if self.process.poll() is None or how is signal.SIGKILL:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
        return time.monotonic() - began

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url.replace("localhost", "127.0.0.1") + path, data, method=method)
        request.add_header("content-type", "application/json")
        request.add_header("x-sayso-client", "tests")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
            return json.loads(raw) if "json" in answer.headers.get("content-type", "") else raw

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, {} if body is None else body)

    def wait_done(self, project_id: str, seconds: float = 60) -> dict[str, Any]:
        """The project's snapshot once its newest generation has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            snapshot: dict[str, Any] = self.get(f"/api/v1/projects/{project_id}")
            if snapshot["generations"] and snapshot["generations"][-1]["status"] not in ("queued", "running"):
                return snapshot
            time.sleep(0.05)
        raise AssertionError("The generation did not end in time")


NO_CHROMIUM = "Chromium is missing: sudo apt-get install chromium"


def installed_chromium() -> str | None:
    """The path of a Chromium, None where there is none."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def find_chromium() -> str:
    """The path of an installed Chromium. Without one: a failure in CI, a skip on a person's machine."""
    found = installed_chromium()
    if not found:
        if os.environ.get("CI"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    return found


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    # Package-scoped: Playwright's sync API holds an event loop, which the async tests of other packages need free.
    with sync_playwright() as playwright:
        expect.set_options(timeout=45_000)
        yield playwright


def launch(playwright: Playwright, folder: Path, *options: str) -> Browser:
    """Chromium, started by chromium.py with `options`; a program is put into `folder`."""
    program = folder / "chromium"
    words = map(shlex.quote, (sys.executable, str(Path(chromium.__file__)), *options, find_chromium()))
    program.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
    program.chmod(0o755)
    return playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))


@pytest.fixture(scope="package")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, which takes no notice of networks that containers of other tests bring and take."""
    browser = launch(playwright, tmp_path_factory.mktemp("chromium"), "--still")
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers; each ends with the package."""
    servers: list[Server] = []

    def make(**settings: str) -> Server:
        server = Server(tmp_path_factory.mktemp("data"), settings).start()
        servers.append(server)
        return server

    yield make
    for server in servers:
        if server.process and server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="package")
def server(make_server: Callable[..., Server]) -> Server:
    """The server most tests share; the offline demo writes fast."""
    return make_server(OFFLINE_SPEED="60000")


# Chromium reports every answer of 400 and more as an error of its own; tests that provoke one assert on it themselves.
_EXPECTED = r"server responded with a status of (401|402|404|409|413|422|429)|net::ERR_NETWORK_IO_SUSPENDED"
# What Chromium says of a server that ended in the middle of things. A worker of Monaco's that it did not load is an Event.
LOST = (
    r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|"
    r"CONTENT_LENGTH_MISMATCH|SOCKET_NOT_CONNECTED)|WebSocket connection|^Event$"
)


class Errors:
    """What watched pages, and the frames in them, log as errors or throw."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self.lost: list[str] = []
        self._allowed = [_EXPECTED]

    def watch(self, page: Page) -> Page:
        page.on("console", lambda message: self._found.append(message.text) if message.type == "error" else None)
        page.on("requestfailed", lambda one: self.lost.append(f"{one.method} {one.url}: {one.failure}"))
        page.on("pageerror", lambda error: self._found.append(str(error)))
        return page

    def allow(self, pattern: str) -> None:
        """Errors that the test provokes."""
        self._allowed.append(pattern)

    @property
    def left(self) -> list[str]:
        return [error for error in self._found if not any(re.search(allowed, error) for allowed in self._allowed)]


@pytest.fixture
def errors() -> Iterator[Errors]:
    """Fails the test when a watched page logged an error that the test did not allow."""
    errors = Errors()
    yield errors
    assert not errors.left, f"errors in the console: {errors.left}"


@pytest.fixture
def make_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh profiles."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(45_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def make_page(make_context: Callable[..., BrowserContext], errors: Errors) -> Callable[..., Page]:
    """Makes watched pages, each in a fresh profile."""

    def make(**options: Any) -> Page:
        return errors.watch(make_context(**options).new_page())

    return make


@pytest.fixture
def page(make_page: Callable[..., Page]) -> Page:
    """A page in a fresh profile. The test fails when the page logs an error or throws."""
    return make_page()


@pytest.fixture(scope="package")
def claude() -> Iterator[Claude]:
    """A local server that speaks the Messages API and says what a test tells it to."""
    with Claude() as claude:
        yield claude


@pytest.fixture(scope="package")
def claude_server(make_server: Callable[..., Server], claude: Claude) -> Server:
    """The server of the tests in which Claude writes."""
    return make_server(ANTHROPIC_API_KEY=claude.key, ANTHROPIC_BASE_URL=claude.address)
