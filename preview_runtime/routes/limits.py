"""The limits of one visitor on a preview's server part: size, rate and number of requests."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from preview_runtime.routes.requests import has_body, respond

_VISITORS: Final = 10_000
# A client that gets "too large" while it is still sending must be read from, or the network discards the answer (RFC
# 9112 section 9.6). At most for so long, and only while it sends so many bytes per second.
_LINGER_SECONDS: Final = 30.0
_LINGER_RATE: Final = 32 * 2**10


@dataclass(frozen=True, slots=True)
class VisitorLimits:
    """0 switches a limit off. Each applies per preview; requests per second apply per visitor of a preview.

    `body_bytes` limits the body of one request; `head_bytes` its request line and headers together. A head must arrive
    within `head_seconds`, a body within `body_seconds` and one more second for each `body_rate` bytes.
    """

    body_bytes: int = 100 * 2**20
    head_bytes: int = 32 * 2**10
    requests_per_second: float = 100.0
    burst: int = 500  # a page of a development server requests hundreds of modules at once
    connections: int = 256
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    body_rate: int = 500


class Pace:
    """A token bucket for each visitor of each preview; the least recently seen visitor is dropped first."""

    def __init__(self, limits: VisitorLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = limits.requests_per_second, max(1, limits.burst), clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """The number of remembered visitors; a visitor of several previews counts once for each."""
        return len(self._buckets)

    def wait(self, preview_id: str, visitor: str) -> int:
        """0 when one more request is allowed, which is then counted; else the seconds to wait."""
        if not self._rate:
            return 0
        now = self._clock()
        tokens, before = self._buckets.pop((preview_id, visitor), (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - before) * self._rate)
        passed = tokens >= 1
        self._buckets[preview_id, visitor] = (tokens - passed, now)
        if len(self._buckets) > _VISITORS:
            self._buckets.popitem(last=False)
        return 0 if passed else max(1, math.ceil((1 - tokens) / self._rate))


def declared_too_large(scope: Scope, limits: VisitorLimits) -> bool:
    """Whether a request's own headers say that its body is over the limit."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return bool(limits.body_bytes) and declared.isdigit() and int(declared) > limits.body_bytes


class BodyReader:
    """`receive` of one request; when the body is too large or too slow, it reports a disconnect of the visitor.

    `refused` is then the status to answer: 413 or 408.
    """

    def __init__(self, receive: Receive, limits: VisitorLimits, expected: bool) -> None:
        self._receive, self._limits = receive, limits
        self._more = expected
        self._bytes = 0
        self._waited = 0.0
        self.refused = 0

    async def __call__(self) -> Message:
        if not self._more:
            return await self._receive()
        if self.refused:
            return {"type": "http.disconnect"}
        limits = self._limits
        # Only time during which the visitor keeps us waiting counts, not time during which the app is slow to read.
        allowed = limits.body_seconds + (self._bytes / limits.body_rate if limits.body_rate else 0)
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, allowed - self._waited) if limits.body_seconds else None):
                message = await self._receive()
        except TimeoutError:
            self.refused = 408
            return {"type": "http.disconnect"}
        self._waited += time.monotonic() - began
        if message["type"] == "http.request":
            self._more = message.get("more_body", False)
            self._bytes += len(message.get("body", b""))
            if limits.body_bytes and self._bytes > limits.body_bytes:
                self.refused, self._more = 413, True
                return {"type": "http.disconnect"}
        return message


async def refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Answer with `response`, and read on for a while from a visitor who is still sending a body."""
    if scope["type"] == "websocket" or not has_body(scope):
        return await respond(scope, receive, send, response)
    response.headers["Connection"] = "close"
    headers = response.raw_headers
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    # With this the answer is complete: its length is in its headers. Only the end-of-answer message is held back.
    body = b"" if scope["method"] == "HEAD" else bytes(response.body)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await _read_on(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _read_on(receive: Receive) -> None:
    ends = time.monotonic() + _LINGER_SECONDS
    while time.monotonic() < ends:
        read = 0
        try:
            async with asyncio.timeout(1):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        return
                    read += len(message["body"])
        except TimeoutError:
            if read < _LINGER_RATE:
                return
