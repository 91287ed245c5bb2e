"""Which passwords may be chosen: long enough, and none that guessing begins with. No rule about kinds of letters: such
rules make passwords worse (NIST SP 800-63B, section 3.1.1.2)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from builder.accounts.passwords import MAX_LENGTH
from builder.base.errors import BadInput
from builder.texts import t

MIN_LENGTH: Final = 8
# Of the 10,000 commonest (the list of zxcvbn, MIT) those that are long enough.
_COMMONEST: Final = Path(__file__).with_name("commonest.txt")


def check_new(password: str) -> None:
    """Raises BadInput (`weak_password`) with what to do instead."""
    if len(password) < MIN_LENGTH or not password.strip():
        raise BadInput(t("people.password_short", least=MIN_LENGTH), code="weak_password")
    if len(password) > MAX_LENGTH:
        raise BadInput(t("people.password_long", most=MAX_LENGTH), code="weak_password")
    if password.casefold() in _commonest():
        raise BadInput(t("people.password_common"), code="weak_password")


@cache
def _commonest() -> frozenset[str]:
    return frozenset(_COMMONEST.read_text(encoding="utf-8").split())
