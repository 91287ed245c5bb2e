"""Patches as changes: what `diff -u` and Git write (POSIX, "diff utility"), and the envelope of `apply_patch`. Pure.

Where a piece goes is told by its lines, never by its numbers, which models count wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.generation.reading.changes import Change, Deletion, Replacement, Unread, WholeFile
from builder.generation.reading.paths import inside

_BEGINS: Final = re.compile(r"diff --git |--- [^\n]+\n\+\+\+ |@@ -\d+(?:,\d+)? \+\d+")
_HEAD: Final = re.compile(r"\*\*\* (Update|Add|Delete) File: (.+)")
_NOWHERE: Final = "/dev/null"


def is_diff(text: str) -> bool:
    """Whether it begins as a patch does."""
    return _BEGINS.match(text) is not None


def unified_changes(text: str, path: str = "") -> Iterator[Change]:
    """What a patch changes; `path`: the file that it is of where it names none."""
    old = new = path
    lines: list[str] = []
    begun = False
    rows = text.split("\n")
    for number, row in enumerate([*rows, "--- "]):
        after = rows[number + 1] if number + 1 < len(rows) else ""
        heads = (
            number == len(rows)
            or row.startswith("diff --git ")
            or (row.startswith("--- ") and after.startswith("+++ "))
        )
        if heads or row.startswith("@@"):
            if begun:
                yield _piece(old, new, lines)
            begun, lines = row.startswith("@@"), []
        if row.startswith("diff --git "):
            old = new = ""
        elif row.startswith(("rename from ", "rename to ", "Binary files ", "GIT binary ")) and not begun:
            yield Unread(row.rpartition(" ")[2] or "diff")
        elif row.startswith("--- ") and heads and number < len(rows):
            old = _path(row[4:], "a/")
        elif row.startswith("+++ ") and not begun:
            new = _path(row[4:], "b/")
        elif begun and not row.startswith("@@"):
            lines.append(row)


def _path(written: str, side: str) -> str:
    path = written.partition("\t")[0].strip()
    return path if path == _NOWHERE else path.removeprefix(side)


def _piece(old: str, new: str, rows: list[str]) -> Change:
    """One piece of a patch."""
    while rows and not rows[-1].strip():
        rows = rows[:-1]
    if any(row and row[0] not in " +-\\" for row in rows) or not (path := new if new != _NOWHERE else old):
        return Unread(new or old or "diff")
    if new == _NOWHERE:
        return Deletion(inside(old))
    before = [row[1:] for row in rows if not row.startswith(("+", "\\"))]
    after = [row[1:] for row in rows if not row.startswith(("-", "\\"))]
    if old == _NOWHERE:
        return WholeFile(inside(path), "".join(f"{line}\n" for line in after))
    if not any(line.strip() for line in before) or before == after:
        return Unread(path)
    end = "\n" if not after else ""
    return Replacement(inside(path), "\n".join(before) + end, "\n".join(after))


def apply_patch_changes(text: str) -> Iterator[Change]:
    """What stands between `*** Begin Patch` and `*** End Patch`."""
    does = path = ""
    rows: list[str] = []
    for row in [*text.split("\n"), "*** End Patch"]:
        head = _HEAD.fullmatch(row.rstrip())
        if head or row.startswith(("*** End Patch", "@@")):
            yield from _part(does, path, rows)
            rows = []
            if head:
                does, path = head[1], head[2].strip()
                rows = [] if does == "Update" else [""]
            elif row.startswith("*** End Patch"):
                return
        elif row.startswith("*** Move to:"):
            yield Unread(path or "patch")
        elif does and not row.startswith("*** "):
            rows.append(row)


def _part(does: str, path: str, rows: list[str]) -> Iterator[Change]:
    if does == "Delete" and rows:
        yield Deletion(inside(path))
    elif does == "Add" and rows:
        added = [row for row in rows[1:] if row]
        if all(row.startswith("+") for row in added):
            yield WholeFile(inside(path), "".join(f"{row[1:]}\n" for row in added))
        else:
            yield Unread(path)
    elif does == "Update" and any(row.strip() for row in rows):
        yield _piece(path, path, rows)
