"""One message to one address: signed, without redirects, and only to a public address, which is resolved once."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Callable
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

SIGNATURE: Final = "Sayso-Signature"
_SECONDS: Final = 10.0
IsPublic = Callable[[str], bool]
"""Whether an IP address belongs to the world, and not to a network of somebody's own."""


class NotSent(Exception):
    """The other side was not reached; `str()` is one of PROBLEMS, which says why without what it said."""


PROBLEMS: Final = ("private", "slow", "name", "refused", "certificate", "lost")
_PRIVATE: Final = "not a public address"


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body", in hexadecimal>`: who checks the time refuses old copies."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


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
            raise OSError(None, _PRIVATE)
        return public

    async def close(self) -> None:
        await self._names.close()


def is_addressable(url: str, is_public: IsPublic) -> bool:
    """Whether `url` can be a webhook's at all: http or https, no user, and no address that is not public. What a name
    leads to is looked at when something is sent."""
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


async def send(url: str, body: bytes, headers: dict[str, str], secret: str, is_public: IsPublic) -> int:
    """The status of the answer. Raises NotSent."""
    if not is_addressable(url, is_public):
        raise NotSent("private")
    connector = aiohttp.TCPConnector(resolver=_PublicResolver(is_public), use_dns_cache=False, force_close=True)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    signed = {
        **headers,
        "Content-Type": "application/json",
        "User-Agent": "Sayso",
        SIGNATURE: signature(secret, body, int(time.time())),
    }
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.post(url, data=body, headers=signed, allow_redirects=False) as answer,
        ):
            return answer.status
    except TimeoutError as error:
        raise NotSent("slow") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotSent(_problem(error)) from error


def _problem(error: Exception) -> str:
    if _PRIVATE in str(error):
        return "private"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name"
    if isinstance(error, aiohttp.ClientSSLError):
        return "certificate"
    return "refused" if isinstance(error, aiohttp.ClientConnectorError) else "lost"
