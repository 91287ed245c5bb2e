"""docker compose up: Sayso behind Traefik, on PostgreSQL, before a real engine. Minutes: with --all, or named by itself."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.containers import stand_ins

ROOT = stand_ins.ROOT
PASSWORD = "a long enough password"


def compose_program() -> list[str]:
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    message = "docker compose is missing: apt-get install -y docker-compose"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


class Stack:
    """What runs; `call` asks it as a browser would."""

    def __init__(self, port: int, compose: Callable[..., str]) -> None:
        self.port, self.compose = port, compose
        self.cookie = ""

    def answers(self) -> None:
        """Returns once it does."""
        end = time.monotonic() + 180
        while True:
            try:
                if self.call("GET", "/api/v1/health")[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < end, self.compose("logs", "--no-color", "--tail", "40")
            time.sleep(0.5)

    def told(self, headers: dict[str, str]) -> tuple[int, list[str]]:
        """Status and `Set-Cookie` values of the answer to a request with `headers`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/", headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.msg.get_all("set-cookie") or []
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, host: str = "localhost") -> tuple[int, str]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        request.add_header("Host", f"{host}:{self.port}")
        request.add_header("Content-Type", "application/json")
        request.add_header("X-Sayso-Client", "tests")
        if self.cookie:
            request.add_header("Cookie", self.cookie)
        try:
            with opener.open(request, timeout=60) as answer:
                return self._read(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return self._read(refused)

    def _read(self, answer: Any) -> tuple[int, str]:
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return answer.status, answer.read().decode()


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


opener = urllib.request.build_opener(_Still, urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def stack(
    request: pytest.FixtureRequest, docker_host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    named = any("test_compose" in argument for argument in request.config.invocation_params.args)
    if not (named or request.config.getoption("--all")):
        pytest.skip("takes minutes: run with --all, or this file by itself")
    program = compose_program()
    images = re.findall(r"image: (\S+)", (ROOT / "compose.yaml").read_text())
    made = stand_ins.build(images, docker_host)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "COMPOSE_PROJECT_NAME": "sayso-test-compose",
        "DOCKER_HOST": docker_host,
        "DOCKER_SOCKET": docker_host.removeprefix("unix://"),
        "HTTP_PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "OWNER_PASSWORD": PASSWORD,
        "POSTGRES_PASSWORD": "postgresPassword",
    }

    def compose(*arguments: str) -> str:
        done = subprocess.run(
            [*program, "-f", str(ROOT / "compose.yaml"), *arguments], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4_000:]
        return done.stdout

    try:
        compose("up", "-d", "--no-build")
        running = Stack(port, compose)
        running.answers()
        yield running
    finally:
        compose("down", "--volumes", "--timeout", "5")
        if not os.environ.get("KEEP_STAND_INS"):
            stand_ins.remove(made, docker_host)


def test_a_person_signs_in_and_makes_an_app_which_is_shown_on_its_own_host(stack: Stack) -> None:
    status, _ = stack.call("GET", "/")
    assert status == 303
    form = urllib.parse.urlencode({"password": PASSWORD}).encode()
    assert stack.call("POST", "/sign-in", form)[0] == 303
    assert stack.call("GET", "/")[0] == 200
    status, made = stack.call("POST", "/api/v1/projects", {"starter": "todo"})
    assert status == 201, made
    project = json.loads(made)["project"]
    preview = urllib.parse.urlsplit(project["preview_url"])
    assert preview.port == stack.port
    status, page = stack.call("GET", "/", host=str(preview.hostname))
    assert status == 200
    assert "<script" in page
    status, engine = stack.call("GET", f"/api/v1/projects/{project['id']}/engine")
    assert status == 200, engine


def test_the_engine_answers_through_the_proxy_before_its_socket(stack: Stack, runtime_images: object) -> None:
    """A network is made and looked at; that this engine is too old for apps under compose is then said in a sentence."""
    status, made = stack.call("POST", "/api/v1/projects", {"starter": "stock-api"})
    assert status == 201, made
    address = f"/api/v1/projects/{json.loads(made)['project']['id']}/server"
    status, said = stack.call("PUT", address)
    assert status == 202, said
    end = time.monotonic() + 90
    while '"failed"' not in said:
        assert time.monotonic() < end, said
        time.sleep(0.2)
        said = stack.call("GET", address)[1]
    assert "Use Docker 28 or later" in said


def test_a_name_that_is_not_ours_is_refused(stack: Stack) -> None:
    assert stack.call("GET", "/api/v1/health", host="evil.example")[0] == 403


def test_a_browser_that_was_flooded_with_cookies_is_freed_of_them(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = "; ".join(f"bomb{number}={'x' * 3_900}" for number in range(180))
    monkeypatch.setattr(http.client, "_MAXHEADERS", 5_000)  # browsers read as many
    status, cookies = stack.told({"Host": f"p-abcdefgh.preview.localhost:{stack.port}", "Cookie": bomb})
    assert status == 431
    assert any(line.startswith("bomb179=x; Max-Age=0; Path=/; Domain=preview.localhost") for line in cookies)


def test_each_of_them_may_end_and_comes_back_by_itself(stack: Stack) -> None:
    """Traefik killed, as where it has no memory left, and Sayso: nobody has to do anything about the other one."""
    for service in ("traefik", "sayso"):
        stack.compose("kill", service)
        stack.compose("start", service)
        stack.answers()
    end = time.monotonic() + 120
    while "unhealthy" in (shown := stack.compose("ps", "sayso")) or "healthy" not in shown:
        assert time.monotonic() < end, shown
        time.sleep(1)
