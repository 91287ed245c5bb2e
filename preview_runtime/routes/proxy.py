"""Passes requests on to the server part of a preview: HTTP, event streams and websockets, without buffering whole
bodies in memory.

aiohttp talks to the app; this module does a proxy's duties (RFC 9110 section 7.6): headers of a connection are not
forwarded, all others pass unchanged, including repeated ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from preview_runtime.tasks import begun, race

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 5.0
# An app that reads nothing of a visitor's data for so long (seconds) has hung. Meanwhile this cannot see whether the
# visitor is still there: the end of a connection comes after the data sent on it.
UNREAD_SECONDS: Final = 60.0
# The largest websocket message for an app; uvicorn's own limit is the same.
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_TURN_SECONDS: Final = 0.002
# RFC 9110 section 7.6.1, and the headers that aiohttp's connection writes itself.
_OF_THE_CONNECTION: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OF_THE_HANDSHAKE: Final = frozenset(
    {"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol"}
)
# Clear-Site-Data would clear the cookies of the whole domain, also those of other previews.
_CLEARS: Final = b"clear-site-data"
_FORWARDED: Final = re.compile(r"forwarded|x[-_]real[-_]ip|x[-_]forwarded[-_].*")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

RawHeaders = list[tuple[bytes, bytes]]
NotAnswering = Callable[[Scope, Receive, Send], Awaitable[None]]


class CutAnswer(Exception):
    """An app broke off in the middle of an answer. `not_a_cut_answer` keeps the traceback out of the server's log."""


def not_a_cut_answer(record: logging.LogRecord) -> bool:
    """A filter for the outer server's logger: an app's mistake is no mistake of ours, and may be frequent."""
    return not (record.exc_info and isinstance(record.exc_info[1], CutAnswer))


