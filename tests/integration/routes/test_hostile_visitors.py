"""What a hostile visitor, or a hostile app, sends through the router: it understands what the app understands, behind Traefik too."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest

from preview_runtime.phrases import verbatim
from preview_runtime.routes.gate import way_in
from preview_runtime.routes.route_table import Route
from preview_runtime.routes.tickets import Tickets
from tests.integration.preview_routers import APP, DOMAIN, GONE, HALF, Stage, host
from tests.integration.routes.test_private_previews import cookie_of, enter, status

HOST = f"Host: p-{APP}.{DOMAIN}\r\n"
SECRET = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


class RawApp:
    """An app that writes down each head as it came, and answers with its path; or, asked for a number, badly."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.bad: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.heads.append(head)
                # As little as an app may read: its first length, or chunks to the first that is empty.
                if found := re.search(r"^content-length: *(\d+)", head, re.I | re.M):
                    await reader.readexactly(int(found[1]))
                elif re.search(r"^transfer-encoding:", head, re.I | re.M):
                    await reader.readuntil(b"0\r\n\r\n")
                path = head.split()[1]
                if path.startswith("/bad/"):
                    writer.write(self.bad[int(path[5:])])
                else:
                    body = f"this is {path}".encode()
                    if head.startswith("HEAD "):
                        body = b""
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
        writer.close()


