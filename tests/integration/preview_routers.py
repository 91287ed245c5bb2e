"""Both routers before the same apps: the in-process one alone, and the real Traefik before it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as Endpoint
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from builder.accounts.open_connections import OpenConnections, Session
from builder.base.http.hosts import dispatch_by_host
from builder.base.settings import ROOT
from builder.composition.settings import Settings
from builder.texts import said
from preview_runtime.output import Output, OutputFile
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.gate import Gate
from preview_runtime.routes.heads import guarded
from preview_runtime.routes.limits import VisitorLimits
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.routes.tickets import Grant, Tickets

APP, HALF, GONE = "app", "half", "gone"
DOMAIN = "preview.localhost"
COMPOSE = ROOT / "compose.yaml"
ROUTES = ROOT / "templates/deploy/traefik/routes.yaml"


class ServerPart:
    """An app's own server, which tells what reached it."""

    def __init__(self) -> None:
        self.asked = 0
        self.waiting = asyncio.Semaphore(0)  # one more for each request that waits for `release`
        self.release = asyncio.Event()
        self.left = asyncio.Event()
        self.asgi = Starlette(
            routes=[
                WebSocketRoute("/socket", self.socket),
                WebSocketRoute("/api/socket", self.socket),
                Endpoint("/events", self.events),
                Endpoint("/slow", self.slow),
                Endpoint("/cookies", self.cookies),
                Endpoint("/moved", self.moved),
                Endpoint("/broken", self.broken, methods=["GET", "POST"]),
                Endpoint("/{path:path}", self.echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            ]
        )

    async def echo(self, request: Request) -> Response:
        self.asked += 1
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

    async def slow(self, request: Request) -> Response:
        self.waiting.release()
        await self.release.wait()
        return Response("done")

    async def cookies(self, request: Request) -> Response:
        answer = Response("ok")
        answer.raw_headers.append((b"set-cookie", b"one=1; Path=/"))
        answer.raw_headers.append((b"set-cookie", b"two=2; Path=/"))
        return answer

    async def moved(self, request: Request) -> Response:
        return Response(status_code=303, headers={"location": "/elsewhere"})

    async def broken(self, request: Request) -> Response:
        self.asked += 1
        return JSONResponse({"detail": "The weather service is away."}, int(request.query_params["status"]))

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


class Outputs:
    """The instant engine's part of the previews."""

    async def find(self, preview_id: str) -> Output | None:
        page = OutputFile("text/html", b"<h1>front end</h1>")
        return {"index.html": page} if preview_id in (APP, HALF, GONE) else None


class NoPackages:
    def path(self, hash: str, file: str) -> Path | None:
        return None


class People:
    """Who may see which preview."""

    def __init__(self) -> None:
        self.allowed = {("ada", APP), ("ada", HALF), ("bob", "other")}

    async def may_see(self, person: str, preview_id: str) -> bool:
        return (person, preview_id) in self.allowed


class Waker:
    """Wakes an app once it is let; how often it was asked is counted."""

    def __init__(self, table: RouteTable) -> None:
        self.table = table
        self.gate = asyncio.Event()
        self.asked = 0
        self.upstream = ""
        self.fails = False

    async def wake(self, preview_id: str, seconds: float) -> bool:
        self.asked += 1
        await self.gate.wait()
        route = self.table.find(preview_id)
        if self.fails or route is None:
            raise RuntimeError("the engine is gone")
        self.table.put(preview_id, Route(self.upstream, whole=route.whole, private=route.private))
        return True


class Stage:
    """Three apps behind a router at `origin`: one all server, one with a front end of its own, one that is down."""

    def __init__(self, part: ServerPart, limits: VisitorLimits, folder: Path) -> None:
        self.part, self.limits, self.folder = part, limits, folder
        self.table = RouteTable()
        self.activity = Activity()
        self.waker = Waker(self.table)
        self.people = People()
        self.tickets = Tickets(lambda: self.key)
        self.connections = OpenConnections()
        self.key = b"key"
        self.gate = Gate(
            self.tickets,
            self.people,
            self.ask,
            speak=said,
            sessions=self,
        )
        self.origin = self.upstream = ""
        self.traefik = False

    async def ask(self, preview: str, to: str) -> str:
        return f"http://builder.test/open/{preview}?to={to}"

    async def run(self, grant: Grant, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await self.connections.run(Session(grant.person, grant.ends), app, scope, receive, send)


def host(preview_id: str, **more: str) -> dict[str, str]:
    return {"host": f"p-{preview_id}.{DOMAIN}", **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def served(app: Any, port: int = 0, **more: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=port or free_port(), log_level="error", lifespan="off", **more)
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


def traefik_program() -> str:
    program = shutil.which("traefik")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Traefik is missing: script/setup --dev installs it")
        pytest.skip("Traefik is missing: script/setup --dev installs it")
    return program


def traefik_arguments(port: int, compose: Path = COMPOSE, more: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """What `compose` starts Traefik with, listening at `port` of this computer, with `more` said otherwise.

    Where its certificates come from is left out.
    """
    told = re.findall(r"^      - --(?!certificatesresolvers)(\S+?)=(.*)$", compose.read_text(), re.MULTILINE)
    entry = dict.fromkeys((name for name, _ in told if name.endswith(".address")), f"127.0.0.1:{port}")
    changed = {"providers.file.filename": str(ROUTES), **entry, **more}
    return [f"--{name}={value}" for name, value in {**dict(told), **changed}.items()]


@contextlib.asynccontextmanager
async def traefik(
    builder: str, more: Mapping[str, str] = MappingProxyType({}), *, compose: Path = COMPOSE, **environment: str
) -> AsyncIterator[str]:
    """The real program as `compose` starts it, before `builder`; yields its origin once it answers."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        traefik_program(), *traefik_arguments(port, compose, more), env={"SAYSO": builder, **environment}
    )
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(
                        f"http://127.0.0.1:{port}/", headers=host(APP), allow_redirects=False
                    ) as answer:
                        if answer.status != 404:
                            break
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it would wait for connections that tests left open
        await asyncio.wait_for(process.wait(), 20)


@pytest.fixture
def part() -> ServerPart:
    return ServerPart()


@pytest.fixture
def limits() -> VisitorLimits:
    return VisitorLimits()


@pytest.fixture(params=["in-process", "traefik"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def stage(kind: str, limits: VisitorLimits, tmp_path: Path, part: ServerPart) -> AsyncIterator[Stage]:
    made = Stage(part, limits, tmp_path)
    async with contextlib.AsyncExitStack() as stack:
        made.upstream = made.waker.upstream = await stack.enter_async_context(served(part.asgi))
        made.table.put(APP, Route(made.upstream))
        made.table.put(HALF, Route(made.upstream, whole=False))
        made.table.put(GONE, Route(f"http://127.0.0.1:{free_port()}"))
        previews = PreviewHost(
            Outputs(),
            NoPackages(),
            tmp_path,
            speak=said,
            routes=made.table,
            waker=made.waker,
            activity=made.activity,
            limits=limits,
            gate=made.gate,
        )
        stack.push_async_callback(previews.close)
        # As in the builder, whose own pages nobody asks for here.
        app = dispatch_by_host(previews, previews, Settings(_env_file=None, preview_host=DOMAIN))  # type: ignore[call-arg]
        made.traefik = kind == "traefik"
        # What a visitor claims about the way here counts for nothing, what Traefik says does.
        proxies = "127.0.0.1" if made.traefik else ""
        made.origin = await stack.enter_async_context(
            served(
                app, http=guarded(limits, {proxies}), proxy_headers=made.traefik, forwarded_allow_ips=proxies,
                server_header=False,
            )
        )  # fmt: skip
        if made.traefik:
            slowest = max(limits.head_seconds, limits.body_seconds * 3)
            more = {"entrypoints.web.transport.respondingTimeouts.readTimeout": f"{slowest:g}s"}
            made.origin = await stack.enter_async_context(traefik(made.origin, more))
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session
