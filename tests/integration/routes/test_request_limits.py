"""What one visitor may take of a preview's server, alone and behind Traefik, by clients that do not behave."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlsplit

import aiohttp
import pytest

from preview_runtime.routes.limits import VisitorLimits
from tests.integration.preview_routers import APP, HALF, Stage, host

SMALL = VisitorLimits(body_bytes=1_000_000, head_bytes=16_384)
HURRIED = VisitorLimits(head_seconds=1, body_seconds=0.5)
HEAD = f"POST /upload HTTP/1.1\r\nHost: p-{APP}.preview.localhost\r\n"


@contextlib.asynccontextmanager
async def connected(stage: Stage) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(stage.origin)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**20)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def status_while_sending(stage: Stage, head: str, pieces: Iterable[bytes]) -> int:
    """The status a client reads that sends all it has, whatever it is told meanwhile."""
    async with asyncio.timeout(60), connected(stage) as (reader, writer):

        async def send() -> None:
            with contextlib.suppress(OSError):
                writer.write(head.encode())
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()

        sending = asyncio.create_task(send())
        line = await reader.readline()
        await sending
    return int(line.split()[1])


def chunked(size: int, times: int) -> Iterable[bytes]:
    piece = b"%x\r\n%b\r\n" % (size, b"x" * size)
    return [piece] * times + [b"0\r\n\r\n"]


@pytest.mark.parametrize("limits", [SMALL])
async def test_a_body_that_is_too_large_is_refused_while_it_is_still_sent(stage: Stage) -> None:
    declared = HEAD + "Content-Length: 20000000\r\n\r\n"
    of_unknown_length = HEAD + "Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(5):
        assert await status_while_sending(stage, declared, [b"x" * 100_000] * 200) == 413
        assert await status_while_sending(stage, of_unknown_length, chunked(100_000, 200)) == 413


@pytest.mark.parametrize("limits", [SMALL])
async def test_the_refusal_says_what_is_allowed(stage: Stage, browser: aiohttp.ClientSession) -> None:
    asked = stage.part.asked
    async with browser.post(stage.origin, headers=host(APP), data=b"x" * 1_000_001) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (413, "too_large")
    assert stage.part.asked == asked
    for length in (999_999, 1_000_000):
        async with browser.post(stage.origin, headers=host(APP), data=b"x" * length) as answer:
            assert (answer.status, (await answer.json())["bytes"]) == (200, length)


@pytest.mark.parametrize("limits", [SMALL])
async def test_a_head_that_is_too_large_is_refused(stage: Stage) -> None:
    asked = stage.part.asked
    for head in (
        HEAD + "X-Large: " + "x" * 60_000 + "\r\nContent-Length: 0\r\n\r\n",
        HEAD + "".join(f"X-{n}: {'x' * 100}\r\n" for n in range(600)) + "Content-Length: 0\r\n\r\n",
        HEAD.replace("/upload", "/" + "x" * 60_000) + "\r\n",
        # Traefik takes a megabyte before it gives up by itself, and hands on nothing that has no end.
        HEAD + "X-Without-End: " + "x" * (2_000_000 if stage.traefik else 200_000),
    ):
        assert await status_while_sending(stage, head, []) == 431, head[:80]
    assert stage.part.asked == asked


async def told(stage: Stage, head: str) -> tuple[int, list[str], str]:
    """Status, `Set-Cookie` values and body of the answer to `head`, which is sent whole."""
    async with asyncio.timeout(30), connected(stage) as (reader, writer):
        writer.write(head.encode("latin-1"))
        said = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next(line for line in said if line.lower().startswith("content-length:"))
        body = await reader.readexactly(int(length.partition(":")[2]))
    cookies = [line.partition(": ")[2] for line in said if line.lower().startswith("set-cookie")]
    assert sum(map(len, said)) < 200 * 1024, "more than a browser reads"
    return int(said[0].split()[1]), cookies, body.decode()


def flooded(cookies: str, path: str = "/a/b.html", more: str = "Accept: text/html\r\n") -> str:
    return f"GET {path} HTTP/1.1\r\nHost: p-{APP}.preview.localhost:8000\r\n{more}Cookie: {cookies}\r\n\r\n"


BOMB = "; ".join(f"bomb{n}={'x' * 3_900}" for n in range(20))
SECURE = "; Secure; SameSite=None"


@pytest.mark.parametrize("limits", [SMALL])
async def test_cookies_that_are_too_long_are_dropped_by_the_answer(stage: Stage) -> None:
    asked = stage.part.asked
    status, cookies, page = await told(stage, flooded(f"own=kept; {BOMB}"))
    assert status == 431
    assert "location.reload()" in page
    mark, *dropped = cookies
    for name in ("bomb0", "bomb19", "own"):
        for path in ("/", "/a", "/a/", "/a/b.html"):
            for partition in ("", "; Partitioned"):
                assert f"{name}=x; Max-Age=0; Path={path}; Domain=preview.localhost{SECURE}{partition}" in dropped
    # What the host set for itself alone stays: it is the other's that were too many.
    assert all("Domain=preview.localhost" in cookie for cookie in dropped)
    # Who comes again is told the same once more, as some of a flood may reach the browser's store after the answer.
    word = mark.partition(";")[0]
    status, cookies, page = await told(stage, flooded(f"{word}; own=kept; {BOMB}"))
    assert "location.reload()" in page
    assert all("Domain=preview.localhost" in cookie for cookie in cookies[1:])
    # Whoever has as many even then has them for this host alone; after that the page is loaded by the person.
    word = cookies[0].partition(";")[0]
    status, cookies, page = await told(stage, flooded(f"{word}; own=kept; {BOMB}; __Host-sayso-preview=grant"))
    assert status == 431
    assert "location.reload()" in page
    word = cookies[0].partition(";")[0]
    assert "location.reload()" not in (await told(stage, flooded(f"{word}; {BOMB}")))[2]
    assert f"bomb3=x; Max-Age=0; Path=/{SECURE}" in cookies
    assert not any(cookie.startswith("__Host-sayso") and "Domain" not in cookie for cookie in cookies)
    # Nobody else can say that somebody was told.
    _, cookies, page = await told(stage, flooded(f"sayso-cut=2; sayso-cut={'x' * 16}; {BOMB}"))
    assert "location.reload()" in page
    assert all("Domain=preview.localhost" in cookie for cookie in cookies[1:])
    assert stage.part.asked == asked


@pytest.mark.parametrize("limits", [SMALL])
@pytest.mark.parametrize(
    ("cookies", "path", "dropped"),
    [
        (f"{'n' * 3_900}=; " * 180, "/", 1),  # long names
        ("; ".join(f"{n}" * 1_000 + "=" for n in range(1_000, 1_150)), "/", 10),
        ("; ".join(f"c{n}=x" for n in range(20_000)), "/" + "a/" * 300, 50),
        ("x" * 100_000, "/", 1),  # without a name
        (f'a"b,c d\xe9={"x" * 20_000}', "/", 1),
        (f"a={'x' * 700_000}", "/", 1),
        (";;; =;" * 20_000, "/", 0),
        (f"a={'x' * 20_000}", "/a;Domain=x/b", 1),
    ],
)
async def test_cookies_of_any_kind_are_named_in_an_answer_of_bounded_size(
    stage: Stage, cookies: str, path: str, dropped: int
) -> None:
    status, said, _ = await told(stage, flooded(cookies, path))
    assert status == 431
    assert len({cookie.partition(";")[0] for cookie in said}) > dropped
    assert not any("Domain=x" in cookie for cookie in said)


@pytest.mark.parametrize("limits", [SMALL])
async def test_only_so_much_is_read_of_a_head_that_is_too_large(stage: Stage) -> None:
    """Other headers never; cookies to a megabyte."""
    host_line = f"Host: p-{APP}.preview.localhost\r\n"
    for head in (
        flooded(BOMB, more=f"X-Large: {'x' * 20_000}\r\n"),
        flooded("a=1", more=f"X-Large: {'x' * 20_000}\r\n"),
        flooded("a=1", path="/" + "x" * 20_000),
    ):
        status, cookies, _ = await told(stage, head)
        assert (status, cookies) == (431, [])
    endless = f"GET / HTTP/1.1\r\n{host_line}Cookie: a="
    assert await status_while_sending(stage, endless, [b"x" * 65_536] * 24) == 431


@pytest.mark.parametrize("kind", ["in-process"])  # behind Traefik, which hands on whole heads, they are read in no time
@pytest.mark.parametrize("limits", [SMALL])
async def test_only_so_many_such_heads_are_read_at_once(stage: Stage) -> None:
    host_line = f"Host: p-{APP}.preview.localhost\r\n"
    endless = f"GET / HTTP/1.1\r\n{host_line}Cookie: a="
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(16):
            _, writer = await stack.enter_async_context(connected(stage))
            writer.write(endless.encode() + b"x" * 600_000)
            await writer.drain()
        async with asyncio.timeout(30):
            while True:  # until all sixteen were read from
                status, cookies, _ = await told(stage, flooded(BOMB))
                assert status == 431
                if not cookies:
                    break
        async with asyncio.timeout(30), connected(stage) as (reader, writer):
            writer.write(f"GET / HTTP/1.1\r\n{host_line}Cookie: a=1\r\nAccept: */*\r\n\r\n".encode())
            assert b" 200 " in await reader.readline()


@pytest.mark.parametrize("limits", [SMALL])
async def test_an_ordinary_head_passes(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async with browser.get(stage.origin, headers=host(APP, **{"x-token": "x" * 8_000})) as answer:
        assert (answer.status, len((await answer.json())["headers"]["x-token"])) == (200, 8_000)


@pytest.mark.parametrize("limits", [VisitorLimits(requests_per_second=0.1, burst=5)])
async def test_too_many_requests_are_told_to_wait(stage: Stage, browser: aiohttp.ClientSession) -> None:
    answers = []
    for _ in range(8):
        async with browser.get(f"{stage.origin}/api/x", headers=host(HALF)) as answer:
            answers.append(answer.status)
            if answer.status == 429:
                assert int(answer.headers["retry-after"]) >= 1
    assert answers == [200] * 5 + [429] * 3
    # The page beside the API is the instant engine's and costs nobody anything.
    async with browser.get(stage.origin, headers=host(HALF, accept="text/html")) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("limits", [VisitorLimits(connections=2)])
async def test_an_app_has_so_many_connections_and_no_more(stage: Stage, browser: aiohttp.ClientSession) -> None:
    slow = [asyncio.create_task(browser.get(f"{stage.origin}/slow", headers=host(APP))) for _ in range(2)]
    try:
        for _ in slow:
            await stage.part.waiting.acquire()
        async with browser.get(f"{stage.origin}/x", headers=host(APP)) as answer:
            await answer.read()
        assert answer.status in (429, 503)
        async with browser.get(f"{stage.origin}/api/x", headers=host(HALF)) as answer:
            assert answer.status == 200
    finally:
        stage.part.release.set()
    for task in slow:
        async with await task as answer:
            assert answer.status == 200
    async with asyncio.timeout(20):  # a router may notice the end of an answer a moment after its reader
        while True:
            async with browser.get(f"{stage.origin}/x", headers=host(APP)) as answer:
                if answer.status == 200:
                    break


async def ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drip: bytes) -> bytes:
    """What comes back from a server that is sent one `drip` after the other, until it hangs up."""

    async def send() -> None:
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(drip)
                await writer.drain()
                await asyncio.sleep(0.1)

    dripping = asyncio.create_task(send())
    try:
        async with asyncio.timeout(30):
            said = await reader.readline()
            with contextlib.suppress(OSError):
                while await reader.read(65_536):
                    pass
            return said
    except ConnectionResetError:
        return b""
    finally:
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


async def trickle(stage: Stage, first: bytes, drip: bytes) -> bytes:
    async with connected(stage) as (reader, writer):
        writer.write(first)
        return await ends(reader, writer, drip)


@pytest.mark.parametrize("limits", [HURRIED])
async def test_what_never_ends_is_not_waited_for(stage: Stage) -> None:
    attacks = {
        "empty lines": (b"", b"\r\n"),
        "a first line": (b"GET / HTT", b"P"),
        "header by header": (HEAD.encode(), b"X-A: b\r\n"),
        "letter by letter": (HEAD.encode() + b"X-A: ", b"x"),
        "a body": (HEAD.encode() + b"Content-Length: 100000\r\n\r\n", b"x"),
        "a body of unknown length": (HEAD.encode() + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "nothing": (b"", b""),
    }
    said = await asyncio.gather(*(trickle(stage, *attack) for attack in attacks.values()))
    for name, line in zip(attacks, said, strict=True):
        # Traefik hangs up without a word, or says what the end looked like to it.
        assert not line or int(line.split()[1]) >= 400, name
        if "body" in name and not stage.traefik:
            assert line.split()[1] == b"408"


@pytest.mark.parametrize("limits", [HURRIED])
async def test_what_takes_long_for_a_good_reason_is_left_alone(stage: Stage, browser: aiohttp.ClientSession) -> None:
    async with (
        browser.get(f"{stage.origin}/events", headers=host(APP, accept="text/event-stream")) as stream,
        browser.ws_connect(f"{stage.origin}/socket", headers=host(APP)) as socket,
    ):
        waiting = asyncio.create_task(browser.post(f"{stage.origin}/upload", headers=host(APP), data=steadily()))
        assert await stream.content.readuntil(b"\n\n") == b"data: first\n\n"
        async with await waiting as answer:
            assert json.loads(await answer.read())["bytes"] == 20 * 4_000
        stage.part.release.set()
        assert await stream.content.readuntil(b"\n\n") == b"data: second\n\n"
        await socket.send_str("still here")
        assert (await socket.receive_str()).startswith("still here")


async def steadily() -> AsyncIterator[bytes]:
    for _ in range(20):
        yield b"x" * 4_000
        await asyncio.sleep(0.05)
