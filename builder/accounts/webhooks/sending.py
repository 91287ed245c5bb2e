"""One message to one address: signed, without redirects, and only to a public address, which is resolved once."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Final

import aiohttp

from builder.base.http.public_connector import NOT_PUBLIC, IsPublic, is_addressable, public_connector

SIGNATURE: Final = "Sayso-Signature"
_SECONDS: Final = 10.0


class NotSent(Exception):
    """The other side was not reached; `str()` is one of PROBLEMS, which says why without what it said."""


PROBLEMS: Final = ("private", "slow", "name", "refused", "certificate", "lost")


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body", in hexadecimal>`: who checks the time refuses old copies."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def send(url: str, body: bytes, headers: dict[str, str], secret: str, is_public: IsPublic) -> int:
    """The status of the answer. Raises NotSent."""
    if not is_addressable(url, is_public):
        raise NotSent("private")
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    signed = {
        **headers,
        "Content-Type": "application/json",
        "User-Agent": "Sayso",
        SIGNATURE: signature(secret, body, int(time.time())),
    }
    try:
        async with (
            aiohttp.ClientSession(connector=public_connector(is_public), timeout=timeout, trust_env=False) as session,
            session.post(url, data=body, headers=signed, allow_redirects=False) as answer,
        ):
            return answer.status
    except TimeoutError as error:
        raise NotSent("slow") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotSent(_problem(error)) from error


def _problem(error: Exception) -> str:
    if NOT_PUBLIC in str(error):
        return "private"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name"
    if isinstance(error, aiohttp.ClientSSLError):
        return "certificate"
    return "refused" if isinstance(error, aiohttp.ClientConnectorError) else "lost"
