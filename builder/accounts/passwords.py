"""Passwords, stored as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

MAX_LENGTH: Final = 200
_KIBIBYTES: Final = 32 * 1024
# At most so many hashes at once: a crowd of password tries takes no more memory than that.
_AT_ONCE: Final = 2


class Passwords:
    """Hashes and checks, a bounded number at a time; each takes 32 MB and about a tenth of a second."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._hash = PasswordHash((Argon2Hasher(memory_cost=_KIBIBYTES, parallelism=1), _Scrypt()))

    async def hashed(self, password: str) -> str:
        """The text to store: the hash with its salt and its cost (100 characters)."""
        async with self._turn:
            return await asyncio.to_thread(self._hash.hash, _bytes(password))

    async def matches(self, password: str, kept: str) -> bool:
        """Whether `kept` is the hash of `password`."""
        if not kept or len(password) > MAX_LENGTH:
            return False
        async with self._turn:
            return await asyncio.to_thread(self._hash.verify, _bytes(password), kept)

    async def checked(self, password: str, kept: str) -> tuple[bool, str | None]:
        """As `matches`, and a new text to store where `kept` was made at another cost than this one. It takes the same
        time whether there is a hash (`kept`) or not."""
        if len(password) > MAX_LENGTH:
            return False, None
        async with self._turn:
            if not kept:
                await asyncio.to_thread(self._hash.verify, _bytes(password), self._of_nobody())
                return False, None
            return await asyncio.to_thread(self._hash.verify_and_update, _bytes(password), kept)

    @cache  # noqa: B019 - one object for each process
    def _of_nobody(self) -> str:
        return self._hash.hash(secrets.token_bytes(16))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


class _Scrypt(HasherProtocol):
    """The format of earlier versions, `scrypt$N$r$p$salt$hash` (RFC 7914): still checked, no longer written."""

    @classmethod
    def identify(cls, hash: str | bytes) -> bool:
        return _text(hash).startswith("scrypt$")

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        raise NotImplementedError

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        given = password.encode() if isinstance(password, str) else password
        _, n, r, p, salt, made = _text(hash).split("$")
        kept = base64.b64decode(made)
        again = hashlib.scrypt(
            given, salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p), maxmem=2**26, dklen=len(kept)
        )
        return hmac.compare_digest(again, kept)

    def check_needs_rehash(self, hash: str | bytes) -> bool:
        return self.identify(hash)


def _text(hash: str | bytes) -> str:
    return hash if isinstance(hash, str) else hash.decode()
