"""The lines of a file that are most like those an edit looked for."""

from __future__ import annotations

import difflib
import heapq
from typing import Final

_LINE: Final = 200  # characters of a line that are compared
_COMPARED: Final = 50  # lines that difflib compares
_SOUGHT: Final = 3  # lines of what was looked for that are compared


def nearest_lines(text: str, find: str) -> str:
    """The lines of `text` most like the first three of `find`, with their numbers.

    difflib looks only at the lines that share most pairs of characters with it: over all lines of a large file it takes
    seconds, and nobody else is answered meanwhile.
    """
    lines = [(number, line.strip()[:_LINE]) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    known = dict.fromkeys(line for _, line in lines)
    close: set[str] = set()
    for wanted in [line.strip()[:_LINE] for line in find.split("\n") if line.strip()][:_SOUGHT]:
        pairs = _pairs(wanted)
        alike = heapq.nlargest(_COMPARED, known, key=lambda line, pairs=pairs: _share(pairs, line))  # type: ignore[misc]
        close.update(difflib.get_close_matches(wanted, alike, n=3, cutoff=0.3))
    return "\n".join([f"{number}: {line}" for number, line in lines if line in close][:12]) or "(nothing like it)"


def alike(one: str, other: str) -> float:
    """How alike two lines are, from 0 to 1."""
    return difflib.SequenceMatcher(None, one[:_LINE], other[:_LINE], autojunk=False).ratio()


def _pairs(line: str) -> set[str]:
    return {line[i : i + 2] for i in range(len(line) - 1)} or {line}


def _share(pairs: set[str], line: str) -> float:
    other = _pairs(line)
    return len(pairs & other) / len(pairs | other)
