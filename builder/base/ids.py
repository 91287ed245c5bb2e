"""Ids and times, as every part writes them."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_ID: Final = re.compile(r"[a-z2-7]{16}")


def new_id() -> str:
    """16 random characters of `a-z2-7` (80 bits); lowercase, so that an id can be part of a host name."""
    bits = int.from_bytes(secrets.token_bytes(10), "big")
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 80, 5))


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def now(*, ago: timedelta = timedelta()) -> str:
    """The time now, minus `ago`, as ISO 8601 UTC with `Z` and microseconds, so that text order is time order."""
    return (datetime.now(UTC) - ago).isoformat(timespec="microseconds").replace("+00:00", "Z")
