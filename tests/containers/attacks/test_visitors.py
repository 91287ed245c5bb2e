"""A hostile visitor of a preview, or an app that answers with hostility: the builder passes on what it can bear."""

from __future__ import annotations

import asyncio
import contextlib
import re
import resource
import socket
import time
from pathlib import Path

import pytest
import websockets

from tests.containers.attacks.builder import App, Builder, eventually

MEGABYTE = 1024 * 1024
# What the builder may hold more than before, whatever is sent through it.
MORE_MEMORY = 120 * MEGABYTE

# Answers in bad ways, one a path. ASGI by hand, so that nothing makes it better.
BAD_ANSWERS = """
import asyncio, os, uvicorn

async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/echo":
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": str(len(message.get("text") or ""))})
            return
        while True:
            for _ in range(1000):
                await send({"type": "websocket.send", "text": "x"})
            await asyncio.sleep(0)
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/octet-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/huge":
        for _ in range(400):
            await send({"type": "http.response.body", "body": bytes(1024 * 1024), "more_body": True})
    elif scope["path"] == "/endless":
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"alive"})

uvicorn.run(app, host="0.0.0.0", port=int(os.environ["PORT"]), log_level="warning")
"""
# Speaks no proper HTTP: a header line without end, a status that is none, a length that is a lie, nothing at all.
BAD_HTTP = """
import os, socket, threading
def answer(connection):
    with connection:
        path = connection.recv(65536).split(b" ")[1]
        try:
            if path == b"/header":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nX: ")
                for _ in range(2000):
                    connection.sendall(b"x" * 65536)
            elif path == b"/headers":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\n")
                for n in range(200000):
                    connection.sendall(b"X-%d: y\\r\\n" % n)
            elif path == b"/status":
                connection.sendall(b"HTTP/1.1 99999999 OK\\r\\n\\r\\n")
            elif path == b"/length":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 99999999999\\r\\n\\r\\nshort")
            elif path == b"/twice":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 5\\r\\n\\r\\nalive")
            elif path == b"/noise":
                connection.sendall(os.urandom(100000))
            else:
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nalive")
        except OSError:
            pass
with socket.create_server(("0.0.0.0", int(os.environ["PORT"])), backlog=200) as server:
    while True:
        threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
"""


@pytest.fixture(scope="module")
def bad_answers(shared_builder: Builder) -> App:
    return shared_builder.app({"server.py": BAD_ANSWERS})


@pytest.fixture(scope="module")
def bad_http(shared_builder: Builder) -> App:
    return shared_builder.app({"server.py": BAD_HTTP})


def memory(builder: Builder) -> int:
    """Bytes the builder holds."""
    assert builder.server.process
    status = Path(f"/proc/{builder.server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def connect(app: App) -> socket.socket:
    return socket.create_connection(("127.0.0.1", app.server.port), 10)


def test_requests_that_never_end_do_not_keep_others_out(builder: Builder, laboratory: App) -> None:
    """Slow-loris: more half-sent requests than a process usually has file descriptors for, each sent on by a byte."""
    process = builder.server.process
    assert process
    before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (1024, before[1]))
    held: list[socket.socket] = []
    began = time.monotonic()
    try:
        for _ in range(1500):
            with contextlib.suppress(OSError):
                one = connect(laboratory)
                one.sendall(f"GET / HTTP/1.1\r\nHost: {laboratory.host}\r\nX-Slow: ".encode())
                held.append(one)
        while time.monotonic() - began < 6:
            for one in held:
                with contextlib.suppress(OSError):
                    one.send(b"x")
            time.sleep(0.2)
            assert laboratory.alive()
    finally:
        for one in held:
            one.close()
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("place", ["one header", "many headers", "the path"])
def test_headers_without_measure_are_refused(builder: Builder, laboratory: App, place: str) -> None:
    before = memory(builder)
    begin = {
        "one header": f"GET / HTTP/1.1\r\nHost: {laboratory.host}\r\nX-Big: ",
        "many headers": f"GET / HTTP/1.1\r\nHost: {laboratory.host}\r\n",
        "the path": "GET /",
    }[place]
    more = b"X-A: b\r\n" * 8192 if place == "many headers" else b"x" * 65536
    answer = b""
    with connect(laboratory) as one:
        one.sendall(begin.encode())
        with contextlib.suppress(OSError):
            for _ in range(3000):
                one.sendall(more)
        with contextlib.suppress(OSError):
            answer = one.recv(65536)
    assert memory(builder) - before < MORE_MEMORY
    assert answer == b"" or answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), answer[:100]
    assert laboratory.alive()


