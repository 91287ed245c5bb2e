"""How much a preview's server part is used: decides whether it is idle, and feeds its figures."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from starlette.types import Message, Receive, Send


@dataclass(slots=True)
class Use:
    """`requests` made so far; `open` requests, event streams and websockets at the moment; bytes of bodies and messages
    `received` from visitors and `sent` to them; `last`: the time of the last sign of life, on the activity's clock."""

    requests: int = 0
    open: int = 0
    received: int = 0
    sent: int = 0
    last: float = 0.0


class Activity:
    """Preview id → use. A preview without requests takes no memory; `forget` is called for a removed preview."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: dict[str, Use] = {}

    def of(self, preview_id: str) -> Use:
        """A copy of the figures. A preview without requests counts as used just now: it was only just made."""
        return replace(self._use(preview_id))

    def idle(self, preview_id: str) -> float:
        """Seconds since the last sign of life; 0 while a connection is open."""
        use = self._use(preview_id)
        return 0.0 if use.open else max(0.0, self._clock() - use.last)

    def note(self, preview_id: str, ago: float = 0.0) -> None:
        """Something other than a request was done with the preview so many seconds ago, such as an edit or a command in
        it."""
        self._use(preview_id).last = self._clock() - ago

    def forget(self, preview_id: str) -> None:
        """The preview is gone; it is no error when it was never used."""
        self._uses.pop(preview_id, None)

    @contextlib.contextmanager
    def request(self, preview_id: str, receive: Receive, send: Send) -> Iterator[tuple[Receive, Send]]:
        """Hold this during one request or websocket; bytes through the two callables that it yields are counted."""
        use = self._use(preview_id)
        use.requests += 1
        use.open += 1
        use.last = self._clock()

        async def counted_receive() -> Message:
            message = await receive()
            use.received += _size(message)
            return message

        async def counted_send(message: Message) -> None:
            use.sent += _size(message)
            await send(message)

        try:
            yield counted_receive, counted_send
        finally:
            use.open -= 1
            use.last = self._clock()

    def _use(self, preview_id: str) -> Use:
        use = self._uses.get(preview_id)
        if use is None:
            use = self._uses[preview_id] = Use(last=self._clock())
        return use


def _size(message: Message) -> int:
    text = message.get("text")
    # A websocket's text is counted in characters: encoding each message again only to count bytes is not worth it.
    return len(message.get("body") or message.get("bytes") or b"") + (len(text) if text else 0)
