"""Visitors who left are counted no more, whatever the app they asked does, so that they keep nobody out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from builder.base.http.connections import Connections
from builder.composition.settings import Settings
from builder.texts import said
from preview_runtime.routes import proxy
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.limits import VisitorLimits
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable
from tests.integration.preview_routers import APP, DOMAIN, NoPackages, Outputs, served

HOST = f"Host: p-{APP}.{DOMAIN}\r\n"
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
MOST = 8


class Silent:
    """An app that never answers `/hang`, streams without end at `/events`, and reads no more of a websocket than that."""

    def __init__(self) -> None:
        self.open = 0
        self.reached = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.open += 1
        try:
            if scope["path"] == "/read":
                await receive()  # of a body perhaps its beginning
            elif scope["path"] == "/deaf":
                await send({"type": "websocket.accept"})
            elif scope["path"] == "/events":
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"event\n", "more_body": True})
            elif scope["path"] == "/":
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
                return await send({"type": "http.response.body"})
            self.reached.release()
            if scope["type"] == "websocket":
                await asyncio.sleep(3600)
            if scope["path"] == "/hang" and scope["method"] == "POST":
                await asyncio.sleep(3600)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self.open -= 1


class Host:
    def __init__(self, port: int, app: Silent, activity: Activity, connections: Connections) -> None:
        self.port, self.app, self.activity, self.connections = port, app, activity, connections

    async def ask(self, text: str, then: str = "") -> asyncio.StreamWriter:
        """A visitor whose request has reached the app."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(text.encode())
        await self.app.reached.acquire()
        writer.write(then.encode())
        return writer

    async def status(self) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with contextlib.closing(writer):
            writer.write(f"GET / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode())
            return int((await reader.readline()).split()[1])

    async def forgotten(self) -> None:
        while self.activity.of(APP).open or len(self.connections):  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.01)


@pytest.fixture
async def visited(tmp_path: Path) -> AsyncIterator[Host]:
    limits = VisitorLimits(connections=MOST)
    app, activity, table = Silent(), Activity(), RouteTable()
    made = Connections(Settings(_env_file=None), limits)  # type: ignore[call-arg]
    async with served(app, ws="websockets-sansio") as upstream:
        table.put(APP, Route(upstream))
        previews = PreviewHost(
            Outputs(), NoPackages(), tmp_path, speak=said, routes=table, activity=activity, limits=limits
        )
        async with served(previews, http=made.protocol, ws=made.websocket) as origin:
            yield Host(int(origin.rpartition(":")[2]), app, activity, made)
        await previews.close()


ASKED = {
    "an answer": (f"GET /hang HTTP/1.1\r\n{HOST}\r\n", ""),
    "events": (f"GET /events HTTP/1.1\r\n{HOST}\r\n", ""),
    "an answer to what it sent": (f"POST /read HTTP/1.1\r\n{HOST}Content-Length: 5\r\n\r\nhello", ""),
    "the rest of what it sends": (f"POST /read HTTP/1.1\r\n{HOST}Content-Length: 500\r\n\r\nhello", ""),
    "a websocket": (f"GET /hang HTTP/1.1\r\n{HOST}{UPGRADE}\r\n", ""),
    "an answer, and a websocket": (
        f"GET /hang HTTP/1.1\r\n{HOST}\r\n", f"GET /hang HTTP/1.1\r\n{HOST}{UPGRADE}\r\n",
    ),
    "events, and a websocket": (
        f"GET /events HTTP/1.1\r\n{HOST}\r\n", f"GET /hang HTTP/1.1\r\n{HOST}{UPGRADE}\r\n",
    ),
    "two answers, and a websocket": (
        f"GET /hang HTTP/1.1\r\n{HOST}\r\n",
        f"GET /hang HTTP/1.1\r\n{HOST}\r\nGET /hang HTTP/1.1\r\n{HOST}{UPGRADE}\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "then"), ASKED.values(), ids=ASKED)
async def test_visitors_who_left_keep_nobody_out(visited: Host, first: str, then: str) -> None:
    async with asyncio.timeout(20):
        for _ in range(2):
            writers = [await visited.ask(first, then) for _ in range(MOST)]
            for writer in writers:
                writer.close()
            await visited.forgotten()
            assert await visited.status() == 200


@pytest.mark.parametrize("path", ["/hang", "/deaf"])
async def test_what_an_app_never_reads_is_not_kept_for_ever(
    visited: Host, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a connection is behind what was sent on it, where nobody sees it."""
    monkeypatch.setattr(proxy, "UNREAD_SECONDS", 0.3)
    size = 64 * 2**20
    if path == "/hang":
        writer = await visited.ask(f"POST {path} HTTP/1.1\r\n{HOST}Content-Length: {size + 1}\r\n\r\nx")
        piece = bytes(2**16)
    else:
        writer = await visited.ask(f"GET {path} HTTP/1.1\r\n{HOST}{UPGRADE}\r\n")
        piece = b"\x82\xff" + (2**16).to_bytes(8) + bytes(4) + bytes(2**16)
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            for _ in range(size // 2**16):
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()
        await visited.forgotten()
        assert await visited.status() == 200
