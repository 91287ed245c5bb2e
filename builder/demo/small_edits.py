"""The difference between two texts as small edits, each `find` matching exactly once at the moment it is applied."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TypedDict


class SmallEdit(TypedDict):
    """One edit of a Draft."""

    path: str
    find: str
    replace: str


def between(path: str, old: str, new: str) -> list[SmallEdit]:
    """Edits that turn `old` into `new`, applied one after the other. Empty when they are equal.

    Whole lines are compared; an edit takes in neighbouring lines until its `find` is unique.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    hunks = [
        (i1, i2, j1, j2)
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    edits: list[SmallEdit] = []
    text = old
    # From the end to the beginning, so that the lines before a hunk are still the old ones when it is applied.
    for i1, i2, j1, j2 in reversed(hunks):
        start, end = i1, i2
        while True:
            find = "".join(before[start:end])
            if find.strip() and text.count(find) == 1:
                break
            if start > 0:
                start -= 1
            elif end < len(before) and not edits:
                end += 1
            else:
                return [*edits, {"path": path, "find": text, "replace": new}] if text else []
        replace = "".join([*before[start:i1], *after[j1:j2], *before[i2:end]])
        edits.append({"path": path, "find": find, "replace": replace})
        at = text.index(find)
        text = text[:at] + replace + text[at + len(find) :]
    return edits if text == new else [{"path": path, "find": old, "replace": new}]
