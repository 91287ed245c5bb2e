"""Takes out of what models and tools say what nobody should read: keys, places of the server, the system prompt."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Final

from builder.safety.sanitising.recital import Recital
from builder.safety.sanitising.shapes import MOST_SHAPE, TALK, Finds, Shape, begun
from builder.safety.verdicts import Category

_BEFORE: Final = 8
"""Characters already handed on that a pattern looks back at."""
MOST_TAIL: Final = 16_384
"""Characters of a key in several lines that is never ended."""
_MOST_END: Final = 64


@cache
def _may_begin() -> re.Pattern[str]:
    return begun(TALK)


@cache
def _tail(shape: Shape) -> re.Pattern[str]:
    return re.compile(f"{shape.tail}*")


class Sanitiser:
    """One stream of talk. What is handed on does not depend on how the text was cut.

    At most 256 characters are held back: 192 where a pattern may have begun, 64 where the system prompt may be recited.
    Each character is looked at a bounded number of times.
    """

    def __init__(self, system: str = "") -> None:
        """`system`: a prompt that is not to be told, "" for none."""
        self.counts: Counter[Category] = Counter()
        self._recital = Recital(system, self.counts) if system else None
        self._before = ""
        self._held = ""
        self._tail: Shape | None = None
        self._swallowed = 0

    def feed(self, text: str) -> str:
        """What can be handed on."""
        if self._recital:
            text = self._recital.feed(text)
        return self._cleaned(text, over=False)

    def end(self) -> str:
        """What was held back; the stream is over."""
        text = self._recital.end() if self._recital else ""
        return self._cleaned(text, over=True)

    def _cleaned(self, text: str, *, over: bool) -> str:
        text, out, at = self._before + self._held + text, list[str](), len(self._before)
        open_at, finds = self._open(text, at, over), Finds(TALK, text)
        while at < len(text):
            if self._tail:
                at, waits = self._past_tail(self._tail, text, at, over)
                if waits:
                    break
                continue
            if open_at < at:
                open_at = self._open(text, at, over)
            found = finds.after(at)
            if found is None or found[1].start() >= open_at:
                out.append(text[at:open_at])
                at = open_at
                break
            out.append(text[at : found[1].start()])
            at = self._replace(*found, out)
        self._before, self._held = text[max(0, at - _BEFORE) : at], text[at:]
        return "".join(out)

    def _open(self, text: str, at: int, over: bool) -> int:
        """The first place behind `at` where what follows decides."""
        begin = None if over else _may_begin().search(text, max(at, len(text) - MOST_SHAPE + 1))
        return begin.start() if begin else len(text)

    def _replace(self, shape: Shape, found: re.Match[str], out: list[str]) -> int:
        out.append(found[1] + shape.says)
        self.counts[shape.category] += 1
        self._tail, self._swallowed = (shape, 0) if shape.tail else (None, 0)
        return found.end()

    def _past_tail(self, shape: Shape, text: str, at: int, over: bool) -> tuple[int, bool]:
        """Where what follows the key begins, and whether more has to come before that is known."""
        end = _tail(shape).match(text, at)
        stop = end.end() if end else at
        if shape.until:
            return self._past_lines(shape, text, at, stop, over)
        if stop == len(text) and not over:
            return stop, True
        self._tail = None
        return stop, False

    def _past_lines(self, shape: Shape, text: str, at: int, stop: int, over: bool) -> tuple[int, bool]:
        limit = at + MOST_TAIL - self._swallowed
        last = re.compile(shape.until).search(text, at, min(len(text), limit + _MOST_END))
        if last and last.start() <= min(stop, limit):
            self._tail = None
            return last.end(), False
        if stop < len(text) or over or stop >= limit + _MOST_END:
            self._tail = None
            return min(stop, limit), False
        kept = max(at, min(stop, limit) - _MOST_END)  # an end may have begun
        self._swallowed += kept - at
        return kept, True


def clean(text: str, system: str = "") -> tuple[str, Counter[Category]]:
    """`text` as it may be shown, and how often what was taken out, by category."""
    sanitiser = Sanitiser(system)
    return sanitiser.feed(text) + sanitiser.end(), sanitiser.counts
