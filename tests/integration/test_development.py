"""Development mode (`reflex run`): one public port that is isolated and guarded as in production."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from builder import build
from tests.browser.conftest import ROOT, free_port

_COPIED = ("rxconfig.py", "builder", "assets", "templates", "reflex.lock", "requirements.txt")


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The public port of a development server in a copy of the project, so that the built pages stay as they are."""
    home = tmp_path_factory.mktemp("development")
    for name in _COPIED:
        source = ROOT / name
        shutil.copytree(source, home / name) if source.is_dir() else shutil.copy(source, home / name)
    shutil.copytree(ROOT / "preview_runtime", home / "preview_runtime", ignore=shutil.ignore_patterns("node_modules"))
    (home / "preview_runtime/browser/node_modules").symlink_to(ROOT / "preview_runtime/browser/node_modules")
    front, back = free_port(), free_port()
    environment = {**build.environment(), "DATA_DIR": str(home / "data"), "PUBLIC_URL": f"http://localhost:{front}"}
    command = [sys.executable, "-m", "reflex", "run", "--frontend-port", str(front), "--backend-port", str(back)]
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(front, process, home / "server.log")
        yield front
    finally:
        # Reflex alone would leave Vite's processes behind: the whole group ends.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
        log.close()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(ask(port, "/api/v1/health")[2])["ok"]:
                return
        time.sleep(0.2)  # a process to come up: there is no event to wait for
    raise AssertionError(log.read_text(errors="replace")[-3000:])


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("localhost", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_pages_are_cross_origin_isolated(development: int) -> None:
    status, headers, _ = ask(development, "/")
    assert status == 200
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"


def test_the_api_answers_on_the_same_port_and_refuses_foreign_pages(development: int) -> None:
    assert ask(development, "/api/v1/projects")[0] == 403
    assert ask(development, "/api/v1/projects", {"X-Sayso-Client": "tests"})[0] == 200
    assert ask(development, "/api/v1/projects", {"Origin": "http://evil.example"})[0] == 403
    assert ask(development, "/api/v1/projects", {"Sec-Fetch-Site": "same-site"})[0] == 403


def test_preview_hosts_answer_on_the_same_port_without_the_pages(development: int) -> None:
    host = {"Host": f"p-aaaaaaaaaaaaaaaa.preview.localhost:{development}"}
    status, headers, body = ask(development, "/", host)
    assert status == 404
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert b"What do you want to make?" not in body
    assert ask(development, "/api/v1/projects", host)[0] == 404
