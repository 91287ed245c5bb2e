"""How often a password may be tried."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

PER_CLIENT: Final = 5
OVERALL: Final = 50
WINDOW_SECONDS: Final = 60.0
_CLIENTS: Final = 1_000


class Tries:
    """Counts wrong tries per client and overall in a sliding minute; memory is bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=OVERALL)

    def wait(self, client: str) -> float:
        """Seconds until this client may try again; 0 when it may at once."""
        now = self._clock()
        return max(self._left(self._all, OVERALL, now), self._left(self._clients.get(client, deque()), PER_CLIENT, now))

    @staticmethod
    def _left(times: deque[float], limit: int, now: float) -> float:
        return max(0.0, times[0] + WINDOW_SECONDS - now) if len(times) == limit else 0.0

    def failed(self, client: str) -> None:
        now = self._clock()
        self._all.append(now)
        self._clients.setdefault(client, deque(maxlen=PER_CLIENT)).append(now)
        self._clients.move_to_end(client)
        if len(self._clients) > _CLIENTS:
            self._clients.popitem(last=False)

    def passed(self, client: str) -> None:
        self._clients.pop(client, None)
