"""Connections to addresses that somebody typed: to public ones alone, looked up once."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

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


def public_connector(is_public: IsPublic) -> aiohttp.TCPConnector:
    """For one session. An address that is written as numbers is not looked up: its caller looks at it."""
    return aiohttp.TCPConnector(resolver=_PublicResolver(is_public), use_dns_cache=False, force_close=True)
