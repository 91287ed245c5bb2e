"""A Draft: what a model wants a project to become, and how it is laid over a file tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.base.errors import BadInput
from builder.generation.edits import Edit, EditFailed, replace_once
from builder.texts import t
from preview_runtime.file_tree import FileTree, InvalidTree, validate_path

__all__ = ["Draft", "DraftRefused", "Edit", "apply"]


@dataclass(slots=True)
class Draft:
    """One answer. Every field may be absent.

    `files` are whole texts by path, in the order written; `run` may hold `install`, `start` and `port`;
    `notes` say what was odd but could be read, `unread` names what was meant to change and could not be; `open_path` is
    set where the answer broke off inside that file.
    """

    title: str = ""
    summary: str = ""
    stack: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    open_path: str | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.files or self.edits or self.delete)


class DraftRefused(BadInput):
    """An answer that cannot become a version. Nothing was changed. `code` names the rule, `path` the file."""

    code = "draft_refused"

    def __init__(self, message: str, *, code: str, path: str = "", detail: str = "") -> None:
        super().__init__(message, code=code, detail=detail)
        self.path = path


def apply(draft: Draft, tree: FileTree) -> FileTree:
    """`tree` after `draft`: deletes, then files, then edits, all or nothing.

    Deleting a file that is not there changes nothing. Raises `DraftRefused`: a path no project may hold, an edit of
    a missing or binary file, an edit whose `find` is absent or not unique, a tree over its limits.
    """
    try:
        for path in (*draft.delete, *draft.files):
            validate_path(path)
        files: dict[str, str | bytes] = {path: text for path, text in tree.items() if path not in set(draft.delete)}
        files.update(draft.files)
        for edit in draft.edits:
            validate_path(edit.path)
            files[edit.path] = _edited(files, edit)
        return FileTree(files)
    except InvalidTree as fault:
        detail = f"{fault.code}: {fault.path[:400]!r}"
        raise DraftRefused(
            t("edit.invalid", reason=fault.says), code=fault.code, path=fault.path, detail=detail
        ) from None


def _edited(files: dict[str, str | bytes], edit: Edit) -> str:
    text = files.get(edit.path)
    if not isinstance(text, str):
        message = t("edit.no_file", path=edit.path)
        raise DraftRefused(message, code="edit_missing_file", path=edit.path)
    try:
        return replace_once(text, edit.find, edit.replace)
    except EditFailed as fault:
        message = t("edit.no_fit", path=edit.path, reason=fault)
        raise DraftRefused(message, code=fault.code, path=edit.path, detail=fault.detail) from None
