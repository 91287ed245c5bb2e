"""Finds pieces of the system prompt in what a model says, however it is cut."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from builder.safety.verdicts import Category

RUN: Final = 8
"""Words in a row that make it a piece of the prompt."""
MOST_RUN: Final = 64
"""Characters that such a run may have: so many are held back."""
HIDDEN: Final = "[hidden]"
_WORD: Final = re.compile(r"[^\W_]+")
_REST_OF_WORD: Final = re.compile(r"[^\W_]*")
_GAP_AND_WORD: Final = re.compile(r"[\W_]*[^\W_]*")
_End = Literal["", "word", "gap"]


@lru_cache(maxsize=8)
def _runs(system: str) -> frozenset[tuple[str, ...]]:
    """Every run of up to `RUN` words of the prompt."""
    words = [word.casefold() for word in _WORD.findall(system)]
    return frozenset(
        tuple(words[at : at + size])
        for at in range(len(words))
        for size in range(1, RUN + 1)
        if at + size <= len(words)
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A word with what stood before it. `written` is as it came."""

    word: str
    gap: str
    written: str

    @property
    def length(self) -> int:
        return len(self.gap) + len(self.written)


class Recital:
    """`waiting` are the last words while they stand in the prompt as well; the first `hidden` of them are taken out."""

    def __init__(self, system: str, counts: Counter[Category]) -> None:
        self._runs = _runs(system)
        self._counts = counts
        self._waiting: list[_Said] = []
        self._hidden = 0
        self._rest = ""
        self._too_long: _End = ""

    def feed(self, text: str) -> str:
        return self._take(self._rest + text, over=False)

    def end(self) -> str:
        return self._take(self._rest, over=True)

    def _take(self, text: str, *, over: bool) -> str:
        out: list[str] = []
        at = self._past_too_long(text, out) if self._too_long else 0
        for found in _WORD.finditer(text, at):
            if found.end() == len(text) and not over:
                break  # it may go on
            self._word(_Said(found[0].casefold(), text[at : found.start()], found[0]), out)
            at = found.end()
        self._rest = text[at:]
        while self._waiting and (over or self._length() + len(self._rest) > MOST_RUN):
            self._shift(out)
        if over or len(self._rest) > MOST_RUN:
            out.append(self._rest)
            self._rest, self._too_long = "", _ends_in(self._rest)
        return "".join(out)

    def _past_too_long(self, text: str, out: list[str]) -> int:
        """Hands on the rest of a gap and its word that are longer than any run; returns where they end."""
        rest = (_REST_OF_WORD if self._too_long == "word" else _GAP_AND_WORD).match(text)
        end = rest.end() if rest else 0
        out.append(text[:end])
        if end < len(text):
            self._too_long = ""
        elif text:
            self._too_long = _ends_in(text)
        return end

    def _word(self, said: _Said, out: list[str]) -> None:
        self._waiting.append(said)
        while self._length() > MOST_RUN or tuple(one.word for one in self._waiting) not in self._runs:
            self._shift(out)
            if not self._waiting:
                return
        if len(self._waiting) == RUN:
            if not self._hidden:
                out.append(self._waiting[0].gap + HIDDEN)
                self._counts[Category.HIDDEN] += 1
            self._waiting.pop(0)
            self._hidden = RUN - 1

    def _length(self) -> int:
        return sum(one.length for one in self._waiting)

    def _shift(self, out: list[str]) -> None:
        said = self._waiting.pop(0)
        if self._hidden:
            self._hidden -= 1
        else:
            out.append(said.gap + said.written)


def _ends_in(text: str) -> _End:
    return "word" if _WORD.match(text[-1:]) else "gap" if text else ""
