"""`python -m builder serve`: it starts, says where, keeps its rules and ends cleanly with everything it started."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from builder.base.http.hosts import WATCHED
from tests.browser.conftest import ROOT, Server, free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("launcher")).start()
    yield server
    if server.process and server.process.poll() is None:
        server.stop()


def request(server: Server, method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """One raw request to the server's port, with any Host header."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _open(server: Server, path: str, headers: dict[str, str]) -> int:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        raw.sendall("\r\n".join(lines).encode())
        return int(raw.recv(4096).split()[1])


def test_it_prints_one_address_that_answers(server: Server) -> None:
    assert f"Sayso is running at http://localhost:{server.port}" in server.log
    status, headers, body = request(server, "GET", "/", {})
    assert status == 200
    assert b"What do you want to make?" in body
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"


def test_hashed_files_are_kept_by_the_browser_and_pages_are_asked_for_anew(server: Server) -> None:
    _, headers, body = request(server, "GET", "/", {})
    assert headers["cache-control"] == "no-cache"
    asset = next(part.split('"')[0] for part in body.decode().split("/assets/") if part.startswith("entry.client-"))
    _, headers, _ = request(server, "GET", f"/assets/{asset}", {"Accept-Encoding": "br"})
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "br"


def test_an_unknown_address_is_404_as_a_page_and_as_json(server: Server) -> None:
    assert request(server, "GET", "/nowhere/at/all", {})[0] == 404
    status, headers, body = request(server, "GET", "/api/v1/nowhere", {"X-Sayso-Client": "tests"})
    assert (status, headers["content-type"].partition(";")[0]) == (404, "application/json")
    assert set(json.loads(body)["error"]) == {"code", "message", "details"}


