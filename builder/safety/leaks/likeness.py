"""What a value is like: random as a key is, made up as passwords are, or words, names and references of code."""

from __future__ import annotations

import re
from typing import Final

from builder.safety.leaks.innocent import entropy, is_mixed, is_plain, words_in

_HEX: Final = re.compile("[0-9a-fA-F]+")
_DIGITS: Final = re.compile("[0-9]+")
_DIGIT: Final = re.compile("[0-9]")
_UUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_CLASSES: Final = (re.compile("[a-z]"), re.compile("[A-Z]"), _DIGIT, re.compile(r"[^A-Za-z0-9]"))
_LOOSE_SYMBOL: Final = re.compile(r"[^A-Za-z0-9_./:-]")
_ADDRESS: Final = re.compile(
    r"(?:https?|wss?|file|data|blob|mailto|tel|urn|git|ssh|sqlite(?:\+\w+)?|about|chrome|arn):|\.{0,2}/|--|[a-z]{2,16}/[a-z0-9.+-]+\Z|@[\w-]+/|#[0-9a-fA-F]{3,8}\Z"
)
_FILE: Final = re.compile(
    r"\.(?:jsx?|tsx?|mjs|cjs|json|py|html?|css|scss|png|jpe?g|svg|gif|webp|ico|woff2?|com|org|net|io|eu|dev|md|txt|xml|ya?ml|toml|pem|key|crt|db|sqlite3?|log|vue|svelte|php|go|rs|java|sh|pdf|csv|zip|mp[34])\Z",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(r"[~^>=<v]*\d+(?:\.\d+)+[\w.+-]*")
_TIME: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[T ][\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}:\d\d(?::\d\d)?")
_CODE: Final = re.compile(
    r"[({\[]\w*[)}\]]|=>|&&|\|\||[<>]=|==(?!\Z)|\\[dws.]|\[\^|\(\?|\]\+|\.\*|;\s*$|^[.#\[][\w-]+[\[ .>:]|^(?:rgba?|hsla?|url|var|calc|translate\w*|matrix)\("
)


def is_uuid(value: str) -> bool:
    return _UUID.fullmatch(value) is not None


def is_hexadecimal(value: str) -> bool:
    return _HEX.fullmatch(value) is not None


def is_wordless(value: str, most: float = 0.6) -> bool:
    """Whether it has no words: few pairs of letters that words have, or digits strewn all over it."""
    return words_in(value) < most or (value.isalnum() and len(_DIGITS.findall(value)) >= 5)


def is_no_value(value: str) -> bool:
    """Whether it is an address, a name of a file, a version, a time, code, or plain: whatever it is called."""
    if is_plain(value) or _ADDRESS.match(value) or _FILE.search(value) or _VERSION.fullmatch(value):
        return True
    return _TIME.fullmatch(value) is not None or _CODE.search(value) is not None


def is_made_up(value: str) -> bool:
    """Whether it may be a password: two kinds of characters, none of them words with a number behind."""
    if not value.isascii() and sum(one.isdigit() for one in value) >= 3:
        value = "".join(
            one if one.isascii() else "o" for one in value
        )  # a word of another language, with a number behind
    if len(value) < 8 or is_no_value(value):
        return False
    return classes(value) >= (3 if len(value) < 12 and words_in(value) > 0.75 else 2) and entropy(value) >= 2.7


def is_random(value: str, shortest: int = 14) -> bool:
    """Whether it is random as keys are."""
    if len(value) < shortest or is_no_value(value):
        return False
    if _UUID.fullmatch(value):
        return True
    if _HEX.fullmatch(value):
        return len(value) >= 20 and entropy(value) >= 3.0
    if classes(value) < 2 or entropy(value) < (3.2 if len(value) < 24 else 3.5):
        return False
    digits = len(_DIGIT.findall(value))
    if not is_wordless(value, 0.8 if len(value) < 24 else 0.66) and (digits < len(value) * 0.4 or value.isalnum()):
        return False
    if digits or _LOOSE_SYMBOL.search(value):
        return True
    return len(value) >= 24 and is_mixed(value)


def is_surely_random(value: str) -> bool:
    """Whether it can hardly be anything but a key: long, without any words; hexadecimal digits and UUIDs may be anything."""
    if not is_random(value, 28) or _HEX.fullmatch(value) or _UUID.fullmatch(value):
        return False
    return (
        re.fullmatch(r"[\w+/=.~-]+", value) is not None
        and classes(value) >= 3
        and len(_DIGIT.findall(value)) >= 2
        and is_wordless(value)
        and re.search(r"[A-Za-z]{13}", value) is None
    )


def classes(value: str) -> int:
    """How many kinds of characters it has: small, capital, digits, others."""
    return sum(one.search(value) is not None for one in _CLASSES)
