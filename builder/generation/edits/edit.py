"""An edit, and what is said of one that does not fit."""

from __future__ import annotations

from dataclasses import dataclass


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
