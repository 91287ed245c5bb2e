"""Small subnets for previews, out of a pool of our own: Docker's default pools end at about thirty networks."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Final

from preview_runtime.phrases import Phrase

# A part of 10.0.0.0/8 (RFC 1918) that is used neither by Docker's default pools (172.17–31, 192.168) nor by home
# routers.
DEFAULT_POOL: Final = IPv4Network("10.213.0.0/16")
# 14 addresses: the gateway, the app, a database, a router, and room for an install beside them.
PREFIX: Final = 28


class NoSubnetLeft(Exception):
    """Every subnet of the pool is taken; `says` is the message for the person who runs the server."""

    def __init__(self, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says


def allocate(project: str, taken: Iterable[IPv4Network], pool: IPv4Network = DEFAULT_POOL) -> IPv4Network:
    """A subnet of `pool` that overlaps none of `taken`; raises `NoSubnetLeft`.

    The search begins at a place derived from `project`, so that simultaneous allocations seldom collide and a project
    mostly gets the same subnet again.
    """
    subnets = 1 << (PREFIX - pool.prefixlen) if pool.prefixlen <= PREFIX else 0
    size = 1 << (32 - PREFIX)
    first = int(pool.network_address)
    used: set[int] = set()
    for network in taken:
        if subnets and network.overlaps(pool):
            low = max(int(network.network_address), first)
            high = min(int(network.broadcast_address), int(pool.broadcast_address))
            used.update(range((low - first) // size, (high - first) // size + 1))
    begin = int.from_bytes(hashlib.sha256(project.encode()).digest()[:4], "big")
    for step in range(subnets):
        index = (begin + step) % subnets
        if index not in used:
            return IPv4Network((first + index * size, PREFIX))
    raise NoSubnetLeft(Phrase("fault.no_address_left", {"total": subnets, "pool": str(pool)}))


def host_routes(table: str, pool: IPv4Network = DEFAULT_POOL) -> list[IPv4Network]:
    """The parts of `pool` for which this machine already has routes, from the text of /proc/net/route (proc(5)).

    A killed engine leaves bridges of which no engine knows any more: a preview in such a subnet would start but never
    be reachable. A route wider than the pool, such as a VPN's, does not count: our more specific route wins.
    """
    found: list[IPv4Network] = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 8:
            continue
        address, mask = (int(fields[place], 16).to_bytes(4, sys.byteorder) for place in (1, 7))
        network = IPv4Network((address, int.from_bytes(mask, "big").bit_count()))
        if network.subnet_of(pool):
            found.append(network)
    return found
