"""A Draft: what a model wants a project to become, and how it is laid over a file tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.base.errors import BadInput
from builder.generation.edits import Edit, EditFailed, Placed, aligned, place
from builder.generation.edits.placing import Fallback
from builder.generation.edits.syntax import compiles, parses
from builder.texts import t
from preview_runtime.file_tree import FileTree, InvalidTree, validate_path

__all__ = ["Draft", "DraftRefused", "Edit", "EditsFailed", "FailedEdit", "Laid", "apply", "lay"]


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


@dataclass(frozen=True, slots=True)
class FailedEdit:
    """An edit without a place. `number`: which of the draft's; `message` for the person, `detail` for log and model."""

    number: int
    edit: Edit
    code: str
    message: str
    detail: str = ""


class EditsFailed(DraftRefused):
    """Edits that fit nowhere; `code`, `path` and the sentence are those of the first."""

    def __init__(self, failed: list[FailedEdit]) -> None:
        first = failed[0]
        super().__init__(first.message, code=first.code, path=first.edit.path, detail=first.detail)
        self.failed = failed


@dataclass(frozen=True, slots=True)
class Laid:
    """A tree with a draft over it. `fallbacks`: (path, how its place was found) of each edit that did not fit exactly."""

    tree: FileTree
    fallbacks: list[tuple[str, Fallback]]


def apply(draft: Draft, tree: FileTree) -> FileTree:
    """`tree` after `draft`: deletes, then files, then edits, all or nothing.

    Deleting a file that is not there changes nothing. Raises `DraftRefused`: a path no project may hold, an edit of
    a missing or binary file, an edit whose `find` is absent or not unique, a tree over its limits.
    """
    return lay(draft, tree).tree


def _placed(text: str, edit: Edit) -> Placed:
    """Where an edit goes. In Python, whose blocks are their margins, further lines that would break the file are moved to
    the margin of the first where they then do not."""
    found = place(text, edit.find, edit.replace)
    moved = aligned(text, found) if not found.fallback and edit.path.endswith(".py") else None
    if moved and compiles(text) and not compiles(found.over(text)) and compiles(moved.over(text)):
        return moved
    return found


def lay(draft: Draft, tree: FileTree) -> Laid:
    """`apply`, and how the places of its edits were found. Raises `EditsFailed` with all that fit nowhere."""
    try:
        for path in (*draft.delete, *draft.files):
            validate_path(path)
        deleted = set(draft.delete)
        files: dict[str, str | bytes] = {path: text for path, text in tree.items() if path not in deleted}
        files.update(draft.files)
        before = dict(files)
        failed: list[FailedEdit] = []
        placed: dict[str, list[tuple[int, Placed]]] = {}
        numbers = {edit: number for number, edit in reversed([*enumerate(draft.edits)])}
        for number, edit in enumerate(draft.edits):
            if numbers[edit] != number:
                continue  # said twice
            validate_path(edit.path)
            text = files.get(edit.path)
            if not edit.find.strip() and (text is None or text == ""):
                files[edit.path] = edit.replace  # nothing is looked for where nothing is: the file begins so
                before.setdefault(edit.path, "")
                continue
            if not isinstance(text, str):
                message = t("edit.no_file", path=edit.path)
                failed.append(FailedEdit(number, edit, "edit_missing_file", message))
                continue
            try:
                found = _placed(text, edit)
            except EditFailed as fault:
                message = t("edit.no_fit", path=edit.path, reason=fault)
                failed.append(FailedEdit(number, edit, fault.code, message, fault.detail))
                continue
            files[edit.path] = found.over(text)
            placed.setdefault(edit.path, []).append((number, found))
        # Not after each: one edit may open what another closes.
        for path, all_found in placed.items():
            roughly = [number for number, found in all_found if found.fallback]
            if roughly and parses(path, str(before[path])) and parses(path, str(files[path])) is False:
                message = t("edit.no_fit", path=path, reason=t("edit.breaks"))
                failed += [FailedEdit(number, draft.edits[number], "edit_breaks", message) for number in roughly]
        if failed:
            raise EditsFailed(failed)
        fallbacks: list[tuple[str, Fallback]] = [
            (path, found.fallback) for path, both in placed.items() for _, found in both if found.fallback
        ]
        return Laid(FileTree(files), fallbacks)
    except InvalidTree as fault:
        detail = f"{fault.code}: {fault.path[:400]!r}"
        raise DraftRefused(
            t("edit.invalid", reason=fault.says), code=fault.code, path=fault.path, detail=detail
        ) from None