@pytest.fixture
async def raw(stage: Stage) -> AsyncIterator[RawApp]:
    """In the place of the app that is all server."""
    app = RawApp()
    async with await asyncio.start_server(app, "127.0.0.1", 0) as server:
        stage.table.put(APP, Route(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        yield app


async def send(stage: Stage, text: str, seconds: float = 10) -> bytes:
    """All that comes back until the router hangs up, or has said nothing more for a second."""
    address = urlsplit(stage.origin)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    said = b""
    try:
        writer.write(text.encode("latin-1"))
        async with asyncio.timeout(seconds):
            said = await reader.read(65_536)
            while said:
                async with asyncio.timeout(1):
                    more = await reader.read(65_536)
                if not more:
                    break
                said += more
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return said


async def innocent(stage: Stage, browser: aiohttp.ClientSession) -> None:
    """Others are answered what they asked for, on whichever connection the router takes for them."""
    for number in range(4):
        for more in ({}, {"accept": "text/event-stream"}):
            async with browser.get(f"{stage.origin}/own-{number}", headers=host(APP, **more)) as answer:
                assert (answer.status, await answer.text()) == (200, f"this is /own-{number}")


CHUNKS = "0\r\n\r\n"
FRAMINGS = {
    "a length and chunks": f"Content-Length: {len(CHUNKS) + len(SECRET)}\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNKS}",
    "chunks and a length": f"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{CHUNKS}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SECRET)}\r\n\r\n",
    "two lengths in one": f"Content-Length: 0, {len(SECRET)}\r\n\r\n",
    "a signed length": f"Content-Length: +{len(SECRET)}\r\n\r\n",
    "a negative length": "Content-Length: -1\r\n\r\n",
    "a length in hexadecimal": f"Content-Length: {len(SECRET):#x}\r\n\r\n",
    "chunks of another name": f"Transfer-Encoding: xchunked\r\n\r\n{CHUNKS}",
    "chunks among others": f"Transfer-Encoding: chunked, identity\r\nContent-Length: 0\r\n\r\n{CHUNKS}",
    "chunks said twice": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{CHUNKS}",
    "a space before the colon": f"Transfer-Encoding : chunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a tab before the value": f"Transfer-Encoding:\tchunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a vertical tab": f"Transfer-Encoding:\x0bchunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a folded line": f"Transfer-Encoding:\r\n chunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a bare line feed": f"X: y\nTransfer-Encoding: chunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a bare carriage return": f"X: y\rTransfer-Encoding: chunked\r\nContent-Length: {len(CHUNKS)}\r\n\r\n{CHUNKS}",
    "a name with an end in it": f"X\0: y\r\nContent-Length: 0\r\n\r\n{CHUNKS}",
    "a chunk too large for a number": "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff0\r\n",
    "a chunk with a sign": "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "a chunk that ends otherwise": "Transfer-Encoding: chunked\r\n\r\n1\r\nxX0\r\n\r\n",
    "a chunk with a line feed": "Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n",
    "a body of what reads": f"Content-Length: {len(SECRET)}\r\n\r\n",
    "a length that is a connection's": f"Connection: content-length\r\nContent-Length: {len(SECRET)}\r\n\r\n",
    "an answer awaited first": f"Expect: 100-continue\r\nContent-Length: {len(SECRET)}\r\n\r\n",
    "HTTP/2 asked for": "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "a websocket of no version": "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n\r\n",
    "another protocol": "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n",
}  # fmt: skip


async def test_no_request_is_hidden_in_another(stage: Stage, browser: aiohttp.ClientSession, raw: RawApp) -> None:
    async def hidden(name: str, method: str, number: int) -> None:
        first = f"/first-{number}"
        said = await send(stage, f"{method} {first} HTTP/1.1\r\n{HOST}{FRAMINGS[name]}{SECRET}")
        answers = len(re.findall(rb"^HTTP/1\.1 (?!100)\d{3} ", said, re.M))
        heads = [head for head in raw.heads if head.startswith(f"{method} {first} ")]
        # Whoever takes what follows for a request of its own has to say so to the visitor, and judges it.
        assert len(heads) <= max(1, answers), (name, heads, said)
        # Nobody's answer but its own, whatever else is under way on the router's connections.
        assert {*re.findall(rb"this is (/\S*?)(?=HTTP/|\s|$)", said)} <= {first.encode()}, (name, said)
        for head in heads:
            lines = [line.lower() for line in head.split("\r\n")]
            framed = [line for line in lines if line.startswith(("content-length", "transfer-encoding"))]
            assert len(framed) <= 1, (name, head)
            assert not framed or re.fullmatch(r"content-length: \d+|transfer-encoding: chunked", framed[0]), name
            assert not [line for line in lines if line.startswith("upgrade") and line != "upgrade: websocket"], name

    cases = [(name, method) for name in FRAMINGS for method in ("GET", "POST")]
    # Several at a time: each is waited for until the router has said nothing for a second.
    for begin in range(0, len(cases), 6):
        raw.heads.clear()
        await asyncio.gather(*(hidden(*case, begin + number) for number, case in enumerate(cases[begin : begin + 6])))
        strange = [head for head in raw.heads if not re.match(r"(?:GET|POST) /first-\d+ HTTP/1\.1\r\n", head)]
        strange += [head for head in raw.heads if "smuggled" in head]
        assert strange == [], begin
        await innocent(stage, browser)


async def test_what_an_app_answers_badly_reaches_nobody_else(
    stage: Stage, browser: aiohttp.ClientSession, raw: RawApp
) -> None:
    poison = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"
    raw.bad = [
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" + poison,
        b"HTTP/1.1 204 No Content\r\nContent-Length: 49\r\n\r\n" + poison,
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 49\r\n\r\n" + poison,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + poison,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + poison,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n" + poison,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + poison,
        b"HTTP/1.1 200 OK\r\nX: a\r\n\tb\r\nContent-Length: 2\r\n\r\nok" + poison,
        b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=1\r\nContent-Length: 2\r\n\r\nok" + poison,
        b"HTTP/0.9 200 OK\r\n\r\n" + poison,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + poison,
    ]

    async def asked(number: int, method: str, accept: str) -> None:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            headers = host(APP, accept=accept)
            # Some of it promises more than it brings, and is waited for until somebody gives up.
            async with asyncio.timeout(3):
                async with browser.request(method, f"{stage.origin}/bad/{number}", headers=headers) as answer:
                    assert answer.status >= 200, number
                    await answer.read()

    for number in range(len(raw.bad)):
        ways = [(method, accept) for method in ("GET", "HEAD") for accept in ("*/*", "text/event-stream")]
        await asyncio.gather(*(asked(number, *way) for way in ways))
        await innocent(stage, browser)
        async with browser.get(f"{stage.origin}/api/other", headers=host(HALF)) as answer:
            assert (await answer.json())["target"] == "/api/other?"


LIES = {
    "X-Forwarded-For": "10.66.66.66",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Uri": "/evil.example",
    "X-Forwarded-Method": "OPTIONS",
    "X-Real-Ip": "10.66.66.66",
    "Forwarded": "for=10.66.66.66;host=evil.example",
    "X_Forwarded_For": "10.66.66.66",
    "X_Forwarded_Host": "evil.example",
    "X_Real_Ip": "10.66.66.66",
}


async def test_no_spelling_of_a_lie_reaches_the_app(stage: Stage, browser: aiohttp.ClientSession) -> None:
    named = {"Connection": "keep-alive, X-Forwarded-For, X-Forwarded-Host, X-Real-Ip, Host, Cookie"}
    for more in ({}, named):
        for accept in ("*/*", "text/event-stream"):
            headers = host(APP, **LIES, **more, accept=accept)
            async with browser.get(f"{stage.origin}/who", headers=headers) as answer:
                seen = (await answer.json())["headers"]
            told = {name.replace("_", "-").lower(): value for name, value in seen.items()}
            for name in {name.replace("_", "-").lower() for name in LIES}:
                assert not re.search("66|evil|https|OPTIONS", told.get(name, "")), (name, told)
            assert not [name for name in seen if "_" in name]
            assert seen["host"] == f"p-{APP}.{DOMAIN}"


async def test_no_name_of_another_opens_a_private_preview(stage: Stage, browser: aiohttp.ClientSession) -> None:
    """Who may see one preview asks for it in the name of the other, in every place where a name can stand."""
    stage.table.put(APP, Route(stage.upstream, private=True))
    stage.table.put(GONE, Route(stage.upstream))
    own, other = f"p-{GONE}.{DOMAIN}", f"p-{APP}.{DOMAIN}"
    grant = await cookie_of(stage, browser)
    assert await status(stage, browser, grant) == 200
    asked = stage.part.asked
    for head in (
        f"GET / HTTP/1.1\r\nHost: {own}\r\nHost: {other}\r\n",
        f"GET / HTTP/1.1\r\nHost: {other}\r\nHost: {own}\r\n",
        f"GET http://{other}/ HTTP/1.1\r\nHost: {own}\r\n",
        f"GET http://{own}/ HTTP/1.1\r\nHost: {other}\r\n",
        f"GET / HTTP/1.1\r\nHost: {own}@{other}\r\n",
        f"GET / HTTP/1.1\r\nHost: {other}@{own}\r\n",
        f"GET / HTTP/1.1\r\nHost: {own}, {other}\r\n",
        f"GET / HTTP/1.1\r\nHost: {other}.\r\n",
        f"GET / HTTP/1.1\r\nHost: {other.upper()}:80\r\n",
        f"GET / HTTP/1.1\r\nHost: {other}:80@{own}\r\n",
        f"GET / HTTP/1.1\r\nHost : {other}\r\nHost: {own}\r\n",
        f"GET / HTTP/1.1\r\nHost: {own}\r\nX-Forwarded-Host: {other}\r\n",
        f"GET //{other}/ HTTP/1.1\r\nHost: {own}\r\n",
        f"GET / HTTP/1.0\r\nHost: {other}\r\n",
    ):
        said = await send(stage, f"{head}Connection: close\r\n\r\n")
        code = said.split()[1] if said else b""
        # What is answered by an app at all was asked under the name of the one that all may see.
        if code == b"200":
            assert f'"host":"{own}"'.encode() in said, (head, said)
    assert stage.part.asked - asked <= 6


async def test_a_ticket_and_a_cookie_are_each_only_what_they_are(stage: Stage, browser: aiohttp.ClientSession) -> None:
    stage.table.put(APP, Route(stage.upstream, private=True))
    stage.table.put(HALF, Route(stage.upstream, private=True, whole=False))
    ticket = stage.tickets.ticket(APP, "ada")
    grant = (await cookie_of(stage, browser)).partition("=")[2]
    assert (await enter(stage, browser, grant))[0] == 401
    assert await status(stage, browser, f"__Host-sayso-preview={ticket}") == 401
    assert await status(stage, browser, f"sayso-preview={grant}") == 401
    # Of another preview, another person, or said under another name in one of its letters.
    assert await status(stage, browser, f"__Host-sayso-preview={grant}", HALF, "/api/x") == 401
    payload, _, signature = grant.rpartition(".")
    for forged in (
        f"{payload}.", f".{signature}", f"{payload}={signature}", f"{payload}A.{signature}", f"{payload}.{signature}A",
        f"{payload}.{signature.swapcase()}", f"{payload}==.{signature}", "." * 2_000, "é.é",
    ):  # fmt: skip
        assert await status(stage, browser, f"__Host-sayso-preview={forged}") in (400, 401), forged
    # In an address instead of a cookie it is nothing.
    async with browser.get(f"{stage.origin}/?__Host-sayso-preview={grant}", headers=host(APP)) as answer:
        assert answer.status == 401


def test_a_ticket_from_before_a_restart_is_not_used_twice() -> None:
    now = 1_000_000.0
    before = Tickets(lambda: b"key", lambda: now)
    ticket = before.ticket(APP, "ada")
    assert before.redeem(ticket, APP) == "ada"
    now += 5
    after = Tickets(lambda: b"key", lambda: now)
    assert after.redeem(ticket, APP) is None
    assert after.read(before.grant(APP, "ada"), APP) is not None
    assert after.redeem(after.ticket(APP, "ada"), APP) == "ada"


async def test_nothing_said_in_an_apps_place_is_kept_for_its_answer(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    """A cache on the way, or the browser's own, would go on showing it."""
    page = {"accept": "text/html", "sec-fetch-mode": "navigate"}
    stage.table.put("asleep", Route(asleep=True))
    stage.table.put("failed", Route(problem=verbatim("It ended.")))
    stage.table.put("private", Route(stage.upstream, private=True))
    for preview in ("asleep", "failed", "private", GONE):
        for more in (page, {**page, "sec-fetch-dest": "iframe"}, {"accept": "*/*"}):
            async with browser.get(
                f"{stage.origin}/x?utm=1", headers=host(preview, **more), allow_redirects=False
            ) as answer:
                assert answer.status in (303, 401, 502, 503), preview
                assert answer.headers["cache-control"] == "no-store", preview
                assert "etag" not in answer.headers
    entered = way_in(stage.origin, "x", "/")
    async with browser.get(entered, headers=host("private", **page), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["cache-control"]) == (401, "no-store")
