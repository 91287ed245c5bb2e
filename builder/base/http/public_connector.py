"""Connections to addresses that somebody typed: to public ones alone, looked up once."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

IsPublic = Callable[[str], bool]
"""Whether an IP address belongs to the world, and not to a network of somebody's own."""
NOT_PUBLIC: Final = "not a public address"
"""In the text of the error where a name leads nowhere else."""


class _PublicResolver(AbstractResolver):
    """What it gives is connected to: nobody looks the name up a second time."""

    def __init__(self, is_public: IsPublic) -> None:
        self._is_public, self._names = is_public, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        public = [one for one in found if self._is_public(one["host"])]
        if not public:
            raise OSError(None, NOT_PUBLIC)
        return public

    async def close(self) -> None:
        await self._names.close()


def is_addressable(url: str, is_public: IsPublic) -> bool:
    """Whether `url` can be reached at all: http or https, no user, and no address that is not public. What a name
    leads to is looked at by `public_connector`."""
    try:
        parsed = URL(url)
    except ValueError:
        return False
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.user or parsed.password:
        return False
    try:
        return is_public(str(ipaddress.ip_address(parsed.host)))
    except ValueError:
        return True


def public_connector(is_public: IsPublic) -> aiohttp.TCPConnector:
    """For one session. An address that is written as numbers is not looked up: `is_addressable` says of it."""
    return aiohttp.TCPConnector(resolver=_PublicResolver(is_public), use_dns_cache=False, force_close=True)
