"""Passwords, stored as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

T = TypeVar("T")
MAX_LENGTH: Final = 200
_KIBIBYTES: Final = 32 * 1024
# At most so many hashes at once: a crowd of password tries takes no more memory than that, and one processor is left to
# everybody else. Threads of their own: in the loop's, files that pages wait for would wait behind them.
_AT_ONCE: Final = max(1, min(4, (os.cpu_count() or 1) - 1))
# And they give way: the loop, which answers everybody else, has its turn first.
_NICE: Final = 5


class Passwords:
    """Hashes and checks, a bounded number at a time; each takes 32 MB and about a tenth of a second."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, "password", _give_way)
        self._hash = PasswordHash((Argon2Hasher(memory_cost=_KIBIBYTES, parallelism=1), _Scrypt()))

    async def hashed(self, password: str) -> str:
        """The text to store: the hash with its salt and its cost (100 characters)."""
        return await self._away(self._hash.hash, _bytes(password))

    async def matches(self, password: str, kept: str) -> bool:
        """Whether `kept` is the hash of `password`."""
        if not kept or len(password) > MAX_LENGTH:
            return False
        return await self._away(self._hash.verify, _bytes(password), kept)

    async def checked(self, password: str, kept: str) -> tuple[bool, str | None]:
        """As `matches`, and a new text to store where `kept` was made at another cost than this one. It takes the same
        time whether there is a hash (`kept`) or not."""
        if len(password) > MAX_LENGTH:
            return False, None
        if not kept:
            await self._away(self._none_matches, _bytes(password))
            return False, None
        return await self._away(self._hash.verify_and_update, _bytes(password), kept)

    async def _away(self, work: Callable[..., T], *values: str | bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *values)

    def _none_matches(self, password: bytes) -> None:
        self._hash.verify(password, self._of_nobody)

    @cached_property
    def _of_nobody(self) -> str:
        return self._hash.hash(secrets.token_bytes(16))


def _give_way() -> None:
    # Where the system has no niceness of single threads, they have that of all.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


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
