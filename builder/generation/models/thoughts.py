"""A model's thinking on its way to the log: in pieces that are worth a row, and not without end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

MOST_CHARACTERS: Final = 20_000
"""Of one call; what follows is not kept."""
PIECE_CHARACTERS: Final = 400
PIECE_SECONDS: Final = 0.5
"""A piece goes out when it is that long, or that old: a person reads no faster."""


class Thoughts:
    """The thinking of one call. `text` is what of it was handed out; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.text = ""
        self._clock = clock
        self._waiting: list[str] = []
        self._room = MOST_CHARACTERS
        self._since = clock()

    def add(self, text: str) -> None:
        if not self._waiting:
            self._since = self._clock()
        self._waiting.append(text[: self._room])
        self._room -= len(self._waiting[-1])

    def take(self, *, rest: bool) -> str:
        """The next piece, "" where it is not due. `rest`: whatever there is."""
        text = "".join(self._waiting)
        if not rest and len(text) < PIECE_CHARACTERS and self._clock() - self._since < PIECE_SECONDS:
            return ""
        self._waiting.clear()
        self.text += text
        return text