def test_an_answer_larger_than_memory_passes_as_fast_as_it_is_read(builder: Builder, bad_answers: App) -> None:
    before, most = memory(builder), 0
    with connect(bad_answers) as one:
        one.sendall(f"GET /huge HTTP/1.1\r\nHost: {bad_answers.host}\r\nConnection: close\r\n\r\n".encode())
        one.recv(100)
        time.sleep(1)  # a visitor who does not read
        most = memory(builder)
        read = 0
        while chunk := one.recv(MEGABYTE):
            read += len(chunk)
    assert read > 400 * MEGABYTE
    assert max(most, memory(builder)) - before < MORE_MEMORY
    assert bad_answers.ask()[1] == b"alive"


def test_answers_without_end_are_no_ones_but_their_visitors(builder: Builder, bad_answers: App) -> None:
    before = memory(builder)
    held = [connect(bad_answers) for _ in range(20)]
    try:
        for one in held:
            one.sendall(f"GET /endless HTTP/1.1\r\nHost: {bad_answers.host}\r\n\r\n".encode())
        end = time.monotonic() + 3
        while time.monotonic() < end:
            for one in held[:5]:
                assert one.recv(65536)
        assert memory(builder) - before < MORE_MEMORY
        assert bad_answers.ask()[1] == b"alive"
    finally:
        for one in held:
            one.close()


def test_a_flood_of_websocket_messages_passes_no_faster_than_it_is_read(builder: Builder, bad_answers: App) -> None:
    before = memory(builder)

    async def flooded() -> int:
        address = f"ws://{bad_answers.host}/flood"
        got = 0

        async def visit(reads: bool) -> None:
            nonlocal got
            async with websockets.connect(
                address, host="127.0.0.1", port=bad_answers.server.port, proxy=None
            ) as connection:
                end = time.monotonic() + 4
                while time.monotonic() < end:
                    if reads:
                        await connection.recv()
                        got += 1
                    else:
                        await asyncio.sleep(0.1)
                connection.transport.abort()

        await asyncio.gather(*[visit(True) for _ in range(3)], *[visit(False) for _ in range(5)])
        return got

    assert asyncio.run(flooded()) > 100
    assert memory(builder) - before < MORE_MEMORY
    assert bad_answers.ask()[1] == b"alive"


def test_a_flood_of_websocket_messages_from_a_visitor_is_borne(builder: Builder, bad_answers: App) -> None:
    async def flood() -> None:
        address = f"ws://{bad_answers.host}/echo"
        async with websockets.connect(
            address, host="127.0.0.1", port=bad_answers.server.port, proxy=None
        ) as connection:

            async def read() -> None:
                async for _ in connection:
                    pass

            reading = asyncio.create_task(read())
            end = time.monotonic() + 3
            while time.monotonic() < end:
                for _ in range(500):
                    await connection.send("x")
                await asyncio.sleep(0)
            reading.cancel()
            connection.transport.abort()

    asyncio.run(flood())
    assert bad_answers.ask()[1] == b"alive"


@pytest.mark.parametrize("path", ["/header", "/headers", "/status", "/length", "/twice", "/noise"])
def test_an_answer_that_is_no_http_is_named(builder: Builder, bad_http: App, path: str) -> None:
    """A program is told in the error shape that the app did not answer, or its answer is cut off."""
    before = memory(builder)
    with connect(bad_http) as one:
        one.settimeout(20)
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: {bad_http.host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        with contextlib.suppress(ConnectionError):
            while chunk := one.recv(65536):
                answer += chunk
    if path == "/length":
        assert answer.endswith(b"short")
    elif path == "/headers":
        assert answer.startswith(b"HTTP/1.1 502") or answer.startswith(b"HTTP/1.1 200")
    else:
        assert answer.startswith(b"HTTP/1.1 502"), answer[:200]
        assert b'"code":"app_silent"' in answer
    assert memory(builder) - before < MORE_MEMORY
    eventually(lambda: bad_http.ask()[1] == b"alive")
