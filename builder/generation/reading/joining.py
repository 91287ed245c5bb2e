"""Proves where a continued file goes on: the model repeats the last lines that arrived, then a mark, then the rest.

What a continuation begins with proves nothing by itself: code repeats itself, and what looks like a repeat of the last
line may be the next one. So the end of what arrived is named by a line that no text has by chance, and the lines before
it have to be the ones that arrived (docs/decisions/0019-a-join-is-proven.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

LEAST: Final = 400
"""Characters of complete lines: less than that is written again sooner than it is joined."""
_REPEATED: Final = 120  # characters of complete lines that the model repeats, and at least two lines with text
_LONGEST: Final = 2_000  # characters that it repeats
_HEAD: Final = 200  # characters by which the start of a file is known
_TELLING: Final = 20  # characters that tell a beginning from other places


@dataclass(frozen=True, slots=True)
class Join:
    """How `path` goes on: `kept` are its complete lines, `repeated` the last of them, `mark` the line after those."""

    path: str
    kept: str
    repeated: str
    mark: str

    @property
    def begin(self) -> str:
        """What the text of a continuation starts with."""
        return f"{self.repeated}{self.mark}\n"


def join_of(path: str, arrived: str) -> Join | None:
    """How to go on with a file of which `arrived` is there; None where it is better written whole."""
    kept = arrived[: arrived.rfind("\n") + 1]
    if len(kept) < LEAST:
        return None
    start, lines = len(kept), 0
    while len(kept) - start < _REPEATED or lines < 2:
        before = kept.rfind("\n", 0, start - 1) + 1
        lines += bool(kept[before:start].strip())
        start = before
        if start == 0 or len(kept) - start > _LONGEST:
            return None
    mark = f"@@ goes on here {hashlib.sha256(kept.encode('utf-8', 'surrogatepass')).hexdigest()[:10]} @@"
    return Join(path, kept, kept[start:], mark)


@dataclass(frozen=True, slots=True)
class Joined:
    """`kept` and then `rest` are the file so far."""

    kept: str
    rest: str


class Unproven(Exception):
    """The text does not show where it belongs."""


def head_of(arrived: str) -> str:
    """What a file has to begin with that is asked for whole: its first line with text, so far as it arrived; as many more
    as tell it from other places; all that arrived where its first characters come again, as its rest may begin so too."""
    start = len(arrived) - len(arrived.lstrip())
    known = arrived[start : start + _LONGEST]
    telling = known[: min(_TELLING, max(4, len(known) // 2))]
    if len(telling) >= 4 and known.find(telling, 1) >= 0:
        return arrived[:start] + known
    end = known.find("\n")
    while end >= 0 and (end < 4 or known.find(known[:end], 1) >= 0):
        end = known.find("\n", end + 1)  # a line that comes again may begin the rest as well
    return arrived[:start] + known[: len(known) if end < 0 else end][:_HEAD]


class Beginning:
    """Reads the start of a file that was asked for whole: a model may send its rest all the same."""

    def __init__(self, head: str) -> None:
        self._head = head
        self._text = ""

    def feed(self, text: str) -> Joined | None:
        """All of the text so far, as soon as it begins as it has to. Raises `Unproven`."""
        self._text += text
        fence = self._text.partition("\n")[0] if self._text.startswith("```") else ""
        begun = self._text[len(fence) + 1 :] if fence and not self._head.startswith("```") else self._text
        if not begun.startswith(self._head[: len(begun)]):
            raise Unproven
        return Joined("", self._text) if len(begun) >= len(self._head) else None


class Seam:
    """Reads the start of a continued file, in any pieces, until it shows how it joins what arrived.

    The file from its first character proves nothing either: its rest may begin with all that arrived once more.
    """

    def __init__(self, join: Join) -> None:
        self._join = join
        self._head = ""
        self._mark = f"{join.mark}\n"

    def feed(self, text: str) -> Joined | None:
        """How it joins, as soon as that is proven. Raises `Unproven` as soon as it cannot be any more."""
        self._head += text
        if joined := self._marked():
            return joined
        if len(self._head) >= 2 * _LONGEST:
            raise Unproven
        return None

    def _marked(self) -> Joined | None:
        at = self._head.find(self._mark)
        if at < 0:
            return None
        repeated = self._head[:at]
        if len(repeated) < len(self._join.repeated) or not self._join.kept.endswith(repeated):
            raise Unproven
        return Joined(self._join.kept, self._head[at + len(self._mark) :])
