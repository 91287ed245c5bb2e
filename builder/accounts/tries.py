"""How often something that failed may be tried again: a password from one network address, a text that was refused.

There is no limit over all addresses together: an attacker with many addresses would lock out everybody else. It is our
own code because only failed tries count, and because many addresses must not take more memory than stated below.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from builder.base.http.rates import RateState

PER_CLIENT: Final = 5
WINDOW_SECONDS: Final = 60.0
# Five times as many failures as one process can answer within a window. An address whose failures were dropped from a
# full table therefore gains no more guesses than it would have by using as many addresses. Some 20 MB when full.
MOST_CLIENTS: Final = 50_000
# One subscriber has 2^64 addresses and more (RFC 6177, RFC 4291 section 2.5.1).
_IPV6_NETWORK_BITS: Final = 64


class Tries:
    """Counts wrong tries in a sliding window per address; memory is bounded. `what` keeps several passwords apart.

    After `most` failures within `window` seconds the next try waits until the first of them is that old, or, with a
    `pause`, so many seconds after the last.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        most: int = PER_CLIENT,
        window: float = WINDOW_SECONDS,
        pause: float | None = None,
    ) -> None:
        self._clock = clock
        self._most, self._window, self._pause = most, window, pause
        # Ordered by the time of the last failure, oldest first.
        self._failures: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()

    def wait(self, client: str, what: str = "") -> float:
        """Seconds until this address may try again; 0 when it may try at once, as an address without failures may."""
        times = self._failures.get((network(client), what), ())
        if len(times) < self._most:
            return 0.0
        now = self._clock()
        left = times[0] + self._window - now
        return max(0.0, left if self._pause is None else min(left, times[-1] + self._pause - now))

    def state(self, client: str, what: str = "") -> RateState:
        """What this address has left; `resets_in` until it may try again, or until no failure counts any more."""
        left = self._clock() - self._window
        times = [at for at in self._failures.get((network(client), what), ()) if at > left]
        resets = self.wait(client, what) or (times[-1] - left if times else self._window)
        return RateState(len(times), self._most, max(1, math.ceil(resets)))

    def __len__(self) -> int:
        """The number of addresses with remembered failures."""
        return len(self._failures)

    def failed(self, client: str, what: str = "") -> None:
        now, key = self._clock(), (network(client), what)
        self._failures[key] = (*self._failures.get(key, ()), now)[-self._most :]
        self._failures.move_to_end(key)
        while len(self._failures) > MOST_CLIENTS or next(iter(self._failures.values()))[-1] + self._window <= now:
            self._failures.popitem(last=False)

    def passed(self, client: str, what: str = "") -> None:
        self._failures.pop((network(client), what), None)


def network(client: str) -> str:
    """The network that stands for one subscriber: an IPv4 address, or the /64 of an IPv6 address; "" when `client` is
    no address.

    Link-local addresses stand for themselves: all machines on one link share the same network.
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.is_link_local:
        return str(address)
    return str(ipaddress.ip_network((int(address), _IPV6_NETWORK_BITS), strict=False))
