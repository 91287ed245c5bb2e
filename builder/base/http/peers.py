"""Connections by their client's address, and which of them is closed when there are too many.

A connection that waits for its client (for a head or the rest of a body) is closed first, beginning with the one whose
client has been silent longest. So one address with many connections never keeps another address out, nor its own next
request.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

C = TypeVar("C")

# The network that a provider gives one household or one machine (RFC 6177): within it, addresses cost nothing.
_NETWORK_BITS: Final = 64


def network_of(address: str) -> str:
    """The network that counts as one client: an IPv4 address (also when written as IPv6), or the /64 of an IPv6
    address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a Unix socket, which has no address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(found), _NETWORK_BITS), strict=False))
        found = found.ipv4_mapped
    return str(found)


class _Peer(Generic[C]):
    def __init__(self, name: str, trusted: bool) -> None:
        self.name, self.trusted = name, trusted
        self.all: OrderedDict[C, None] = OrderedDict()
        self.waiting: OrderedDict[C, None] = OrderedDict()


class Peers(Generic[C]):
    """All connections of the process. `each`: the most of one address; `total`: the most of all; both are called for
    each new connection.

    `trusted(address)`: whether the address is a proxy of ours, which only `total` limits.
    """

    def __init__(self, each: Callable[[], int], total: Callable[[], int], trusted: Callable[[str], bool]) -> None:
        self._each, self._total, self._trusted = each, total, trusted
        self._of: dict[C, _Peer[C]] = {}
        self._peers: dict[str, _Peer[C]] = {}
        # Addresses by their number of connections, to find the one with the most without asking all of them. Ordered,
        # because finding the first key of a plain dict is slow after many before it were deleted.
        self._ranks: dict[int, OrderedDict[str, _Peer[C]]] = {}
        self._most = 0

    def __len__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[C]:
        return iter(tuple(self._of))

    def count(self, address: str) -> int:
        """Of one address or network."""
        peer = self._peers.get(network_of(address))
        return len(peer.all) if peer else 0

    def network(self, connection: C) -> str:
        """The address or network under which it is counted; "" when it is not counted."""
        peer = self._of.get(connection)
        return peer.name if peer else ""

    def enter(self, connection: C, address: str) -> C | None:
        """Count a new connection, which waits for its client. Returns the connection to close: another one, the new one
        itself when no other may be closed, or None."""
        name = network_of(address)
        peer = self._peers.get(name)
        if peer is None:
            peer = self._peers[name] = _Peer(name, self._trusted(address))
        leaving: C | None = None
        if not peer.trusted and len(peer.all) >= self._each():
            leaving = next(iter(peer.waiting), connection)
        elif len(self._of) >= self._total():
            leaving = self._of_whoever_has_most(peer, connection)
        self._rank(peer, -1)
        peer.all[connection] = peer.waiting[connection] = None
        self._rank(peer, +1)
        self._of[connection] = peer
        if leaving is not None:
            self.leave(leaving)
        return leaving

    def leave(self, connection: C) -> None:
        """The connection is closed, or about to be. It is no error when it was not counted."""
        peer = self._of.pop(connection, None)
        if peer is None:
            return
        self._rank(peer, -1)
        del peer.all[connection]
        peer.waiting.pop(connection, None)
        self._rank(peer, +1)
        if not peer.all:
            del self._peers[peer.name]

    def waits(self, connection: C) -> None:
        """The connection waits for its client, or the client has just sent something."""
        if peer := self._of.get(connection):
            peer.waiting[connection] = None
            peer.waiting.move_to_end(connection)

    def works(self, connection: C) -> None:
        """The connection works on its client's request: it is not closed in favour of others of its own address."""
        if peer := self._of.get(connection):
            peer.waiting.pop(connection, None)

    def _of_whoever_has_most(self, peer: _Peer[C], connection: C) -> C:
        if peer.waiting and (peer.trusted or len(peer.all) >= self._most):
            return next(iter(peer.waiting))
        if self._most > len(peer.all):
            other = next(iter(self._ranks[self._most].values()))
            return next(iter(other.waiting), next(iter(other.all)))
        return connection

    def _rank(self, peer: _Peer[C], step: int) -> None:
        """Take the peer out of its rank (-1), or put it into its present rank (+1). Proxies have no rank: they carry
        everybody."""
        count = len(peer.all)
        if peer.trusted or not count:
            return
        if step > 0:
            self._ranks.setdefault(count, OrderedDict())[peer.name] = peer
            self._most = max(self._most, count)
            return
        rank = self._ranks[count]
        del rank[peer.name]
        if not rank:
            del self._ranks[count]
            if count == self._most:
                # A peer moves by one connection at a time, so the next filled rank is near.
                while self._most and self._most not in self._ranks:
                    self._most -= 1
