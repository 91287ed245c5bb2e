"""Which passwords may be chosen: long enough, and none that guessing begins with. No rule about kinds of letters: such
rules make passwords worse (NIST SP 800-63B, section 3.1.1.2)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from builder.accounts.passwords import MAX_LENGTH
from builder.base.errors import BadInput
from builder.texts import t

MIN_LENGTH: Final = 8
# What belongs to this place: ASVS 5.0, 6.1.2.
_OURS: Final = ("sayso", "builder", "owner", "password", "admin")
# Of the 10,000 commonest (the list of zxcvbn, MIT) those that are long enough.
_COMMONEST: Final = Path(__file__).with_name("commonest.txt")


def check_new(password: str, *own: str) -> None:
    """`own`: the person's address and names. Raises BadInput (`weak_password`) with what to do instead."""
    if len(password) < MIN_LENGTH or not password.strip():
        raise BadInput(t("people.password_short", least=MIN_LENGTH), code="weak_password")
    if len(password) > MAX_LENGTH:
        raise BadInput(t("people.password_long", most=MAX_LENGTH), code="weak_password")
    if password.casefold() in _commonest():
        raise BadInput(t("people.password_common"), code="weak_password")
    if _letters(password) in _guessed(own):
        raise BadInput(t("people.password_own"), code="weak_password")


def is_breached(password: str, known: Path) -> bool:
    """Whether a password is in `known`, the sorted file of broken-into ones that Have I Been Pwned gives away: a line for
    each, its SHA-1 in capital letters, ":", how often it was seen. It has some 40 GB and is not read but looked into: by
    halves, some forty places."""
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with known.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        # The line that holds `low` is never behind the wanted one; that which begins after `high` is.
        while low < high:
            middle = (low + high) // 2
            file.seek(middle - 1 if middle else 0)
            if middle:
                file.readline()  # the rest of the line that began before
            line = file.readline()
            if not line or line[:40] >= wanted:
                high = middle
            else:
                low = middle + 1
        file.seek(low - 1 if low else 0)
        if low:
            file.readline()
        return file.readline()[:40] == wanted


def _guessed(own: Iterable[str]) -> set[str]:
    """What is tried first for just this person here, whatever digits and signs stand around it."""
    words = {part for text in own for part in (text, *re.split(r"[^\w]+", text))}
    once = {_letters(word) for word in words if len(word) > 2} | {_letters(word) for word in _OURS}
    return once | {word * 2 for word in once} | {one + two for one in once for two in once} - {""}


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


@cache
def _commonest() -> frozenset[str]:
    return frozenset(_COMMONEST.read_text(encoding="utf-8").split())
