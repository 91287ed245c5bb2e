"""A request that a page repeats because it got no answer is carried out once.

Browsers abort requests by themselves, and repeat a request whose connection broke. By its `Idempotency-Key`
(draft-ietf-httpapi-idempotency-key-header) the repeated request gets the answer of the first.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.api.requests.errors import error_response
from builder.base.http.hosts import SIGNED_IN
from builder.texts import t

_PROVING: Final = "/api/v1/auth/"
_KEY: Final = re.compile(rb"[!-~]{16,64}")
# Pages repeat a request for about two seconds, each time as long as the server leaves it without an answer.
_SECONDS: Final = 60.0
_MOST: Final = 256
_MOST_BYTES: Final = 128 * 2**10


class Once:
    """ASGI: a changing request with a known key gets the answer that the first request with that key got.

    If the body of the first never arrived, the next one is carried out. Up to 256 answers of at most 128 kB are kept
    for a minute.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
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
        ):
            return await self._app(scope, receive, send)
        # The session is part of the key, so nobody gets another person's answer.
        session = scope.get(SIGNED_IN)
        key = (
            keys[0],
            getattr(session, "id", session),
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
        try:
            await self._app(scope, answer.listening(receive), answer.keeping(send))
        finally:
            if (not answer.whole or answer.cut) and self._answers.get(key) is answer:
                del self._answers[key]
            answer.ended()

    def _forget(self) -> None:
        while self._answers:
            oldest = next(iter(self._answers.values()))
            if len(self._answers) <= _MOST and time.monotonic() - oldest.since < _SECONDS:
                return
            self._answers.popitem(last=False)


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

    def ended(self) -> None:
        if not self.whole or self.cut:
            self.messages.clear()
        self.over.set()

    async def repeat(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._bytes > _MOST_BYTES:
            return await error_response(409, "done_before", t("api.done_before"))(scope, receive, send)
        for message in self.messages:
            await send(message)
