"""Which files of a project its Dockerfile sees: the rules of .dockerignore.

As Docker's own client reads them (https://docs.docker.com/build/concepts/context/#dockerignore-files): one pattern a
line, from the root of the context; `*` and `?` stay within a name, `**` does not; `!` makes an exception; the last
match counts. Our own code, because the libraries read .gitignore, whose patterns apply in every folder, and use regular
expressions that a project can make take minutes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Final

from preview_runtime.phrases import Phrase

_MOST_RULES: Final = 1_000
_LONGEST: Final = 400  # characters of a pattern: a path has 200
# With more wildcards than these, matching a regular expression may take ages (`*a*a*a*b`).
_QUICK: Final = 2
# Characters that rules with wildcards may look at in all, about two seconds; `_States` counts four for each.
_MOST_WORK: Final = 20_000_000
_STATES_COST: Final = 4
_STAR, _ANYTHING, _FOLDERS = "[^/]*", ".*", "(?:.*/)?"


class TooManyRules(ValueError):
    """The rules and the paths together take too long; `line`, from 1, is the rule at which the limit was reached."""

    def __init__(self, line: int) -> None:
        self.says = Phrase("fault.dockerfile_refused.rules")
        super().__init__(str(self.says))
        self.line = line


def context_filter(text: str) -> Callable[[str], bool]:
    """A function that tells whether a path of the context is sent. Rules after the thousandth are ignored.

    It raises `TooManyRules` when the paths have taken more work than one project may cause.
    """
    rules = [
        (number, not line.startswith("!"), *_matcher(line.removeprefix("!")))
        for number, line in _lines(text)[:_MOST_RULES]
    ]
    work = 0

    def sent(path: str) -> bool:
        nonlocal work
        left_out = False
        for number, leaves_out, matches, cost in rules:
            if leaves_out == left_out:
                continue
            work += cost * len(path)
            if work > _MOST_WORK:
                raise TooManyRules(number)
            if matches(path):
                left_out = leaves_out
        return not left_out

    return sent


def _lines(text: str) -> list[tuple[int, str]]:
    lines = ((number, line.strip()) for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1))
    return [
        (number, line)
        for number, line in lines
        if line and not line.startswith("#") and line != "!" and len(line) <= _LONGEST
    ]


def _matcher(line: str) -> tuple[Callable[[str], object], int]:
    """Whether a path, or a folder above it, matches the pattern; and the cost per character."""
    parts = _parts(line)
    wildcards = sum(part in (_STAR, _ANYTHING, _FOLDERS) for part in parts)
    if wildcards > _QUICK:
        return _States(parts).match, _STATES_COST
    try:
        return re.compile(f"{''.join(parts)}(?:/.*)?", re.DOTALL).fullmatch, min(wildcards, 1)
    except re.error:
        plain = re.escape(posixpath.normpath(line).lstrip("/"))
        return re.compile(f"{plain}(?:/.*)?", re.DOTALL).fullmatch, 0


def _parts(line: str) -> list[str]:
    """The pattern as regular expressions: one for each character, or a wildcard."""
    path = posixpath.normpath(line.strip()).lstrip("/")
    parts: list[str] = []
    place = 0
    while place < len(path):
        character = path[place]
        if path.startswith("**", place):
            place += 2
            folders = path.startswith("/", place)
            place += folders
            parts.append(_FOLDERS if folders else _ANYTHING)
            continue
        if character == "*":
            parts.append(_STAR)
        elif character == "?":
            parts.append("[^/]")
        elif character == "[" and (end := path.find("]", place + 2)) > 0:
            inner = path[place + 1 : end].replace("\\", "\\\\")
            parts.append(f"[{'^' if inner.startswith('^') else ''}{inner.removeprefix('^')}]")
            place = end
        elif character == "\\" and place + 1 < len(path):
            place += 1
            parts.append(re.escape(path[place]))
        else:
            parts.append(re.escape(character))
        place += 1
    return parts


class _States:
    """All positions in a pattern at once, as the bits of one number: the time is the path's length, whatever the
    wildcards."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._steps: list[re.Pattern[str] | None] = []  # from a position to the next
        self._star = self._any = self._skip = self._skip_two = 0
        self._moves: dict[str, int] = {}
        for part in parts:
            bit = 1 << len(self._steps)
            if part == _FOLDERS:
                # Nothing, or anything followed by a slash.
                self._skip_two |= bit
                self._any |= bit << 1
                self._steps += [re.compile(".", re.DOTALL), re.compile("/")]
            elif part in (_STAR, _ANYTHING):
                self._skip |= bit
                self._star |= bit if part == _STAR else 0
                self._any |= bit if part == _ANYTHING else 0
                self._steps.append(None)
            else:
                try:
                    self._steps.append(re.compile(part, re.DOTALL))
                except re.error:
                    self._steps.append(re.compile(re.escape(part)))
        self._folders = self._skip_two
        self._end = 1 << len(self._steps)

    def match(self, path: str) -> bool:
        places = self._skipped(1)
        for character in path:
            if character == "/" and places & self._end:
                return True
            kept = places & (self._any | (self._star if character != "/" else 0))
            moved = (places & self._move(character)) << 1
            if character == "/":
                moved |= (places & self._folders) << 2
            places = self._skipped(kept | moved)
            if not places:
                return False
        return bool(places & self._end)

    def _skipped(self, places: int) -> int:
        while (more := places | (places & self._skip) << 1 | (places & self._skip_two) << 2) != places:
            places = more
        return places

    def _move(self, character: str) -> int:
        found = self._moves.get(character)
        if found is None:
            found = 0
            for place, step in enumerate(self._steps):
                if step is not None and step.fullmatch(character):
                    found |= 1 << place
            self._moves[character] = found
        return found
