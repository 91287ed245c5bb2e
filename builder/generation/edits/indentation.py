"""Carries indentation over: a replacement is written for the lines that were looked for, not for those that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import gcd
from typing import Final, NamedTuple


class Pair(NamedTuple):
    """The indentation of a line as it was looked for, and as it is there. `star`: of a block comment's line, which
    stands one column further in than a step and so tells nothing of others."""

    sought: str
    found: str
    star: bool = False


_STEPS: Final = (2, 3, 4, 8)
_OBSERVED: Final = 2  # times that a file has to go one step in before the step counts as its own


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def carried(replace: str, pairs: Sequence[Pair], text: str, *, begins_line: bool) -> str | None:
    """`replace` with the indentation of the place it goes to; None where the pairs contradict each other.

    `text` is the file, asked for its step where the pairs tell too little. `begins_line`: `replace` starts at the
    beginning of a line. The first pair may differ from the others: people, and models, copy from the middle of a line.
    """
    if all(pair.sought == pair.found for pair in pairs):
        return replace
    known: dict[str, str] = {}
    for pair in pairs[1:]:
        if known.setdefault(pair.sought, pair.found) != pair.found:
            return None
    telling = [pair for pair in pairs[1:] if not pair.star]
    points = sorted({pair.sought: pair.found for pair in telling}.items(), key=lambda point: len(point[0]))
    if any(len(one[1]) >= len(other[1]) for one, other in pairwise(points)):
        return None
    first = pairs[0]
    if not first.sought and any(known.values()) and all(sought == found for sought, found in known.items()):
        # Only the first line was taken from its middle: the others are as they are there.
        head, line_break, rest = replace.partition("\n")
        moved = first.found + head.lstrip(" \t") if begins_line and indent_of(head) == first.sought else head
        return moved + line_break + rest
    lines = replace.split("\n")
    margins = [indent_of(line) for line in lines[0 if begins_line else 1 :] if line.strip() and not is_star(line)]
    takes_part = not first.star and _agrees(first, points)
    scale = _Scale(([first, *telling] if takes_part else telling) or pairs, margins, text)
    made = []
    for place, line in enumerate(lines):
        margin = indent_of(line)
        if not line.strip() or (place == 0 and not begins_line):
            made.append(line)
        elif place == 0 and margin == first.sought:
            made.append(first.found + line[len(margin) :])
        else:
            made.append(known.get(margin, scale.of(margin)) + line[len(margin) :])
    return "\n".join(made)


def is_star(line: str) -> bool:
    """The lines of a block comment stand one column further in than a step."""
    return line.lstrip(" \t").startswith("*")


def _agrees(first: Pair, points: Sequence[tuple[str, str]]) -> bool:
    """Whether the first line is moved as the others are."""
    sought, found = len(first.sought), len(first.found)
    places = [(len(one), len(other)) for one, other in points]
    if not places:
        return True
    (s0, f0), (s1, f1) = places[0], places[-1]
    if len(places) == 1:
        return (sought < s0) == (found < f0) and (sought > s0) == (found > f0)
    return (found - f0) * (s1 - s0) == (f1 - f0) * (sought - s0)


class _Scale:
    """From the indentation that was looked for to the one that is there, for depths that no pair has."""

    def __init__(self, pairs: Sequence[Pair], margins: Sequence[str], text: str) -> None:
        points = sorted({(len(pair.sought), len(pair.found)) for pair in pairs})
        self._points = points
        self._fill = "\t" if any("\t" in pair.found for pair in pairs) else " "
        sought_fill = "\t" if any("\t" in margin for margin in (*margins, *(pair.sought for pair in pairs))) else " "
        if not any(pair.found for pair in pairs):
            self._fill = _fill_of(text) or sought_fill
        depths = {len(margin) for margin in margins} | {sought for sought, _ in points}
        step = gcd(*(depth - min(depths) for depth in depths)) if depths else 0
        (s0, f0), (s1, f1) = points[0], points[-1]
        self._sought, self._found = 1, 1
        if s1 > s0 and step and (f1 - f0) * step % (s1 - s0) == 0:
            self._sought, self._found = step, (f1 - f0) * step // (s1 - s0)
        elif sought_fill != self._fill:
            deep = s0 // step if step and s0 % step == 0 else 0
            own = 1 if self._fill == "\t" else _step_of(text) or (f0 // deep if deep and f0 % deep == 0 else 4)
            self._sought, self._found = step or (s0 // f0 * own if f0 and s0 % f0 == 0 and s0 else 1), own
        elif step > 1 and self._fill == " ":
            own = _step_of(text) or (f0 if s0 == step else 0)
            if own and ((s0 and s0 * own == f0 * step) or (s0 == 0 and f0 and f0 % own == 0)):
                self._sought, self._found = step, own

    def of(self, margin: str) -> str:
        sought, found = min(self._points, key=lambda point: abs(point[0] - len(margin)))
        steps, odd = divmod(len(margin) - sought, self._sought)
        return self._fill * max(0, found + steps * self._found) + (" " * odd if self._sought > 1 else "")


def _fill_of(text: str) -> str:
    tabs, spaces = text.count("\n\t"), text.count("\n  ")
    return "" if tabs == spaces == 0 else "\t" if tabs > spaces else " "


def _step_of(text: str) -> int:
    """How many spaces further in this file goes at a time; 0 where it does not show."""
    depths = [len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.strip() and not is_star(line)]
    steps = Counter(later - earlier for earlier, later in pairwise(depths) if later - earlier in _STEPS)
    step, seen = max(steps.items(), key=lambda one: (one[1], -one[0]), default=(0, 0))
    return step if seen >= _OBSERVED else 0
