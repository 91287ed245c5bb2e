"""The listening sockets inside a container, read from the kernel's tables: shows where an app that does not answer
listens instead."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_LISTEN: Final = "0A"  # proc(5), /proc/net/tcp: the state of a listening socket
_DOCKER_DNS: Final = ip_address("127.0.0.11")  # the engine's own name server listens inside every container


@dataclass(frozen=True, slots=True, order=True)
class Listener:
    """One listening socket; `everywhere` when it can be reached from outside the container."""

    port: int
    everywhere: bool


def listeners(table: str) -> list[Listener]:
    """The listening sockets in the text of /proc/net/tcp and tcp6, the engine's own left out; lowest port first."""
    found: set[Listener] = set()
    for line in table.splitlines():
        fields = line.split()
        if len(fields) < 4 or fields[3] != _LISTEN:
            continue
        address, _, port = fields[1].partition(":")
        where = _address(address)
        if where is not None and where != _DOCKER_DNS:
            found.add(Listener(int(port, 16), not where.is_loopback))
    return sorted(found)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as the kernel prints it: words of 32 bits, each in the byte order of the machine."""
    try:
        words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    except ValueError:
        return None  # a header line
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    if len(packed) not in (4, 16):
        return None
    address = ip_address(packed)
    return getattr(address, "ipv4_mapped", None) or address
