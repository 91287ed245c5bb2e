"""Finds the one place an edit means: exactly first, then by named fallbacks in a fixed order."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Edit:
    """In `path`, the one occurrence of `find` becomes `replace`."""

    path: str
    find: str
    replace: str


class EditFailed(ValueError):
    """`code`: `edit_empty`, `edit_absent` or `edit_ambiguous`. `str()` is for the person, `detail` (lines) for log and model."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail


# How lines are compared when the exact text is not there. Each must match exactly once to count.
FALLBACKS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("trailing whitespace", str.rstrip),
    ("indentation", str.strip),
)


_LINE: Final = 200  # characters of a line that are compared
_COMPARED: Final = 50  # lines that difflib compares


def replace_once(text: str, find: str, replace: str) -> str:
    """`text` with the one occurrence of `find` replaced. Raises `EditFailed`."""
    if not find.strip():
        raise EditFailed("edit_empty", "it does not say which text to replace.")
    count = text.count(find)
    if count == 1:
        return text.replace(find, replace)
    if count > 1:
        raise EditFailed("edit_ambiguous", f"the text to replace is there {count} times.", find[:400])
    for _, key in FALLBACKS:
        spans = _line_spans(text, find, key)
        if len(spans) > 1:
            raise EditFailed("edit_ambiguous", f"the text to replace is there {len(spans)} times.", find[:400])
        if spans:
            return _replace_lines(text, spans[0], find, replace, key)
    nearest = _nearest(text, find)
    raise EditFailed("edit_absent", "the text to replace is not there.", f"wanted:\n{find[:400]}\nnearest:\n{nearest}")


def _line_spans(text: str, find: str, key: Callable[[str], str]) -> list[tuple[int, int]]:
    """(first, past last) line numbers where the lines of `find` are found under `key`."""
    lines, wanted = [key(line) for line in text.split("\n")], [key(line) for line in find.strip("\n").split("\n")]
    if not any(wanted):
        return []
    size = len(wanted)
    return [
        (i, i + size) for i in range(len(lines) - size + 1) if lines[i] == wanted[0] and lines[i : i + size] == wanted
    ]


def _replace_lines(text: str, span: tuple[int, int], find: str, replace: str, key: Callable[[str], str]) -> str:
    lines = text.split("\n")
    fresh = replace.strip("\n").split("\n") if replace.strip("\n") else []
    if key is str.strip and fresh:
        fresh = _reindented(fresh, _indent(find.strip("\n").split("\n")[0]), _indent(lines[span[0]]))
    return "\n".join([*lines[: span[0]], *fresh, *lines[span[1] :]])


def _reindented(lines: list[str], was: str, wanted: str) -> list[str]:
    """`lines` moved by the difference between the indentation that was looked for and the one that was found."""
    if wanted.startswith(was):
        more = wanted[len(was) :]
        return [more + line if line.strip() else line for line in lines]
    return [wanted + line.removeprefix(was) if line.strip() else line for line in lines]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _nearest(text: str, find: str) -> str:
    """The three lines of `text` most like the first line of `find`, with their numbers.

    difflib looks only at the lines that share most pairs of characters with it: over all lines of a large file it takes
    seconds, and nobody else is answered meanwhile.
    """
    wanted = next(line.strip() for line in find.split("\n") if line.strip())[:_LINE]
    lines = [(number, line.strip()[:_LINE]) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    pairs = _pairs(wanted)
    alike = heapq.nlargest(_COMPARED, dict.fromkeys(line for _, line in lines), key=lambda line: _share(pairs, line))
    close = difflib.get_close_matches(wanted, alike, n=3, cutoff=0.3)
    return "\n".join(f"{number}: {line}" for number, line in lines if line in close) or "(nothing like it)"


def _pairs(line: str) -> set[str]:
    return {line[i : i + 2] for i in range(len(line) - 1)} or {line}


def _share(pairs: set[str], line: str) -> float:
    other = _pairs(line)
    return len(pairs & other) / len(pairs | other)
