"""How often a password may be tried, by the network address of who tries.

Nothing is counted over all addresses together: whoever guesses from many of them would lock out everybody else.
Ours, because only what failed counts, and because a crowd of addresses may take no more memory than said below.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

PER_CLIENT: Final = 5
WINDOW_SECONDS: Final = 60.0
# More failures within a window (five times as many) than one process answers: by having itself forgotten, an address
# that guesses wins nothing over what guessing from as many addresses gives it anyway. Some 20 MB when full.
MOST_CLIENTS: Final = 50_000
# One subscriber has 2^64 addresses and more of their own (RFC 6177, RFC 4291 section 2.5.1).
_IPV6_NETWORK_BITS: Final = 64


class Tries:
    """Counts wrong tries in a sliding minute per address; memory is bounded. `what` keeps several passwords apart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # By the time of the last failure, the oldest first.
        self._failures: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()

    def wait(self, client: str, what: str = "") -> float:
        """Seconds until this address may try again; 0 when it may at once, as one without failures always may."""
        times = self._failures.get((network(client), what), ())
        return max(0.0, times[0] + WINDOW_SECONDS - self._clock()) if len(times) == PER_CLIENT else 0.0

    def __len__(self) -> int:
        """Of how many addresses wrong tries are remembered."""
        return len(self._failures)

    def failed(self, client: str, what: str = "") -> None:
        now, key = self._clock(), (network(client), what)
        self._failures[key] = (*self._failures.get(key, ()), now)[-PER_CLIENT:]
        self._failures.move_to_end(key)
        while len(self._failures) > MOST_CLIENTS or next(iter(self._failures.values()))[-1] + WINDOW_SECONDS <= now:
            self._failures.popitem(last=False)

    def passed(self, client: str, what: str = "") -> None:
        self._failures.pop((network(client), what), None)


def network(client: str) -> str:
    """What stands for one subscriber: an IPv4 address, or the /64 of an IPv6 address; "" for what is no address.

    Link-local addresses stand for themselves: everybody on the cable has the same network there.
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