class Proxy:
    """One pool of connections to all apps. `not_answering` answers a request when the app accepts no connection
    (502)."""

    def __init__(self, not_answering: NotAnswering) -> None:
        self._not_answering = not_answering
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close all connections. The next request would open new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def forward(self, scope: Scope, receive: Receive, send: Send, upstream: str, added: RawHeaders) -> None:
        """Pass one request or websocket on to `upstream` (an origin); `added` is put into every answer."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, upstream)
        else:
            await self._http(scope, receive, send, upstream, added)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Cookies are kept by the browser alone: no cookie of one app may reach another.
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def _http(self, scope: Scope, receive: Receive, send: Send, upstream: str, added: RawHeaders) -> None:
        body = _Body(receive, _has_body(scope))
        began = False

        async def exchange() -> None:
            nonlocal began
            async with self._opened().request(
                scope["method"],
                _address(scope, upstream),
                headers=request_headers(scope, upstream),
                data=body.chunks() if body.expected else None,
                allow_redirects=False,
            ) as answer:
                if bad := no_answer(answer.status, answer.raw_headers):
                    answer.close()
                    raise aiohttp.ClientError(bad)
                headers = [*answer_headers(answer.raw_headers), *added]
                await send({"type": "http.response.start", "status": answer.status, "headers": headers})
                began = True
                await _pass_on(answer, send)

        try:
            await _until(body.left(), exchange())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("%s did not answer: %s", upstream, error or type(error).__name__)
            if began:
                # The outer server closes the connection, by which a client recognises a truncated answer.
                raise CutAnswer(str(error)) from None
            if not body.gone:
                await self._not_answering(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, upstream: str) -> None:
        await receive()  # websocket.connect
        connecting = begun(
            self._opened().ws_connect(
                _address(scope, upstream),
                headers=request_headers(scope, upstream, _OF_THE_HANDSHAKE),
                protocols=scope.get("subprotocols", []),
                max_msg_size=MAX_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=CONNECT_SECONDS),
                autoping=True,
            ),
            "connect a websocket",
        )
        try:
            message = await _said_before(connecting, receive)
            if message is not None:
                # A client sends nothing before it is answered (RFC 6455, section 4.1), unless it leaves.
                if message["type"] != "websocket.disconnect":
                    await send({"type": "websocket.close", "code": 1008})
                return
            connection = connecting.result()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("%s took no websocket: %s", upstream, error)
            await send({"type": "websocket.close", "code": 1008})
            return
        async with connection:
            await send({"type": "websocket.accept", "subprotocol": connection.protocol})
            try:
                await _until(_to_app(receive, connection), _to_browser(connection, send))
            except TimeoutError:
                log.info("%s read nothing of a websocket", upstream)
                await send({"type": "websocket.close", "code": 1011})


class _Body:
    """The browser's data, as it comes. `gone` is set once the browser has left."""

    def __init__(self, receive: Receive, expected: bool) -> None:
        self._receive = receive
        self.expected = expected
        self.gone = False
        self._read = asyncio.Event()
        self._offered = self._taken = 0  # pieces, to the app
        if not expected:
            self._read.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                self._read.set()
                raise ConnectionResetError("the browser is gone")
            if chunk := message.get("body", b""):
                self._offered += 1
                yield chunk
                self._taken += 1
            more = message.get("more_body", False)
        self._read.set()

    async def left(self) -> None:
        """Returns when the browser leaves before it has the whole answer. `TimeoutError`: the app did not read the
        body."""
        while not self._read.is_set():
            taken = self._taken
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UNREAD_SECONDS):
                    await self._read.wait()
            if not self._read.is_set() and taken == self._taken < self._offered:
                raise TimeoutError("it left the body unread")
        while not self.gone and (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True


async def _pass_on(answer: aiohttp.ClientResponse, send: Send) -> None:
    async for chunk in answer.content.iter_any():
        for start in range(0, len(chunk), _CHUNK_BYTES):
            await send({"type": "http.response.body", "body": chunk[start : start + _CHUNK_BYTES], "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _to_app(receive: Receive, connection: aiohttp.ClientWebSocketResponse) -> None:
    turn = FairTurn()
    while True:
        await turn.over()
        message = await receive()
        if message["type"] == "websocket.disconnect":
            await connection.close(code=_sendable(message.get("code")), message=(message.get("reason") or "").encode())
            return
        async with asyncio.timeout(UNREAD_SECONDS):
            if (text := message.get("text")) is not None:
                await connection.send_str(text)
            else:
                await connection.send_bytes(message.get("bytes") or b"")


async def _to_browser(connection: aiohttp.ClientWebSocketResponse, send: Send) -> None:
    turn = FairTurn()
    async for message in connection:
        if message.type is aiohttp.WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
        elif message.type is aiohttp.WSMsgType.BINARY:
            await send({"type": "websocket.send", "bytes": message.data})
        await turn.over()
    await send({"type": "websocket.close", "code": _sendable(connection.close_code)})


class FairTurn:
    """Lets other tasks run: awaiting data that is there already does not yield, and 100,000 tiny messages may be there
    at once."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def over(self) -> None:
        """Return at once while the turn lasts, else after all other tasks have run."""
        if time.monotonic() - self._began > _TURN_SECONDS:
            await asyncio.sleep(0)
            self._began = time.monotonic()


async def _said_before(connecting: asyncio.Future[aiohttp.ClientWebSocketResponse], receive: Receive) -> Message | None:
    """What the browser sent before the app answered, whose request is then given up; None when the browser waited."""
    hearing = begun(receive(), "hear the browser")
    try:
        await asyncio.wait((connecting, hearing), return_when=asyncio.FIRST_COMPLETED)
        return hearing.result() if hearing.done() else None
    finally:
        if hearing.done() or not connecting.done():
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError, TimeoutError, OSError):
                await (await connecting).close()
        hearing.cancel()
        await asyncio.wait({hearing})


async def _until(*sides: Awaitable[None]) -> None:
    """Run both directions until one ends; its error is raised, the other direction is cancelled."""
    for side in await race(*sides, name="pass on"):
        if side is not None:
            side.result()


def _sendable(code: int | None) -> int:
    """A close code that may be sent: 1005 and 1006 only report that a code was missing (RFC 6455, 7.4.1)."""
    return code if code is not None and (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999) else 1000


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _address(scope: Scope, upstream: str) -> URL:
    """The same path and query at `upstream`, as they were written: nothing is decoded and encoded again."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    text = path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    return URL(upstream.rstrip("/") + (text if text.startswith("/") else "/" + text), encoded=True)


def request_headers(scope: Scope, upstream: str, without: frozenset[str] = frozenset()) -> CIMultiDict[str]:
    """A visitor's headers as they reach an app, with how the request reached us."""
    headers = CIMultiDict[str]()
    left_out = _OF_THE_CONNECTION | without | _named_by_connection(scope["headers"])
    host = ""
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "host":
            host = value
        # Only we state how the request reached us, in either spelling: many apps treat both as the same header (RFC
        # 3875 section 4.1.18). A visitor may list Host in its Connection header; it is passed on all the same.
        if (name not in left_out or name == "host") and not _FORWARDED.fullmatch(name):
            headers.add(name, value)
    if "host" not in headers:
        headers["host"] = urlsplit(upstream).netloc
    client = scope.get("client")
    headers["x-forwarded-for"] = client[0] if client else "unknown"
    headers["x-forwarded-host"] = host
    headers["x-forwarded-proto"] = str({"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"]))
    return headers


def no_answer(status: int, headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Why an app's response may not be passed on (RFC 9110, 5.1, 5.5 and 15), "" when it may.

    The outer server would treat it as a mistake of ours, or write it unchanged.
    """
    if not 200 <= status <= 599:
        return f"it said {status}"
    for name, value in headers:
        if not _NAME.fullmatch(name) or _CONTROL.search(value):
            return f"a header of its answer is none: {name[:80]!r}"
    return ""


def answer_headers(raw: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """An app's headers as they reach the visitor: lowered, without those of its connection, cookies for its own host."""
    lowered = [(name.lower(), value) for name, value in raw]
    left_out = _OF_THE_CONNECTION | _named_by_connection(lowered)
    return [
        (name, _own_cookie(value) if name == b"set-cookie" else value)
        for name, value in lowered
        if name.decode("latin-1") not in left_out and name != _CLEARS
    ]


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[str]:
    return frozenset(
        part.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for part in value.decode("latin-1").split(",")
    )


def _own_cookie(value: bytes) -> bytes:
    """The cookie for this preview's host alone: with `Domain` it would reach every other preview as well."""
    cookie, *attributes = value.split(b";")
    kept = [part for part in attributes if part.lower().partition(b"=")[0].strip() != b"domain"]
    return b";".join([cookie, *kept])
