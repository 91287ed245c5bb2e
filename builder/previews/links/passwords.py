"""Passwords of live links, kept as what scrypt makes of them (RFC 7914)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from typing import Final

# 32 MB and about a tenth of a second a try; tries are limited as well.
_N: Final = 2**15
_R: Final = 8
_P: Final = 1
_BYTES: Final = 32
_MEMORY: Final = 64 * 1024 * 1024
MAX_LENGTH: Final = 200
# So many at once: a crowd that tries passwords takes no more memory than this.
_AT_ONCE: Final = 2


class Passwords:
    """Hashes and checks, a bounded number at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, password: str) -> str:
        """`scrypt$N$r$p$salt$hash`, with a salt of its own."""
        salt = secrets.token_bytes(16)
        made = await self._made(password, salt, _N, _R, _P)
        return f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(made)}"

    async def matches(self, password: str, kept: str) -> bool:
        """Whether `kept` was made of `password`."""
        if not kept or len(password) > MAX_LENGTH:
            return False
        _, n, r, p, salt, made = kept.split("$")
        again = await self._made(password, base64.b64decode(salt), int(n), int(r), int(p))
        return hmac.compare_digest(again, base64.b64decode(made))

    async def _made(self, password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
        async with self._turn:
            return await asyncio.to_thread(
                hashlib.scrypt, password.encode("utf-8", "surrogatepass"),
                salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_BYTES,
            )  # fmt: skip


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