@pytest.mark.parametrize(
    "path", ["/api/v1/projects", "/api/v1/openapi.json", "/api/v1/keys/anthropic", "/_event/?EIO=4&transport=polling"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example:8000"},
    ],
    ids=["origin", "cross-site", "same-site", "host"],
)
def test_the_api_and_the_event_socket_answer_403_to_foreign_requests(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    assert request(server, "GET", path, headers)[0] == 403


def routes(server: Server) -> list[tuple[str, str]]:
    """Every method and path of the API, with an id in each place for one."""
    described = json.loads(request(server, "GET", "/api/v1/openapi.json", {})[2])
    return [
        (method.upper(), re.sub(r"\{[^}]*\}", "a" * 16, path))
        for path, methods in described["paths"].items()
        for method in methods
    ]


# What an engine, a link preview or a feed reader of this computer sends to an address that somebody else chose.
BLIND = [
    {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"},
    {"User-Agent": "Go-http-client/1.1", "Referer": "http://127.0.0.1:8000/api/v1/docs"},
    {"Authorization": "Basic YTpi", "Accept": "*/*", "Range": "bytes=0-"},
    {"Cookie": "sayso_session=a.b.c"},
    {"X-Sayso-Client": ""},
]


@pytest.mark.parametrize("headers", BLIND, ids=["go", "redirected", "user-info", "cookie", "empty"])
def test_no_route_answers_a_blind_fetch_from_this_computer(server: Server, headers: dict[str, str]) -> None:
    found = routes(server)
    assert len(found) > 60
    sockets = [("GET", f"/api/v1/projects/{'a' * 16}/{name}/ws") for name in ("events", "server", "server/logs")]
    reflex = [("GET", "/_event/?EIO=4&transport=polling"), ("POST", "/_upload"), ("GET", "/_all_routes")]
    for method, path in [*found, *sockets, *reflex, ("GET", "//api/v1/projects"), ("GET", "/%61pi/v1/projects")]:
        status, answered, body = request(server, method, path, headers)
        oauth = path.startswith("/api/v1/auth/oauth/") and path.endswith(("/start", "/callback"))
        if path in WATCHED or oauth:  # nothing of it was made by anybody
            assert status in (200, 404, 409)
            continue
        error = json.loads(body)["error"]
        assert (status, error["code"]) == (403, "unknown_client"), (method, path)
        assert "access-control-allow-origin" not in answered
        assert "X-Sayso-Client" in error["message"]
        assert error["details"]["next"]


def test_another_projects_files_are_not_fetched_blindly_but_by_who_means_it(server: Server) -> None:
    project = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    path = f"/api/v1/projects/{project}/files"
    refused = request(server, "GET", path, BLIND[0])
    assert refused[0] == 403
    assert b"index.html" not in refused[2]
    own = {"Host": f"localhost:{server.port}"}
    for meant in (
        {"X-Sayso-Client": "curl"},
        {**own, "Sec-Fetch-Site": "same-origin"},
        {**own, "Origin": f"http://localhost:{server.port}"},
    ):
        status, _, body = request(server, "GET", path, meant)
        assert (status, b"index.html" in body) == (200, True), meant


def test_no_preflight_lets_another_site_say_that_it_means_it(server: Server) -> None:
    for path in ("/api/v1/projects", "/api/v1/health", "/_event/?EIO=4&transport=polling", "/_upload"):
        wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-sayso-client"}
        status, answered, _ = request(server, "OPTIONS", path, {"Origin": "http://evil.example", **wanted})
        assert (status, [name for name in answered if name.startswith("access-control")]) == (403, [])


def test_a_program_without_a_page_says_so_for_a_websocket(server: Server) -> None:
    path = f"/api/v1/projects/{'a' * 16}/events/ws"
    upgrade = {"Host": f"localhost:{server.port}", "Connection": "Upgrade", "Upgrade": "websocket"}
    key = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert _open(server, path, {**upgrade, **key}) == 403
    project = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    assert _open(server, path.replace("a" * 16, project), {**upgrade, **key, "X-Sayso-Client": "tests"}) == 101


@pytest.mark.parametrize("origin", ["http://evil.example", "http://p-aaaaaaaaaaaaaaaa.preview.localhost", "null"])
@pytest.mark.parametrize("path", ["/_event/?EIO=4&transport=websocket", "/api/v1/projects/aaaaaaaaaaaaaaaa/events/ws"])
def test_websockets_are_refused_to_foreign_origins(server: Server, path: str, origin: str) -> None:
    upgrade = {"Host": f"localhost:{server.port}", "Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket"}
    assert (
        _open(server, path, {**upgrade, "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        == 403
    )


def test_reflex_socket_opens_for_our_own_page_by_either_name(server: Server) -> None:
    for name in ("localhost", "127.0.0.1"):
        upgrade = {
            "Host": f"{name}:{server.port}",
            "Origin": f"http://{name}:{server.port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
        }
        key = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        assert (
            _open(
                server,
                "/_event/?EIO=4&transport=websocket&token=00000000-0000-0000-0000-000000000000",
                {**upgrade, **key},
            )
            == 101
        )


def test_a_second_server_on_the_same_data_says_who_is_there(server: Server) -> None:
    done = run_serve({"DATA_DIR": str(server.data), "PORT": str(free_port())})
    assert done.returncode == 1
    assert f"http://localhost:{server.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_named_with_another_to_take(server: Server, tmp_path: Path) -> None:
    done = run_serve({"DATA_DIR": str(tmp_path), "PORT": str(server.port)})
    assert done.returncode == 1
    assert f"PORT={server.port + 1} script/server" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_open_host_without_a_password_does_not_start(tmp_path: Path) -> None:
    done = run_serve({"DATA_DIR": str(tmp_path), "HOST": "0.0.0.0", "PORT": str(free_port())})
    assert done.returncode == 1
    assert "OWNER_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr


def run_serve(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "builder", "serve"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_and_takes_all_it_started_with_an_event_stream_open(
    tmp_path: Path, how: signal.Signals
) -> None:
    began = time.monotonic()
    server = Server(tmp_path).start()
    started = time.monotonic() - began
    assert server.process
    group = server.process.pid
    project = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", f"/api/v1/projects/{project}/events", headers={"X-Sayso-Client": "tests"})
    stream = connection.getresponse()
    assert stream.status == 200
    seconds = server.stop(how)
    assert seconds < 2 * started
    assert server.process.returncode in (0, -how, 130, 143)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    assert "Traceback" not in server.log
    connection.close()


def test_an_unchanged_start_is_quick(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    try:
        assert "built in" not in server.log
        seconds = float(server.log.split("started in ")[1].split(" s")[0])
        # Machines differ: most of a start is what reading these libraries takes on this one at this moment.
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", "import reflex, fastapi, anthropic, openai, aiodocker"], check=True)
        assert seconds < 8 * (time.monotonic() - began)
    finally:
        server.stop()
