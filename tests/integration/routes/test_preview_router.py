"""What a server part behind a preview host can rely on. The same promises alone and behind Traefik."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as Endpoint
from yarl import URL

from preview_runtime.routes.route_table import Route
from tests.integration.preview_routers import APP, DOMAIN, GONE, HALF, ServerPart, Stage, host


async def test_a_request_reaches_the_app_as_it_was_made(stage: Stage, browser: aiohttp.ClientSession) -> None:
    address = URL(f"{stage.origin}/a%2Fb/%20c?x=1&x=2&y=%26", encoded=True)
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
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    lies = {"x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    async with browser.get(stage.origin, headers=host(APP, **lies)) as answer:
        seen = (await answer.json())["headers"]
    assert (seen["x-forwarded-for"], seen["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert seen["x-forwarded-host"] == f"p-{APP}.{DOMAIN}"


async def test_the_answer_comes_back_with_every_cookie_and_without_being_followed(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(f"{stage.origin}/cookies", headers=host(APP)) as answer:
        assert [value.partition(";")[0] for value in answer.headers.getall("set-cookie")] == ["one=1", "two=2"]
    async with browser.get(f"{stage.origin}/moved", headers=host(APP), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["location"]) == (303, "/elsewhere")


async def test_an_app_can_be_shown_inside_the_builder(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async with browser.get(stage.origin, headers=host(APP)) as answer:
        assert answer.headers["cross-origin-embedder-policy"] == "credentialless"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["origin-agent-cluster"] == "?1"


async def test_events_arrive_as_they_are_sent(stage: Stage, browser: aiohttp.ClientSession, part: ServerPart) -> None:
    async with asyncio.timeout(10), browser.get(f"{stage.origin}/events", headers=host(APP)) as answer:
        assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"
        part.release.set()
        assert await answer.content.readuntil(b"\n\n") == b"data: second\n\n"


async def test_an_app_is_told_when_its_listener_leaves(
    stage: Stage, browser: aiohttp.ClientSession, part: ServerPart
) -> None:
    async with asyncio.timeout(10):
        answer = await browser.get(f"{stage.origin}/events", headers=host(APP))
        await answer.content.readuntil(b"\n\n")
        answer.close()
        await part.left.wait()


async def test_a_large_upload_passes_through(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    async with browser.post(f"{stage.origin}/upload", data=pieces(), headers=host(APP)) as answer:
        assert (await answer.json())["bytes"] == 20_000_000


async def test_websockets_pass_with_their_protocol_and_their_end(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async with (
        asyncio.timeout(10),
        browser.ws_connect(f"{stage.origin}/socket", headers=host(APP), protocols=["chat"]) as socket,
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
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    page = host(HALF, accept="text/html")
    for path, served_by_app in (("/", False), ("/apiary", False), ("/api", True), ("/api/items?x=1", True)):
        async with browser.get(stage.origin + path, headers=page) as answer:
            assert (answer.status, answer.headers.get("x-app") == "yes") == (200, served_by_app), path
    async with browser.ws_connect(f"{stage.origin}/api/socket", headers=host(HALF)) as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == f"hello at p-{HALF}.{DOMAIN}"


async def test_an_app_that_is_down_is_no_riddle(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async with browser.get(stage.origin, headers=host(GONE)) as answer:
        assert answer.status == 502
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await browser.ws_connect(f"{stage.origin}/socket", headers=host(GONE))


async def test_a_person_gets_a_page_that_asks_again_and_a_program_an_error(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(stage.origin, headers=host(GONE, accept="text/html")) as answer:
        text = await answer.text()
        assert "The app is not answering" in text
        assert "location.reload()" in text
        assert (answer.status, answer.headers["x-preview-state"]) == (502, "silent")
        # Nobody keeps it for the app's own answer, and the builder's frame shows it.
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-embedder-policy"] == "credentialless"
    # What the page asks with, until the app answers.
    async with browser.head(f"{stage.origin}/?x=1", headers=host(GONE, accept="text/html")) as answer:
        assert (answer.status, answer.headers["x-preview-state"]) == (502, "silent")
    async with browser.get(f"{stage.origin}/api/items", headers=host(GONE)) as answer:
        assert (await answer.json())["error"]["code"] == "app_silent"


async def test_an_error_of_the_apps_own_is_the_apps(stage: Stage, browser: aiohttp.ClientSession) -> None:
    for status in (500, 502, 503, 504):
        for method in ("GET", "POST"):
            address = f"{stage.origin}/broken?status={status}&x=%2F"
            async with browser.request(method, address, headers=host(APP, accept="text/html")) as answer:
                assert (answer.status, await answer.json()) == (status, {"detail": "The weather service is away."})


async def test_an_app_that_breaks_off_before_it_answers_is_no_riddle(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    asked = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readline()
        asked += 1
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        stage.table.put(GONE, Route(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        async with asyncio.timeout(20), browser.get(stage.origin, headers=host(GONE, accept="text/html")) as answer:
            assert answer.status == 502
            assert "The app is not answering" in await answer.text()
        # What changes something is not said twice to an app that may have understood it.
        asked = 0
        async with asyncio.timeout(20), browser.post(stage.origin, headers=host(GONE), data=b"pay") as answer:
            assert answer.status == 502
        assert asked == 1


WIDE = (
    (b"a=1; Domain=preview.localhost; Path=/", "a=1; Path=/"),
    (b"a=1;domain=preview.localhost", "a=1"),
    (b"a=1; \t DOMAIN \t = .preview.localhost ;Secure", "a=1;Secure"),
    (b'a=1; Domain="preview.localhost"; HttpOnly', "a=1; HttpOnly"),
    (b"a=1; Domain=x; Path=/; Domain=preview.localhost; domain=", "a=1; Path=/"),
    (b"a=1; Domain", "a=1"),
    (b"a=1; Domain=; Max-Age=5", "a=1; Max-Age=5"),
    (b"Domain=1; Path=/", "Domain=1; Path=/"),
    (b"a=1; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT; HttpOnly; SameSite=Lax", None),
)


@pytest.mark.parametrize(("said", "kept"), WIDE)
async def test_one_app_sets_no_cookie_for_another(
    stage: Stage, browser: aiohttp.ClientSession, part: ServerPart, said: bytes, kept: str | None
) -> None:
    async def broad(request: Request) -> Response:
        answer = Response("ok")
        answer.raw_headers += [(b"set-cookie", said), (b"Set-Cookie", b"second=1; Domain=preview.localhost")]
        return answer

    part.asgi.router.routes.insert(0, Endpoint("/broad", broad))
    async with browser.get(f"{stage.origin}/broad", headers=host(APP)) as answer:
        assert answer.headers.getall("set-cookie") == [said.decode() if kept is None else kept, "second=1"]


async def test_no_app_clears_what_others_keep(stage: Stage, browser: aiohttp.ClientSession, part: ServerPart) -> None:
    """Clear-Site-Data takes the cookies of the whole domain away."""

    async def clearing(request: Request) -> Response:
        answer = Response("ok")
        answer.raw_headers += [(b"clear-site-data", b'"*"'), (b"Clear-Site-Data", b'"cookies"'), (b"x-other", b"1")]
        return answer

    part.asgi.router.routes.insert(0, Endpoint("/clearing", clearing))
    async with browser.get(f"{stage.origin}/clearing", headers=host(APP)) as answer:
        assert "clear-site-data" not in answer.headers
        assert answer.headers["x-other"] == "1"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 999 Odd\r\n",
        b"HTTP/1.1 600 Odd\r\n",
        b"HTTP/1.1 099 Odd\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x01b\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n",
        b"HTTP/1.1 200 OK\r\nX y: b\r\n",
        b"HTTP/1.1 200 OK\r\nX\xe9: b\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\rb\r\n",
        b"HTTP/1.1 200 OK\r\n: b\r\n",
    ],
)
async def test_an_answer_that_is_none_is_said_to_be_the_apps_with_one_line(
    stage: Stage, browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, head: bytes
) -> None:
    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"Content-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    caplog.set_level("INFO")
    async with await asyncio.start_server(odd, "127.0.0.1", 0) as server:
        stage.table.put(GONE, Route(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        async with asyncio.timeout(20), browser.get(stage.origin, headers=host(GONE, accept="text/html")) as answer:
            assert (answer.status, answer.headers["x-preview-state"]) == (502, "silent")
    told = [record for record in caplog.records if record.name.startswith(("uvicorn", "preview_runtime"))]
    assert len(told) == 1, [record.getMessage() for record in told]
    assert not told[0].exc_info


class Plain:
    """An app that answers each path with the bytes that stand there for it, in pieces, and hangs up."""

    answers: ClassVar[dict[str, list[bytes]]] = {
        "/hints": [
            b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nSet-Cookie: e=1; Domain=preview.localhost\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1; Domain=preview.localhost\r\n\r\nok",
        ],
        "/same": [b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nSet-Cookie: a=1; Domain=preview.localhost\r\n\r\n'],
        "/empty": [b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=1; DOMAIN=preview.localhost\r\n\r\n"],
        "/moved": [
            b"HTTP/1.1 302 Found\r\nLocation: /x\r\nset-cookie: a=1;Domain=.preview.localhost\r\nContent-Length: 0\r\n\r\n"
        ],
        "/head": [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nSet-Cookie: a=1; Domain=preview.localhost\r\n\r\n"],
        "/pieces": [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=1; Domain=preview.localhost\r\n\r\n",
            b"5\r\nfirst\r\n",
            b"6\r\nsecond\r\n0\r\nSet-Cookie: t=1; Domain=preview.localhost\r\n\r\n",
        ],
    }

    def __init__(self) -> None:
        self.more = asyncio.Semaphore(0)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        for number, piece in enumerate(self.answers[path]):
            if number > 1:
                await self.more.acquire()
            writer.write(piece)
            await writer.drain()
        writer.close()


async def test_whatever_an_answer_is_like_it_comes_through_whole_and_sets_nothing_for_others(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    app = Plain()
    async with await asyncio.start_server(app, "127.0.0.1", 0) as server, asyncio.timeout(30):
        stage.table.put(GONE, Route(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        for method, path, status, body in (
            ("GET", "/hints", 200, b"ok"),
            ("GET", "/same", 304, b""),
            ("GET", "/empty", 204, b""),
            ("GET", "/moved", 302, b""),
            ("HEAD", "/head", 200, b""),
        ):
            async with browser.request(
                method, stage.origin + path, headers=host(GONE), allow_redirects=False
            ) as answer:
                assert (answer.status, await answer.read()) == (status, body), path
                assert [cookie.partition(";")[2].strip() for cookie in answer.headers.getall("set-cookie")] == [""], (
                    path
                )
                if method == "HEAD":
                    assert answer.headers["content-length"] == "5000"
        # No event stream by name, and handed on piece by piece all the same.
        async with browser.get(f"{stage.origin}/pieces", headers=host(GONE)) as answer:
            assert await answer.content.readexactly(5) == b"first"
            app.more.release()
            assert await answer.read() == b"second"
            assert answer.headers.getall("set-cookie") == ["a=1"]


async def test_a_large_download_is_nobodys_memory(
    stage: Stage, browser: aiohttp.ClientSession, part: ServerPart
) -> None:
    """A visitor who does not read: the app is not read from either."""
    written = 0

    async def endless(request: Request) -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            nonlocal written
            while True:
                yield b"x" * 65_536
                written += 65_536
                await asyncio.sleep(0)  # who left is noticed by another task

        return StreamingResponse(pieces())

    part.asgi.router.routes.insert(0, Endpoint("/endless", endless))
    async with browser.get(f"{stage.origin}/endless", headers=host(APP)) as answer, asyncio.timeout(60):
        await answer.content.readexactly(2**20)
        before = -1
        while written != before:
            before = written
            await asyncio.sleep(1)
        assert written < 64 * 2**20
