"""A request that a page repeats because it got no answer is carried out once.

Browsers abort requests by themselves, and repeat a request whose connection broke. By its `Idempotency-Key`
(draft-ietf-httpapi-idempotency-key-header) the repeated request gets the answer of the first. What creates something or
costs is remembered in the database as well, so that a server which was killed does not do it twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.api.requests.errors import error_response
from builder.base.http.done_requests import DoneRequests, KnownRequest
from builder.base.http.hosts import SIGNED_IN
from builder.texts import t
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
T = TypeVar("T")

_PROVING: Final = "/api/v1/auth/"
_KEY: Final = re.compile(rb"[!-~]{16,64}")
# Pages repeat a request for about two seconds, each time as long as the server leaves it without an answer.
_SECONDS: Final = 60.0
_MOST: Final = 256
# Asked for with every key somebody types, and nobody repeats it.
_NEVER: Final = frozenset({"/api/v1/ai/complete"})
# They end with this process.
_TERMINALS: Final = re.compile(r"/api/v1/projects/[^/]+/terminals(/|$)")
_MOST_BYTES: Final = 128 * 2**10


class Once:
    """ASGI: a changing request with a known key gets the answer that the first request with that key got.

    If the body of the first never arrived, the next one is carried out. Up to 256 answers of at most 128 kB are kept
    for a minute; those of POST requests that did something in `done` as well, for a day. One whose answer nobody knows,
    because its server was killed, is not carried out again: 409 `unsure`.
    """

    def __init__(self, app: ASGIApp, done: Callable[[], DoneRequests] | None = None) -> None:
        self._app, self._done = app, done
        self._answers: OrderedDict[tuple[object, ...], _Answer] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keys = [value for name, value in scope.get("headers", ()) if name == b"idempotency-key"]
        if (
            scope["type"] != "http"
            or scope["method"] in ("GET", "HEAD")
            or len(keys) != 1
            or not _KEY.fullmatch(keys[0])
            # What these answer is for whoever proves something with this request: no key stands for that.
            or scope["path"].startswith(_PROVING)
            or scope["path"] in _NEVER
        ):
            return await self._app(scope, receive, send)
        # Who asks is part of the key, so nobody gets another person's answer.
        session = scope.get(SIGNED_IN)
        proofs = tuple(value for name, value in scope["headers"] if name == b"authorization")
        key = (
            keys[0],
            getattr(session, "id", session),
            proofs,
            scope["method"],
            scope["path"],
            scope["query_string"],
        )
        while known := self._answers.get(key):
            await known.over.wait()
            if known.messages:
                return await known.repeat(scope, receive, send)
        answer = self._answers[key] = _Answer()
        self._forget()
        lasting = await self._lasting(scope, key)
        known_before = await _tried(lasting.begin()) if lasting else None
        try:
            if known_before is not None:
                return await _told(known_before)(scope, receive, answer.keeping(send))
            await self._app(scope, answer.listening(receive), answer.keeping(send))
        finally:
            if lasting and known_before is None:
                await uncancelled(_tried(lasting.end(answer)))
            if (not answer.whole or answer.cut) and self._answers.get(key) is answer:
                del self._answers[key]
            answer.ended()

    async def _lasting(self, scope: Scope, key: tuple[object, ...]) -> _Lasting | None:
        """None for what is only remembered in this process."""
        if self._done is None or scope["method"] != "POST" or _TERMINALS.match(scope["path"]):
            return None
        return _Lasting(self._done(), hashlib.sha256(repr(key).encode()).hexdigest())

    def _forget(self) -> None:
        while self._answers:
            oldest = next(iter(self._answers.values()))
            if len(self._answers) <= _MOST and time.monotonic() - oldest.since < _SECONDS:
                return
            self._answers.popitem(last=False)


class _Lasting:
    """A request in the database."""

    def __init__(self, done: DoneRequests, key: str) -> None:
        self._done, self._key = done, key

    async def begin(self) -> KnownRequest | None:
        return await self._done.begin(self._key)

    async def end(self, answer: _Answer) -> None:
        """What was refused or failed may be asked for again."""
        start = answer.messages[0] if answer.messages else None
        if start is None or not answer.whole or answer.cut or start["status"] >= 400:
            return await self._done.forget(self._key)
        await self._done.keep(self._key, start["status"], start.get("headers", []), answer.body)


async def _tried(work: Awaitable[T]) -> T | None:
    """None where the database cannot be asked: a request does not depend on being remembered."""
    try:
        return await work
    except Exception:
        log.exception("a request could not be remembered")
        return None


def _told(known: KnownRequest) -> ASGIApp:
    if known.status is None:
        return error_response(409, "unsure", t("api.unsure"))
    if known.body is None:
        return error_response(409, "done_before", t("api.done_before"))
    response = Response(known.body, known.status)
    response.raw_headers = [*known.headers]
    return response


class _Answer:
    """`over`: no more messages will come; `whole`: the answer was complete; `cut`: the client left before its body had
    arrived."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.over = asyncio.Event()
        self.whole = self.cut = False
        self.messages: list[Message] = []
        self._bytes = 0
        self._read = False

    def listening(self, receive: Receive) -> Receive:
        async def listened() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and not self._read:
                self.cut = True
            self._read = self._read or not message.get("more_body", False)
            return message

        return listened

    def keeping(self, send: Send) -> Send:
        async def kept(message: Message) -> None:
            self._bytes += len(message.get("body", b""))
            if self._bytes <= _MOST_BYTES:
                self.messages.append(message)
            self.whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        return kept

    @property
    def body(self) -> bytes | None:
        """None where it is too long to be kept."""
        return b"".join(one.get("body", b"") for one in self.messages) if self._bytes <= _MOST_BYTES else None

    def ended(self) -> None:
        if not self.whole or self.cut:
            self.messages.clear()
        self.over.set()

    async def repeat(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._bytes > _MOST_BYTES:
            return await error_response(409, "done_before", t("api.done_before"))(scope, receive, send)
        for message in self.messages:
            await send(message)
