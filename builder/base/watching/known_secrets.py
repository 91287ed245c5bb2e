"""The secrets that this process holds, so that no line of its log has one, whatever it looks like."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

SHORTEST: Final = 8
"""A shorter one would be found in words that are none."""
_MOST: Final = 2_000

_held: Final[OrderedDict[str, None]] = OrderedDict()


def hold(*secrets: str) -> None:
    """From now on these are secrets. Of more than 2,000 the oldest are forgotten: they are still known by their looks."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            _held[secret] = None
            _held.move_to_end(secret)
    while len(_held) > _MOST:
        _held.popitem(last=False)


def without_held(text: str, instead: str) -> str:
    """`text` with each of them replaced."""
    for secret in _held:
        if secret in text:
            text = text.replace(secret, instead)
    return text
