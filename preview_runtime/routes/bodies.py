"""Request bodies that are too large or too slow are refused while they are being read, whatever the application does
meanwhile.

This is outside the application, because a body is awaited even if no route reads it, and because here no route can be
forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.flow_control import FlowControl

from preview_runtime.routes.heads import GuardedHeads, TooLarge, guarded
from preview_runtime.routes.limits import VisitorLimits

# Only programs that test servers pipeline requests: each request that waits behind another takes memory.
_PIPELINED = 16


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """The bounds of one body; 0 switches a bound off. It must arrive within `seconds`, and one more second for each
    `rate` bytes.

    `size` in bytes.
    """

    size: int = 2**20
    seconds: float = 20.0
    rate: int = 500


def guarded_bodies(
    limits: VisitorLimits, bounds_of: Callable[[Scope], BodyBounds], proxies: Container[str] = ()
) -> type[GuardedHeads]:
    """The protocol class for `uvicorn.Config(http=…)`: heads within `limits`, bodies within `bounds_of`; `proxies` as
    in `heads`.

    413 for a body that is too large and 408 for one that is too slow. Time during which the application does not read
    is not counted. An answer that has begun is cut off instead.
    """

    class GuardedBodies(_GuardedBodies, guarded(limits, proxies)):  # type: ignore[misc]
        def bounds(self) -> BodyBounds:
            return bounds_of(cast(Scope, self.scope))

    return GuardedBodies


class _GuardedBodies(GuardedHeads):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._body: _Body | None = None
        self._answered: Any = None  # the request being answered, which may not be the latest

    def bounds(self) -> BodyBounds:
        raise NotImplementedError

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow: _TimedFlow = _TimedFlow(transport, self.loop.time)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_body()
        super().connection_lost(exc)
        # uvicorn tells only the last of several pipelined requests; the earlier one would be answered for ever.
        self.pipeline.clear()
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Set up only here: most requests have arrived completely by then, so their bodies cost nothing.
        if self._body is not None and self._body.bounds is None and not self._refused and not self._upgraded:
            self._body.bounds = bounds = self.bounds()
            declared = next((value for name, value in self.scope["headers"] if name == b"content-length"), b"")
            if bounds.size and declared.isdigit() and int(declared) > bounds.size:
                return self._refuse(413)
            self._measure_body()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._forget_body()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            self._body = _Body(self.loop.time(), self.flow.paused())
        if len(self.pipeline) > _PIPELINED:
            self.cut("requests behind each other")
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        if self._body is not None:
            self._body.size += len(body)
            bounds = self._body.bounds
            if bounds and bounds.size and self._body.size > bounds.size and not self.cycle.response_complete:
                self._verdict = 413
                raise TooLarge  # the data after it in the same piece is not read either

    def on_message_complete(self) -> None:
        self._forget_body()
        super().on_message_complete()

    def _refuse(self, status: int) -> None:
        self._forget_body()
        super()._refuse(status)

    def _measure_body(self) -> None:
        body = self._body
        if body is None or body.bounds is None or not body.bounds.seconds or self.transport.is_closing():
            return
        body.timer = None
        bounds = body.bounds
        waited = self.loop.time() - body.began - (self.flow.paused() - body.paused)
        allowed = bounds.seconds + (body.size / bounds.rate if bounds.rate else 0)
        if waited < allowed:
            body.timer = self.loop.call_later(max(allowed - waited, 0.05), self._measure_body)
        elif not self.cycle.response_complete:  # after the body the next head is awaited, which has its own deadline
            self._refuse(408)

    def _forget_body(self) -> None:
        if self._body is not None and self._body.timer is not None:
            self._body.timer.cancel()
        self._body = None


class _Body:
    """A body that is awaited. `paused`: the time (seconds) for which its connection had not been read when it began."""

    def __init__(self, began: float, paused: float) -> None:
        self.began, self.paused = began, paused
        self.size = 0
        self.bounds: BodyBounds | None = None
        self.timer: asyncio.TimerHandle | None = None


class _TimedFlow(FlowControl):
    """Measures how long nothing was read because the application did not want it."""

    def __init__(self, transport: asyncio.Transport, clock: Callable[[], float]) -> None:
        super().__init__(transport)
        self._clock = clock
        self._paused = 0.0
        self._since = 0.0

    def paused(self) -> float:
        """Seconds in all."""
        return self._paused + (self._clock() - self._since if self.read_paused else 0.0)

    def pause_reading(self) -> None:
        if not self.read_paused:
            self._since = self._clock()
        super().pause_reading()

    def resume_reading(self) -> None:
        if self.read_paused:
            self._paused += self._clock() - self._since
        super().resume_reading()
