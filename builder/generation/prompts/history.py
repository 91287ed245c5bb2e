"""The conversation before a request, cut to what a model needs of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from builder.generation.models.model import EarlierMessage
from builder.safety.sanitising.secrets import without_secrets

HIGH_CHARACTERS: Final = 12_000
LOW_CHARACTERS: Final = 4_000
"""Once the messages are longer than the high mark, the oldest are shortened until the rest is below the low one. Between two
such cuts messages are only added, so that a provider's cache keeps the part before them."""
MESSAGE_CHARACTERS: Final = 600
OLD_CHARACTERS: Final = 120
OLD_REQUESTS: Final = 40


def compacted(messages: Sequence[EarlierMessage]) -> tuple[EarlierMessage, ...]:
    """The messages, oldest first, secrets taken out: the first and the recent ones cut to a few lines, of those between what
    the person asked for, in a line each."""
    start = size = 0
    for end, message in enumerate(messages, 1):
        size += _size(message)
        if size > HIGH_CHARACTERS:
            while size > LOW_CHARACTERS and start < end - 1:
                size -= _size(messages[start])
                start += 1
    asked = [message for message in messages[1:start] if message.role == "person"][-OLD_REQUESTS:]
    old = (
        *(_cut(message, MESSAGE_CHARACTERS) for message in messages[: min(1, start)]),
        *(_cut(message, OLD_CHARACTERS) for message in asked),
    )
    return (*old, *(_cut(message, MESSAGE_CHARACTERS) for message in messages[start:]))


def _size(message: EarlierMessage) -> int:
    return min(len(message.text), MESSAGE_CHARACTERS)


def _cut(message: EarlierMessage, most: int) -> EarlierMessage:
    text = without_secrets("", message.text)
    return EarlierMessage(message.role, text if len(text) <= most else text[: most - 1] + "…")
