"""Request bodies that are too large or too slow: refused while they are read, whatever the application does meanwhile.

Beside the application and not in it, because a body is awaited also where nobody asks for it, and because there is no
route that could be forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.flow_control import FlowControl

from preview_runtime.phrases import Speak
from preview_runtime.routes.heads import GuardedHeads, TooLarge, guarded
from preview_runtime.routes.limits import VisitorLimits

# Nobody pipelines but programs that test servers: each request that waits behind another is memory.
_PIPELINED = 16


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """Of one body; 0 switches a bound off. It must be there after `seconds` and a further one for each `rate` bytes.

    `size` in bytes.
    """

    size: int = 2**20
    seconds: float = 20.0
    rate: int = 500


def guarded_bodies(
    limits: VisitorLimits,
    bounds_of: Callable[[Scope], BodyBounds],
    proxies: Container[str] = (),
    speak: Speak = str,
) -> type[GuardedHeads]:
    """The protocol class for `uvicorn.Config(http=…)`: heads within `limits`, bodies within what `bounds_of` says; `proxies` and `speak` as there.

    413 for a body that is too large and 408 for one that is too slow. Time in which the application does not read does
    not count. An answer that has begun is cut off instead.
    """

    class GuardedBodies(_GuardedBodies, guarded(limits, proxies, speak)):  # type: ignore[misc]
        def bounds(self) -> BodyBounds:
            return bounds_of(cast(Scope, self.scope))

    return GuardedBodies


class _GuardedBodies(GuardedHeads):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._body: _Body | None = None
        self._answered: Any = None  # the request that is answered, which need not be the one that came last

    def bounds(self) -> BodyBounds:
        raise NotImplementedError

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow: _TimedFlow = _TimedFlow(transport, self.loop.time)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_body()
        super().connection_lost(exc)
        # uvicorn tells the last of several requests alone; the one before it would be answered for ever.
        self.pipeline.clear()
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Only here: of most requests everything has come by now, and their bodies cost nothing.
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
                raise TooLarge  # what follows in the same piece is not read either

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
        elif not self.cycle.response_complete:  # after it, the next head is awaited, which has its own deadline
            self._refuse(408)

    def _forget_body(self) -> None:
        if self._body is not None and self._body.timer is not None:
            self._body.timer.cancel()
        self._body = None


class _Body:
    """One that is awaited. `paused`: how long its connection had not been read from when it began, in seconds."""

    def __init__(self, began: float, paused: float) -> None:
        self.began, self.paused = began, paused
        self.size = 0
        self.bounds: BodyBounds | None = None
        self.timer: asyncio.TimerHandle | None = None


class _TimedFlow(FlowControl):
    """Knows how long nothing was read because nobody wanted it."""

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
