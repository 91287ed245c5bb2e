"""The proxy between an app and the hosts it may reach: what passes, what is refused, and what it is told."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from preview_runtime.containers.beside import egress_proxy
from preview_runtime.containers.beside.egress_proxy import EgressProxy


class Host:
    """A host out there: answers each request with its own head."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + head)
        await writer.drain()
        writer.close()


@pytest.fixture
async def host(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    host = Host()
    async with await asyncio.start_server(host.serve, "127.0.0.1", 0) as server:
        host.port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(egress_proxy, "PORTS", {"https": host.port, "http": host.port})
        yield host


async def asked(proxy: EgressProxy, request: str, more: str = "") -> tuple[str, str]:
    """The status line and the rest of what the proxy answers; `more` is sent once it has said yes."""
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=egress_proxy.HEAD_BYTES) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(request.encode())
        if more:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(more.encode())
        async with asyncio.timeout(20):
            said = (await reader.read()).decode()
        writer.close()
    first, _, rest = said.partition("\r\n")
    return first, rest


def resolved(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """Have names stand for addresses; any other name has none."""

    async def getaddrinfo(_: object, host: str, port: int, **options: Any) -> list[Any]:
        if host not in names:
            raise socket.gaierror(-2, "Name or service not known")
        family = socket.AF_INET6 if ":" in names[host] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (names[host], port))]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", getaddrinfo)


def local(*hosts: str) -> EgressProxy:
    return EgressProxy(hosts, ["127.0.0.0/8"])


async def test_an_allowed_host_is_reached_by_http_and_by_a_tunnel(host: Host) -> None:
    line, rest = await asked(
        local("localhost"),
        f"GET http://localhost:{host.port}/path?q=1 HTTP/1.1\r\nHost: elsewhere.example\r\nX-Mine: 1\r\n"
        "Proxy-Authorization: Basic c2VjcmV0\r\nConnection: keep-alive\r\n\r\n",
    )
    assert line == "HTTP/1.1 200 OK"
    assert rest.split("\r\n\r\n", 1)[1] == (
        "GET /path?q=1 HTTP/1.1\r\nHost: localhost\r\nX-Mine: 1\r\nConnection: close\r\n\r\n"
    )
    head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    line, rest = await asked(local("localhost"), f"CONNECT localhost:{host.port} HTTP/1.1\r\n\r\n", head)
    assert head in line + "\r\n" + rest


async def test_another_host_and_another_port_are_refused_and_said_once(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (
        f"other.example:{host.port}",
        "localhost:22",
        f"localhost.example:{host.port}",
        f"LOCALHOST2:{host.port}",
    ):
        line, rest = await asked(local("localhost"), f"CONNECT {target} HTTP/1.1\r\n\r\n")
        assert line == "HTTP/1.1 403 Refused"
        assert "not among the hosts that this app may reach" in rest
    assert host.connections == 0
    said = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert said[0] == {"refused": "other.example", "port": host.port}
    assert len(said) == 4


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.17.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("127.255.255.254", "172.31.255.255", "192.0.0.8", "192.88.99.1", "198.18.0.1", "203.0.113.1", "240.0.0.1"),
        *("255.255.255.255", "239.255.255.250", "::", "::10.0.0.1", "::ffff:0:10.0.0.1", "::ffff:127.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"),
        *("fe80::1%eth0", "fec0::1", "64:ff9b:1::a00:1", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
    ],
)
async def test_a_name_that_points_at_a_private_address_leads_nowhere(
    host: Host, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolved(monkeypatch, **{"api.example.com": address})
    line, rest = await asked(EgressProxy(["api.example.com"]), f"CONNECT api.example.com:{host.port} HTTP/1.1\r\n\r\n")
    assert line == "HTTP/1.1 403 Refused"
    assert "private address" in rest
    assert host.connections == 0


@pytest.mark.parametrize("address", ["93.184.215.14", "::ffff:93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_one(address: str) -> None:
    assert EgressProxy([]).public(address)


async def test_a_host_without_an_address_is_said_to_have_none(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch)
    line, rest = await asked(EgressProxy(["api.example.com"]), f"CONNECT api.example.com:{host.port} HTTP/1.1\r\n\r\n")
    assert (line, "has no address" in rest) == ("HTTP/1.1 502 Refused", True)


@pytest.mark.parametrize(
    "request_",
    [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET ftp://localhost/x HTTP/1.1\r\n\r\n",
        "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        "CONNECT localhost:port HTTP/1.1\r\n\r\n",
        "CONNECT localhost:99999 HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET http://localhost/ HTTP/2\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nX: y\nHost: elsewhere.example\r\n\r\n",
        *("CONNECT [:443 HTTP/1.1\r\n\r\n", "GET http://[ HTTP/1.1\r\n\r\n", "GET http://[::1 HTTP/1.1\r\n\r\n"),
        *("GET http://localhost/\t HTTP/1.1\r\n\r\n", "GET http://localhost/\0 HTTP/1.1\r\n\r\n"),
        *(
            f"GET http://localhost/ HTTP/1.1\r\n{field}\r\n\r\n"
            for field in (
                "X: y\r\n folded",
                "Host : elsewhere.example",
                "X: a\0b",
                "X\0: a",
                ": a",
                "X",
                " X: y",
                "\tX: y",
            )
        ),
    ],
)
async def test_what_is_no_request_of_a_proxy_is_refused(host: Host, request_: str) -> None:
    line, _ = await asked(local("localhost"), request_)
    assert line == "HTTP/1.1 400 Refused"
    assert host.connections == 0


async def test_a_head_without_an_end_is_cut_off(host: Host) -> None:
    try:
        line, _ = await asked(local("localhost"), "GET http://localhost/ HTTP/1.1\r\n" + "X: y\r\n" * 10_000)
    except ConnectionError:
        line = ""
    assert line == ""
    assert host.connections == 0


async def test_more_connections_than_one_app_needs_are_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress_proxy, "CONNECTIONS", 2)
    proxy = local("localhost")
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        held = [await asyncio.open_connection(*server.sockets[0].getsockname()) for _ in range(2)]
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            assert (await reader.readline()).startswith(b"HTTP/1.1 503")
        for _, other in (*held, (reader, writer)):
            other.close()
