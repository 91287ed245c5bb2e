"""What a server part behind a preview host can rely on. The same promises by the in-process router and by Traefik."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as Endpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from yarl import URL

from preview_runtime.output import Output, OutputFile
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.routes.traefik import traefik_configuration

APP, HALF, GONE = "app", "half", "gone"
DOMAIN = "preview.localhost"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Outputs:
    """The instant engine's part of the previews."""

    async def find(self, preview_id: str) -> Output | None:
        page = OutputFile("text/html", b"<h1>front end</h1>")
        return {"index.html": page} if preview_id in (APP, HALF, GONE) else None


class NoPackages:
    def path(self, hash: str, file: str) -> Path | None:
        return None


class ServerPart:
    """An app's own server, which tells what reached it."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.left = asyncio.Event()
        self.asgi = Starlette(
            routes=[
                WebSocketRoute("/socket", self.socket),
                WebSocketRoute("/api/socket", self.socket),
                Endpoint("/events", self.events),
                Endpoint("/cookies", self.cookies),
                Endpoint("/moved", self.moved),
                Endpoint("/{path:path}", self.echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            ]
        )

    async def echo(self, request: Request) -> Response:
        body = await request.body()
        return JSONResponse(
            {
                "method": request.method,
                "target": request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode(),
                "headers": dict(request.headers.items()),
                "bytes": len(body),
                "text": body[:100].decode("latin-1"),
            },
            headers={"x-app": "yes", "connection": "keep-alive"},
        )

    async def events(self, request: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            try:
                yield b"data: first\n\n"
                await self.release.wait()
                yield b"data: second\n\n"
            finally:
                self.left.set()

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def cookies(self, request: Request) -> Response:
        answer = Response("ok")
        answer.raw_headers.append((b"set-cookie", b"one=1; Path=/"))
        answer.raw_headers.append((b"set-cookie", b"two=2; Path=/"))
        return answer

    async def moved(self, request: Request) -> Response:
        return Response(status_code=303, headers={"location": "/elsewhere"})

    async def socket(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol="chat" if "chat" in socket.scope["subprotocols"] else None)
        async for text in socket.iter_text():
            if text == "bytes":
                await socket.send_bytes(b"\x00\xff")
            elif text == "end":
                await socket.close(4001)
                return
            else:
                await socket.send_text(f"{text} at {socket.headers['host']}")


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=free_port(), log_level="error", lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = server.force_exit = True
        await task


@contextlib.asynccontextmanager
async def traefik(folder: Path, table: RouteTable, builder: str) -> AsyncIterator[str]:
    """The real program with our configuration in its file provider."""
    program = shutil.which("traefik")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Traefik is missing: script/setup --dev installs it")
        pytest.skip("Traefik is missing: script/setup --dev installs it")
    port = free_port()
    (folder / "routes.yaml").write_text(json.dumps(traefik_configuration(table, DOMAIN, builder)))
    process = await asyncio.create_subprocess_exec(
        program,
        f"--entrypoints.web.address=127.0.0.1:{port}",
        f"--providers.file.filename={folder / 'routes.yaml'}",
        "--log.level=ERROR",
        "--global.sendAnonymousUsage=false",
        "--global.checkNewVersion=false",
    )
    try:
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{port}/", headers=host(APP)) as answer:
                        if answer.status != 404:
                            break
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


def host(preview_id: str, **more: str) -> dict[str, str]:
    return {"host": f"p-{preview_id}.{DOMAIN}", **more}


@pytest.fixture
def part() -> ServerPart:
    return ServerPart()


@pytest.fixture(params=["in-process", "traefik"])
async def router(request: pytest.FixtureRequest, tmp_path: Path, part: ServerPart) -> AsyncIterator[str]:
    """The origin of a router before one app that is all server, one with a front end of its own, one that is down."""
    table = RouteTable()
    async with contextlib.AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(served(part.asgi))
        table.put(APP, Route(upstream))
        table.put(HALF, Route(upstream, whole=False))
        table.put(GONE, Route(f"http://127.0.0.1:{free_port()}"))
        previews = PreviewHost(Outputs(), NoPackages(), tmp_path, routes=table)
        stack.push_async_callback(previews.close)
        origin = await stack.enter_async_context(served(previews))
        if request.param == "traefik":
            origin = await stack.enter_async_context(traefik(tmp_path, table, origin))
        yield origin


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


async def test_a_request_reaches_the_app_as_it_was_made(router: str, browser: aiohttp.ClientSession) -> None:
    address = URL(f"{router}/a%2Fb/%20c?x=1&x=2&y=%26", encoded=True)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        body = b"hello" if method in ("POST", "PUT", "PATCH") else None
        asked = host(APP, **{"x-mine": "1", "cookie": "a=1; b=2"})
        async with browser.request(method, address, data=body, headers=asked) as answer:
            assert (answer.status, answer.headers["x-app"]) == (200, "yes")
            told = await answer.json()
        assert (told["method"], told["target"]) == (method, "/a%2Fb/%20c?x=1&x=2&y=%26")
        assert told["text"] == (body or b"").decode()
        seen = told["headers"]
        assert (seen["host"], seen["x-mine"], seen["cookie"]) == (asked["host"], "1", "a=1; b=2")
        assert seen["x-forwarded-host"] == asked["host"]
        assert (seen["x-forwarded-proto"], seen["x-forwarded-for"]) == ("http", "127.0.0.1")


async def test_what_a_browser_claims_about_its_way_here_does_not_count(
    router: str, browser: aiohttp.ClientSession
) -> None:
    lies = {"x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    async with browser.get(router, headers=host(APP, **lies)) as answer:
        seen = (await answer.json())["headers"]
    assert (seen["x-forwarded-for"], seen["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert seen["x-forwarded-host"] == f"p-{APP}.{DOMAIN}"


async def test_the_answer_comes_back_with_every_cookie_and_without_being_followed(
    router: str, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(f"{router}/cookies", headers=host(APP)) as answer:
        assert [value.partition(";")[0] for value in answer.headers.getall("set-cookie")] == ["one=1", "two=2"]
    async with browser.get(f"{router}/moved", headers=host(APP), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["location"]) == (303, "/elsewhere")


async def test_an_app_can_be_shown_inside_the_builder(router: str, browser: aiohttp.ClientSession) -> None:
    async with browser.get(router, headers=host(APP)) as answer:
        assert answer.headers["cross-origin-embedder-policy"] == "credentialless"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["origin-agent-cluster"] == "?1"


async def test_events_arrive_as_they_are_sent(router: str, browser: aiohttp.ClientSession, part: ServerPart) -> None:
    async with asyncio.timeout(10), browser.get(f"{router}/events", headers=host(APP)) as answer:
        assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"
        part.release.set()
        assert await answer.content.readuntil(b"\n\n") == b"data: second\n\n"


async def test_an_app_is_told_when_its_listener_leaves(
    router: str, browser: aiohttp.ClientSession, part: ServerPart
) -> None:
    async with asyncio.timeout(10):
        answer = await browser.get(f"{router}/events", headers=host(APP))
        await answer.content.readuntil(b"\n\n")
        answer.close()
        await part.left.wait()


async def test_a_large_upload_passes_through(router: str, browser: aiohttp.ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    async with browser.post(f"{router}/upload", data=pieces(), headers=host(APP)) as answer:
        assert (await answer.json())["bytes"] == 20_000_000


async def test_websockets_pass_with_their_protocol_and_their_end(router: str, browser: aiohttp.ClientSession) -> None:
    async with (
        asyncio.timeout(10),
        browser.ws_connect(f"{router}/socket", headers=host(APP), protocols=["chat"]) as socket,
    ):
        assert socket.protocol == "chat"
        await socket.send_str("hello")
        assert await socket.receive_str() == f"hello at p-{APP}.{DOMAIN}"
        await socket.send_str("bytes")
        assert await socket.receive_bytes() == b"\x00\xff"
        await socket.send_str("end")
        await socket.receive()
        assert socket.close_code == 4001


async def test_of_a_front_end_with_an_api_only_the_api_is_the_servers(
    router: str, browser: aiohttp.ClientSession
) -> None:
    page = host(HALF, accept="text/html")
    for path, served_by_app in (("/", False), ("/apiary", False), ("/api", True), ("/api/items?x=1", True)):
        async with browser.get(router + path, headers=page) as answer:
            assert (answer.status, answer.headers.get("x-app") == "yes") == (200, served_by_app), path
    async with browser.ws_connect(f"{router}/api/socket", headers=host(HALF)) as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == f"hello at p-{HALF}.{DOMAIN}"


async def test_an_app_that_is_down_is_no_riddle(router: str, browser: aiohttp.ClientSession) -> None:
    async with browser.get(router, headers=host(GONE)) as answer:
        assert answer.status == 502
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await browser.ws_connect(f"{router}/socket", headers=host(GONE))


@pytest.mark.parametrize("router", ["in-process"], indirect=True)
async def test_a_person_gets_a_page_that_asks_again_and_a_program_an_error(
    router: str, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(router, headers=host(GONE, accept="text/html")) as answer:
        text = await answer.text()
        assert "The app is not answering" in text
        assert "location.reload()" in text
    async with browser.get(f"{router}/api/items", headers=host(GONE)) as answer:
        assert (await answer.json())["error"]["code"] == "app_silent"


@pytest.mark.parametrize("router", ["in-process"], indirect=True)
async def test_one_app_sets_no_cookie_for_another(
    router: str, browser: aiohttp.ClientSession, part: ServerPart
) -> None:
    async def broad(request: Request) -> Response:
        answer = Response("ok")
        answer.raw_headers.append((b"set-cookie", b"wide=1; Domain=preview.localhost; Path=/"))
        return answer

    part.asgi.router.routes.insert(0, Endpoint("/broad", broad))
    async with browser.get(f"{router}/broad", headers=host(APP)) as answer:
        assert answer.headers["set-cookie"] == "wide=1; Path=/"
