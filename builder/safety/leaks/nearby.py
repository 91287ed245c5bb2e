"""Where it is worth looking: patterns are dear, words are found at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_SIZE: Final = 128


class Spots:
    """Which parts of a text hold one of `words`, in pieces of 128 characters. `small`: the text in small letters."""

    def __init__(self, small: str, words: Iterable[str]) -> None:
        self._marked = bytearray(len(small) // _SIZE + 2)
        for word in words:
            at = small.find(word)
            while at >= 0:
                self._marked[at // _SIZE] = 1
                at = small.find(word, max(at + 1, (at // _SIZE + 1) * _SIZE - len(word) + 1))

    def __bool__(self) -> bool:
        return 1 in self._marked

    def within(self, start: int, end: int) -> bool:
        """Whether one stands between, give or take a piece."""
        return self._marked.find(1, max(0, start) // _SIZE, end // _SIZE + 1) >= 0

    def around(self, before: int, after: int) -> Iterator[tuple[int, int]]:
        """(start, end) of what is so near to one, together where they meet."""
        at = self._marked.find(1)
        while at >= 0:
            end = at
            while (following := self._marked.find(1, end + 1)) >= 0 and (following - end) * _SIZE <= before + after:
                end = following
            yield max(0, at * _SIZE - before), (end + 1) * _SIZE + after
            at = following
