"""Signed texts that let one person see one preview: a ticket to enter with, and a grant, which a cookie then carries.

The server stores only which tickets were used; tickets of an earlier process are not valid. Signatures are HMAC-SHA256
(RFC 2104).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# A ticket is part of an address, which browsers and proxies log: it has to be used at once, and works only once.
TICKET_SECONDS: Final = 60
GRANT_SECONDS: Final = 12 * 3600
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Grant:
    """Who has access, and until when (seconds since 1970); `old`: more than half of its life is over, so a new one
    should be issued."""

    person: str
    old: bool
    ends: float


class Tickets:
    """Makes and checks both. `key` is called each time: another key invalidates everything signed with the one
    before."""

    def __init__(self, key: Callable[[], bytes], clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock
        self._used: dict[str, float] = {}
        self._began = int(clock())

    def ticket(self, preview_id: str, person: str) -> str:
        """A ticket with which `person` can enter one preview, once, within a minute."""
        return self._signed("ticket", preview_id, person, TICKET_SECONDS, secrets.token_urlsafe(12))

    def redeem(self, ticket: str, preview_id: str) -> str | None:
        """The person a ticket was made for; None when it is forged, for another preview, too old, or used."""
        read = self._read("ticket", ticket, preview_id)
        if read is None:
            return None
        person, ends, nonce = read
        now = self._clock()
        self._used = {known: end for known, end in self._used.items() if end > now}
        if nonce in self._used or ends - TICKET_SECONDS < self._began:
            return None
        self._used[nonce] = ends
        return person

    def grant(self, preview_id: str, person: str) -> str:
        """The grant for the cookie of one preview's host."""
        return self._signed("grant", preview_id, person, GRANT_SECONDS, "")

    def read(self, grant: str, preview_id: str) -> Grant | None:
        """Whom a grant is for; None when it is forged, for another preview, or too old."""
        read = self._read("grant", grant, preview_id)
        if read is None:
            return None
        person, ends, _ = read
        return Grant(person, ends - self._clock() < GRANT_SECONDS / 2, ends)

    def _signed(self, kind: str, preview_id: str, person: str, seconds: int, nonce: str) -> str:
        said = json.dumps([preview_id, person, int(self._clock()) + seconds, nonce], separators=(",", ":"))
        payload = _text(said.encode())
        return f"{payload}.{self._signature(kind, payload)}"

    def _read(self, kind: str, word: str, preview_id: str) -> tuple[str, int, str] | None:
        payload, _, signature = word.rpartition(".")
        if len(word) > _LONGEST or not hmac.compare_digest(signature.encode(), self._signature(kind, payload).encode()):
            return None
        # We signed it, so it has the shape that we gave it.
        named, person, ends, nonce = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return (person, ends, nonce) if named == preview_id and ends > self._clock() else None

    def _signature(self, kind: str, payload: str) -> str:
        # The kind is signed as well, so that a cookie cannot be used as a ticket, nor a ticket as a cookie.
        return _text(hmac.digest(self._key(), f"{kind}:{payload}".encode(), hashlib.sha256))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
