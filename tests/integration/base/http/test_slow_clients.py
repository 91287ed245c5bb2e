"""Clients that send slowly, read nothing or leave: bounded on every route of the process, without a word in the log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from builder.base.http import connections
from builder.base.http.connections import Connections, let_go, no_fault_of_ours
from builder.composition.settings import Settings
from builder.previews.servers.request_limits import preview_limits
from preview_runtime.routes import cuts

HEAD = "POST {path} HTTP/1.1\r\nHost: {host}\r\n"
HOST = "localhost"
PREVIEW = "p-abc.preview.localhost"


def routes() -> ASGIApp:
    async def whole(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    async def unread(_: Request) -> Response:
        return PlainTextResponse("unread")

    async def stream(_: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"event\n"
                await asyncio.sleep(1)

        return StreamingResponse(pieces())

    async def large(_: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            while True:
                yield bytes(2**16)
                await asyncio.sleep(0)

        return StreamingResponse(pieces())

    async def late(socket: WebSocket) -> None:
        await asyncio.sleep(0.3)
        await echo(socket)

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    every = ["GET", "POST"]
    return Starlette(
        routes=[
            WebSocketRoute("/socket", echo),
            WebSocketRoute("/late", late),
            Route("/unread", unread, methods=every),
            Route("/stream", stream),
            Route("/large", large),
            Route("/{path:path}", whole, methods=every),
        ]
    )


class Process:
    """A server as the launcher makes it."""

    def __init__(self, port: int, made: Connections) -> None:
        self.port, self.connections = port, made

    @contextlib.asynccontextmanager
    async def connected(
        self, source: str = "127.0.0.1"
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def status(self, source: str = "127.0.0.1") -> int:
        """Of an ordinary request."""
        async with asyncio.timeout(10), self.connected(source) as (reader, writer):
            writer.write(f"GET /x HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            return int((await reader.readline()).split()[1])


@pytest.fixture
def given() -> dict[str, object]:
    return {}


@pytest.fixture
async def process(
    given: dict[str, object], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Process]:
    monkeypatch.setattr(connections, "GRACE_SECONDS", 0.2)
    chosen = Settings(_env_file=None, **{"body_seconds": 0.5, "preview_body_seconds": 0.5, **given})  # type: ignore[arg-type]
    made = Connections(chosen, preview_limits(chosen))
    caplog.set_level(logging.INFO)
    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(no_fault_of_ours)
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    config = uvicorn.Config(
        let_go(routes()),
        http=made.protocol,
        ws=made.websocket,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ws_max_size=2**20,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.wait({task}, timeout=0.01)
    try:
        yield Process(listener.getsockname()[1], made)
        assert len(made) <= 1 or await emptied(made)
    finally:
        server.should_exit = True
        await task
        logger.removeFilter(no_fault_of_ours)
        listener.close()
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


async def emptied(made: Connections) -> bool:
    """Whether all connections are forgotten once their clients have left."""
    async with asyncio.timeout(10):
        while len(made):  # noqa: ASYNC110 - it has no event for it
            await asyncio.sleep(0.01)
    return True


async def said(process: Process, first: str, drip: bytes, pause: float = 0.05) -> bytes:
    """What comes back, to the end, from a server that is sent one `drip` after the other."""
    async with process.connected() as (reader, writer):
        writer.write(first.encode())

        async def send() -> None:
            with contextlib.suppress(OSError):
                while drip:
                    await asyncio.sleep(pause)
                    writer.write(drip)
                    await writer.drain()

        sending = asyncio.create_task(send())
        try:
            async with asyncio.timeout(20):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize("host", [HOST, PREVIEW, "elsewhere.example"])
@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/projects/import", "/_upload", "/_event/?transport=polling"])
async def test_a_body_that_does_not_come_is_not_waited_for(process: Process, host: str, path: str) -> None:
    head = HEAD.format(path=path, host=host)
    answers = await asyncio.gather(
        said(process, head + "Content-Length: 4000\r\n\r\nx", b""),
        said(process, head + "Content-Length: 400000\r\n\r\n", b"x"),
        said(process, head + "Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        said(process, head + "Transfer-Encoding: chunked\r\n\r\n1;a=", b"b"),
        said(process, head + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"A: b\r\n"),
        said(process, head + "Expect: 100-continue\r\nContent-Length: 4000\r\n\r\n", b""),
    )
    for answer in answers:
        status = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert status.startswith(b"HTTP/1.1 408"), answer[:100]
    assert b'"code": "too_slow"' in answers[0]


async def test_a_body_that_nobody_reads_holds_no_connection(process: Process) -> None:
    head = HEAD.format(path="/unread", host=HOST)
    async with asyncio.timeout(30):
        answer = await said(process, head + "Content-Length: 4000\r\n\r\nx", b"")
    assert answer.endswith(b"unread")


async def test_a_body_that_is_too_large_is_refused_on_routes_that_would_read_it_all(process: Process) -> None:
    head = HEAD.format(path="/_event/", host=HOST)
    declared = await said(process, head + "Content-Length: 2000000\r\n\r\nx", b"")
    assert declared.startswith(b"HTTP/1.1 413")
    chunk = "10000\r\n" + "x" * 0x10000 + "\r\n"
    unknown = await said(process, head + "Transfer-Encoding: chunked\r\n\r\n" + chunk * 17, b"", 0.01)
    assert unknown.startswith(b"HTTP/1.1 413")
    fits = await said(
        process, head + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 15 + "0\r\n\r\n", b""
    )
    assert fits.endswith(str(15 * 0x10000).encode())


async def test_what_takes_long_for_a_good_reason_is_left_alone(process: Process) -> None:
    async with (
        websockets.connect(f"ws://127.0.0.1:{process.port}/socket", additional_headers={}) as open_socket,
        process.connected() as (events, asking),
        process.connected() as (answer, uploading),
    ):
        asking.write(f"GET /stream HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        uploading.write((HEAD.format(path="/api/x", host=HOST) + "Content-Length: 40000\r\n\r\n").encode())
        for _ in range(20):
            uploading.write(b"x" * 2000)
            await asyncio.sleep(0.08)
        assert (await answer.readline()).startswith(b"HTTP/1.1 200")
        await open_socket.send("still here")
        assert await open_socket.recv() == "still here"
        async with asyncio.timeout(10):
            assert (await events.read()).count(b"event\n") == 3


@pytest.mark.parametrize("given", [{"connections_per_address": 20}])
async def test_slow_bodies_of_one_address_keep_nobody_out(process: Process) -> None:
    head = HEAD.format(path="/sign-in", host=HOST) + "Content-Length: 4000\r\n\r\nx"
    async with contextlib.AsyncExitStack() as held:
        for _ in range(300):
            _, writer = await held.enter_async_context(process.connected())
            writer.write(head.encode())
            assert len(process.connections) <= 21
        assert await process.status("127.0.0.1") == 200
        assert await process.status("127.0.0.2") == 200


@pytest.mark.parametrize("given", [{"connections_per_address": 3}])
async def test_more_streams_than_one_address_may_have_are_told_so(process: Process) -> None:
    async with contextlib.AsyncExitStack() as held:
        for _ in range(3):
            reader, writer = await held.enter_async_context(process.connected())
            writer.write(f"GET /stream HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        answer = await said(process, "", b"")
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"too_many_connections" in answer
        assert await process.status("127.0.0.2") == 200


@pytest.mark.parametrize("given", [{"trusted_proxies": "127.0.0.0/8", "connections_per_address": 3}])
async def test_a_proxy_of_ours_has_as_many_as_it_needs(process: Process) -> None:
    async with contextlib.AsyncExitStack() as held:
        for _ in range(20):
            reader, writer = await held.enter_async_context(process.connected())
            writer.write(f"GET /stream HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_a_client_that_reads_nothing_is_ended_and_one_that_reads_slowly_is_not(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 1.0)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.1)
    ask = f"GET /large HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", process.port)) as silent:
        silent.sendall(ask)
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
            slow.setblocking(False)
            await loop.sock_connect(slow, ("127.0.0.1", process.port))
            await loop.sock_sendall(slow, ask)
            async with asyncio.timeout(20):
                while len(process.connections) != 1:
                    assert await loop.sock_recv(slow, 2**16)
                    await asyncio.sleep(0.05)


async def test_requests_that_do_not_wait_for_answers_are_not_kept_without_end(process: Process) -> None:
    async with process.connected() as (reader, writer):
        one = f"GET /stream HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        with contextlib.suppress(OSError):
            async with asyncio.timeout(20):
                writer.write(one * 500)
                assert (await reader.read()).count(b"HTTP/1.1 200") <= 1


async def test_a_client_that_leaves_or_speaks_nonsense_is_no_failure(process: Process) -> None:
    sockets = (
        "GET /socket{} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {}\r\nSec-WebSocket-Version: 13\r\n{}\r\n"
    )
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    post = HEAD.format(path="/sign-in", host=HOST)
    for first in (
        post + "Content-Length: 4000\r\n\r\nx",
        post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
        "GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
        sockets.format("", "websocket", ""),
        sockets.format("/\xff", "websocket", key),
        sockets.format("?\xff", "websocket", key),
        sockets.format("", "websocket", key + "X-\xff: y\r\n"),
        sockets.format("", "websocket", key + "X: \xff\r\n"),
        sockets.format("", "h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"),
        sockets.format("", "websocket", key) + "\x81\x82\x00\x00\x00\x00\xff\xff",  # text that is none
        sockets.format("", "websocket", key) + "\x81\x02xx",  # without a mask
        sockets.format("", "websocket", key) + "\x83\x82\x00\x00\x00\x00xx",  # an opcode that is none
        sockets.format("", "websocket", key) + "\x88\x81\x00\x00\x00\x00x",  # half a close code
        sockets.format("", "websocket", key) + "\x01\x80" + "\x00" * 4 + ("\x00\x80" + "\x00" * 4) * 20_000,
    ):
        async with process.connected() as (reader, writer):
            head, end, rest = first.partition("\r\n\r\n")
            writer.write((head + end).encode("latin-1"))
            if "Sec-WebSocket-Key" in head and rest:
                await reader.readuntil(b"\r\n\r\n")
            with contextlib.suppress(OSError):
                writer.write(rest.encode("latin-1"))
                await writer.drain()
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(0.2):
                    await reader.read(1)
        assert await process.status() == 200


async def test_pings_that_are_never_read_fill_no_memory(process: Process) -> None:
    ping = b"\x89\xfd" + bytes(4) + b"x" * 125
    loop = asyncio.get_running_loop()
    head = (
        "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    )
    head += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with socket.create_connection(("127.0.0.1", process.port)) as one:
        one.setblocking(False)
        await loop.sock_sendall(one, head.encode())
        assert (await loop.sock_recv(one, 4096)).endswith(b"\r\n\r\n")
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 2**28:
                async with asyncio.timeout(1):
                    await loop.sock_sendall(one, ping * 500)
                    sent += len(ping) * 500
        held = process.connections.unsent
        assert held < 2**21, f"{held} bytes after {sent}"


UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
MANY = "X: a\r\n" * 200
SILENT = {
    "more headers than a websocket may have": f"GET /socket HTTP/1.1\r\nHost: x\r\n{MANY}{UPGRADE}\r\n",
    "a longer line": f"GET /socket?{'a' * 20_000} HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n",
    "a longer header": f"GET /socket HTTP/1.1\r\nHost: x\r\nX: {'a' * 20_000}\r\n{UPGRADE}\r\n",
    "a body": f"GET /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n{UPGRADE}\r\n",
    "a body that is there": f"GET /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n{UPGRADE}\r\nx",
    "chunks": f"GET /socket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{UPGRADE}\r\n5\r\n",
    "another method": f"POST /socket HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n",
    "a tunnel": f"CONNECT /socket HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n",
    "a key that is none": f"GET /socket HTTP/1.1\r\nHost: x\r\n{UPGRADE.replace('dGhl', '....')}\r\n",
}


@pytest.mark.parametrize("first", SILENT.values(), ids=SILENT)
async def test_no_handshake_of_a_websocket_is_left_without_an_answer(process: Process, first: str) -> None:
    async with asyncio.timeout(8):  # a head has ten seconds
        answer = await said(process, first, b"")
    assert answer.startswith(b"HTTP/1.1 4"), answer[:100]
    assert await emptied(process.connections)


async def test_a_websocket_behind_a_request_that_is_not_answered_ends_both(process: Process) -> None:
    for before in (1, 3):
        first = f"GET /stream HTTP/1.1\r\nHost: {HOST}\r\n\r\n" * before
        async with asyncio.timeout(8):
            answer = await said(process, f"{first}GET /socket HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n", b"")
        assert b"101 Switching" not in answer
        assert await emptied(process.connections)


async def test_a_websocket_follows_a_request_that_is_answered(process: Process) -> None:
    async with asyncio.timeout(10), process.connected() as (reader, writer):
        writer.write(f"GET /unread HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        await reader.readuntil(b"unread")
        writer.write(f"GET /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n{UPGRADE}\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")


_ZERO_MASK = bytes(4)
EARLY: dict[str, bytes] = {
    "a text": b"\x81\x85" + _ZERO_MASK + b"hello",
    "texts": (b"\x81\x85" + _ZERO_MASK + b"hello") * 1_000,
    "pings": (b"\x89\xfd" + _ZERO_MASK + b"x" * 125) * 5_000,
    "pieces": b"\x01\x80" + _ZERO_MASK + (b"\x00\x80" + _ZERO_MASK) * 20_000,
    "an end": b"\x88\x82" + _ZERO_MASK + b"\x03\xe8",
    "without a mask": b"\x81\x05hello",
    "no frames": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
    "text that is none": b"\x81\x82" + _ZERO_MASK + b"\xff\xff",
    "half of one": b"\x81\xfe\xff",
    "a large one": b"\x82\xff" + (2**40).to_bytes(8, "big") + _ZERO_MASK,
}


@pytest.mark.parametrize("path", ["/socket", "/late"])
@pytest.mark.parametrize("frames", EARLY.values(), ids=EARLY)
@pytest.mark.parametrize("together", [True, False], ids=["with the head", "behind it"])
async def test_frames_before_the_handshake_is_answered_are_taken_or_end_it(
    process: Process, path: str, frames: bytes, together: bool
) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n".encode()
    async with process.connected() as (reader, writer):
        writer.write(head + frames if together else head)
        if not together:
            await asyncio.sleep(0.1)
            writer.write(frames)
        writer.write(b"\x88\x82" + _ZERO_MASK + b"\x03\xe8")  # and the client says that this is all
        answer = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(8):
                if not frames.startswith((b"\x81\xfe", b"\x82\xff")):  # the rest of those is waited for
                    while piece := await reader.read(2**16):
                        answer += piece
    if answer:
        assert answer.startswith(b"HTTP/1.1 "), answer[:80]
    assert await emptied(process.connections)
    assert await process.status() == 200


async def test_whatever_a_bound_ends_is_said_once_a_minute_with_the_address(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    def lines() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.name == "preview_runtime.routes.cuts"]

    post = HEAD.format(path="/sign-in", host=HOST)
    for source in ("127.0.0.5", "127.0.0.6"):
        async with process.connected(source) as (reader, writer):
            writer.write((post + "Content-Length: 4000\r\n\r\nx").encode())
            assert b"408" in await reader.read()
    assert lines() == ["Ended by a bound (408 too_slow): a connection or request of 127.0.0.5"]
    await said(process, post + "X: " + "x" * 40_000 + "\r\n\r\n", b"")
    await said(process, "nonsense\r\n\r\n", b"")
    assert [line.partition(":")[0] for line in lines()[1:]] == [
        "Ended by a bound (431 head_too_large)",
        "Ended by a bound (400 invalid_request)",
    ]


async def test_how_many_more_a_bound_ended_is_said_after_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuts, "SECONDS", 0.05)
    caplog.set_level(logging.INFO)
    ended = cuts.Cuts()
    for number in range(1_000):
        ended.say("too slow", f"10.0.0.{number % 7}")
    while len(caplog.records) < 2:  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    assert [record.getMessage() for record in caplog.records] == [
        "Ended by a bound (too slow): a connection or request of 10.0.0.0",
        "Ended by a bound (too slow): 999 more, at last of 10.0.0.5",
    ]


@pytest.mark.parametrize("given", [{"connections_per_address": 2}])
async def test_too_many_connections_are_said_with_their_number(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    async with process.connected("127.0.0.7"), process.connected("127.0.0.7"), process.connected("127.0.0.7") as last:
        assert last
        assert await process.status("127.0.0.7") == 200
    (line,) = [record.getMessage() for record in caplog.records if "too many" in record.getMessage()]
    assert "127.0.0.7, of which there are 2, 2 in all" in line
