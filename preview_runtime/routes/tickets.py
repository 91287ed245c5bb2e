"""Signed words that let one person see one preview: a ticket for the way in, and a grant, which a cookie then carries.

Nothing is kept on the server but which tickets were used; those of an earlier process are none. Signatures are HMAC-SHA256 (RFC 2104).
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

# A ticket stands in an address, which browsers and proxies write down: it is used at once, and only once.
TICKET_SECONDS: Final = 60
GRANT_SECONDS: Final = 12 * 3600
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may go on, until when (seconds since 1970); `old`: past half of its life, a new one is due."""

    person: str
    old: bool
    ends: float


class Tickets:
    """Makes and checks both. `key` is asked each time: another key ends what was signed with the one before."""

    def __init__(self, key: Callable[[], bytes], clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock
        self._used: dict[str, float] = {}
        self._began = int(clock())

    def ticket(self, preview_id: str, person: str) -> str:
        """Lets `person` in to one preview, once, within a minute."""
        return self._signed("ticket", preview_id, person, TICKET_SECONDS, secrets.token_urlsafe(12))

    def redeem(self, ticket: str, preview_id: str) -> str | None:
        """The person a ticket was made for; None where it is forged, for another preview, too old, or used."""
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
        """What the cookie of one preview's host holds."""
        return self._signed("grant", preview_id, person, GRANT_SECONDS, "")

    def read(self, grant: str, preview_id: str) -> Grant | None:
        """Who a grant is for; None where it is forged, for another preview, or too old."""
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
        # Signed by us: it has the shape we gave it.
        named, person, ends, nonce = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return (person, ends, nonce) if named == preview_id and ends > self._clock() else None

    def _signature(self, kind: str, payload: str) -> str:
        # The kind is signed as well: a cookie is no ticket, and a ticket no cookie.
        return _text(hmac.digest(self._key(), f"{kind}:{payload}".encode(), hashlib.sha256))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
