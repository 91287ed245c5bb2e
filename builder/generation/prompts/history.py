"""The conversation before a request, cut to what a model needs of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from builder.generation.models.model import EarlierMessage
from builder.safety.sanitising.secrets import without_secrets

HIGH_CHARACTERS: Final = 12_000
LOW_CHARACTERS: Final = 4_000
"""Once the turns are longer than the high mark, the oldest are shortened until the rest is below the low one. Between two
such cuts turns are only added, so that a provider's cache keeps the part before them."""
TURN_CHARACTERS: Final = 600
OLD_CHARACTERS: Final = 120
OLD_REQUESTS: Final = 40


def compacted(turns: Sequence[EarlierMessage]) -> tuple[EarlierMessage, ...]:
    """The turns, oldest first, secrets taken out: the first and the recent ones cut to a few lines, of those between what
    the person asked for, in a line each."""
    start = size = 0
    for end, turn in enumerate(turns, 1):
        size += _size(turn)
        if size > HIGH_CHARACTERS:
            while size > LOW_CHARACTERS and start < end - 1:
                size -= _size(turns[start])
                start += 1
    asked = [turn for turn in turns[1:start] if turn.role == "person"][-OLD_REQUESTS:]
    old = (
        *(_cut(turn, TURN_CHARACTERS) for turn in turns[: min(1, start)]),
        *(_cut(turn, OLD_CHARACTERS) for turn in asked),
    )
    return (*old, *(_cut(turn, TURN_CHARACTERS) for turn in turns[start:]))


def _size(turn: EarlierMessage) -> int:
    return min(len(turn.text), TURN_CHARACTERS)


def _cut(turn: EarlierMessage, most: int) -> EarlierMessage:
    text = without_secrets("", turn.text)
    return EarlierMessage(turn.role, text if len(text) <= most else text[: most - 1] + "…")
