"""Two texts of a file, line by line, as a person reads the difference."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final, Literal

_MAX_LINES: Final = 2_000  # lines on either side: comparing takes the square of it at worst
_MAX_CHARACTERS: Final = 200_000
_AROUND: Final = 3


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`gap`: equal lines were left out before this one."""

    kind: Literal["same", "add", "remove", "gap"]
    text: str


def compared(before: str, after: str) -> list[DiffLine] | None:
    """What differs, with three lines around it; None for what is too long to compare."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MAX_LINES or max(len(before), len(after)) > _MAX_CHARACTERS:
        return None
    lines: list[DiffLine] = []
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(_AROUND):
        if lines or group[0][1] > 0:
            lines.append(DiffLine("gap", ""))
        for kind, from_old, to_old, from_new, to_new in group:
            if kind == "equal":
                lines += [DiffLine("same", line) for line in old[from_old:to_old]]
            else:
                lines += [DiffLine("remove", line) for line in old[from_old:to_old]]
                lines += [DiffLine("add", line) for line in new[from_new:to_new]]
    return lines
