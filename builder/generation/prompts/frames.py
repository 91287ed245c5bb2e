"""The frames that material stands in, in a prompt: nothing that stands inside one can end it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

NAMES: Final = (
    "file", "edit", "find", "replace", "delete", "project", "request", "conversation", "fault", "log", "walk",
    "attachment", "package", "piece", "given", "cursor",
)  # fmt: skip
"""Of all frames. A name has the same mark throughout a prompt: `<file-1 path="…">` ends at `</file-1>`."""
_TAG: Final = re.compile(rf"</?(?:{'|'.join(NAMES)})(-\d{{1,9}})?(?![\w-])", re.IGNORECASE)


def mark_for(texts: Iterable[str]) -> str:
    """What the names of a prompt's frames end with, so that none of `texts` has one: "", "-1", "-2" …

    The same texts give the same mark, so that a provider's cache knows the prompt again; the texts themselves stay as
    they are to the byte, because edits are found by them.
    """
    found = {tag[1] or "" for text in texts if "<" in text for tag in _TAG.finditer(text)}
    marks = ("", *(f"-{number}" for number in range(1, len(found) + 2)))
    return next(mark for mark in marks if mark not in found)
