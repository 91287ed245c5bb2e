"""What an answer may not contain, whatever model wrote it. Pure; each rule has a code and a plain sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from builder.generation.assembly import AssembledFile
from builder.generation.draft import Draft, DraftRefused
from builder.generation.elision import elision_in
from builder.projects.project_settings import is_locked
from builder.projects.walks.reading import FOLDER, InvalidWalk, read_walk
from builder.projects.walks.steps import EXPECTATIONS
from builder.texts import said, t
from preview_runtime.file_tree import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TREE_BYTES,
    FileTree,
    InvalidTree,
    check_alike,
    validate_path,
)

# Files through which a project would redirect its package manager (npm, bun, yarn and pnpm documentation).
_PACKAGE_SETTINGS: Final = frozenset(
    {".npmrc", "bunfig.toml", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", "pnpmfile.js"}
)
_DEPENDENCY_FIELDS: Final = (
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "overrides",
    "resolutions",
)
# What Git and Sayso keep there acts by itself: a hook runs for whoever downloads the project and commits.
_KEPT_BY_OTHERS: Final = frozenset({".git", ".sayso"})
# Anything with a scheme but npm:, a path, or GitHub's owner/name short form (npm documentation, "package.json").
_OUTSIDE: Final = re.compile(r"(?!npm:)[a-z][a-z0-9+.-]*:|\.{0,2}/|~/|[\w.-]+/[\w.-]+(?:#|$)|git@", re.IGNORECASE)


class Elided(DraftRefused):
    """`path` was shortened without being asked to; `reason` is the plain sentence that says how."""

    def __init__(self, path: str, reason: str, detail: str) -> None:
        super().__init__(
            t("generation.refused", reason=reason), code="elided", path=path, detail=f"{path[:400]}: {detail}"
        )
        self.reason = reason


class Locked(DraftRefused):
    """`paths` are locked by the person."""

    def __init__(self, paths: list[str]) -> None:
        shown = ", ".join(path[:120] for path in paths[:3]) + (" …" if len(paths) > 3 else "")
        reason = t("policy.locked", count=len(paths), path=shown)
        super().__init__(
            t("generation.refused", reason=reason), code="locked", path=paths[0], detail=", ".join(paths)[:2_000]
        )
        self.paths = paths


def check_locks(changed: Iterable[str], locks: Collection[str]) -> None:
    """Raise `Locked` where one of the `changed` paths (written, edited, deleted, either name of a rename) is under a lock.

    For whatever changes a project's files without the person's hand: answers, mends, walks.
    """
    if locks and (paths := [path for path in changed if is_locked(path, locks)]):
        raise Locked(paths)


def check(draft: Draft, before: FileTree, after: FileTree, prompt: str = "", *, guarded: bool = True) -> None:
    """Raise `DraftRefused` where the draft breaks a rule; `after` is `before` with the draft applied. `prompt` is what
    the person asked for: what it explains is no loss. Without `guarded` the person looks at losses themselves."""
    try:
        check_alike(after, known=before)
    except InvalidTree as fault:
        raise _invalid(fault) from None
    check_files({path: text for path, text in after.items() if before.get(path) != text})
    if guarded and (found := elision_in(draft.files, before, after, prompt)):
        raise Elided(found.path, found.reason, found.detail)


def with_walks(after: FileTree, before: FileTree, shown: Collection[str], spoken: Collection[str]) -> FileTree:
    """`after` with the walks as they were `before` that an answer had no business to touch: what checks an app is neither
    silently gone nor changed unseen. One that it was `shown` may be changed, into another walk that expects something;
    one that the person has `spoken` of may go as well."""
    kept = {
        path: text
        for path, text in before.items()
        if path.startswith(FOLDER) and path not in spoken and after.get(path) != text
        and not (path in shown and _still_checks(path, after))
    }  # fmt: skip
    return after.replace(kept) if kept else after


def _still_checks(path: str, after: FileTree) -> bool:
    try:
        walk = read_walk(path, after.text(path)) if path in after else None
    except InvalidWalk:
        return False
    return walk is not None and any(isinstance(step, EXPECTATIONS) for step in walk.steps)


def check_read(draft: Draft) -> None:
    """Raise `DraftRefused` where something was meant to change and is in no shape that could be read."""
    if draft.unread:
        what = ", ".join(dict.fromkeys(draft.unread))
        shown = what if len(what) <= 120 else f"{what[:117]}…"
        raise _refused("unread", draft.unread[0], t("policy.unread", what=shown), f"unread: {what[:2_000]}")


def check_opening(path: str, opened: Collection[str]) -> None:
    """Raise `DraftRefused` as soon as a file begins that no project may hold, so that nobody pays for the rest.

    `opened`: the paths the answer has opened, this one included. What the project has is compared at the end only:
    the answer may still delete it.
    """
    try:
        validate_path(path)
        check_alike(opened, known=(other for other in opened if other != path))
    except InvalidTree as fault:
        raise _invalid(fault) from None
    _check_folders(path)
    files = len(opened)
    if files > MAX_FILES:
        raise _too_large("too_many_files", f"{MAX_FILES:,} files", f"more than {MAX_FILES} files")


def check_size(open_file: AssembledFile | None, characters: int) -> None:
    """Raise `DraftRefused` as soon as the open file or the whole answer is longer than a project may hold."""
    if open_file and characters - open_file.at > MAX_FILE_BYTES:
        raise _too_large("file_too_large", f"{MAX_FILE_BYTES // 2**20} MB for one file", open_file.path[:400])
    if characters > MAX_TREE_BYTES:
        raise _too_large("tree_too_large", f"{MAX_TREE_BYTES // 2**20} MB", f"{characters} characters")


def check_files(files: Mapping[str, str | bytes]) -> None:
    """Raise `DraftRefused` for a package manager's settings, a dependency from outside the registry, a folder of Git."""
    for path, text in files.items():
        _check_folders(path)
        name = path.rpartition("/")[2].lower()
        if name in _PACKAGE_SETTINGS:
            raise _refused("package_settings", path, t("policy.npmrc", path=path), path)
        if name == "package.json" and isinstance(text, str):
            _check_package(path, text)


def _check_folders(path: str) -> None:
    if not _KEPT_BY_OTHERS.isdisjoint(path.lower().split("/")[:-1]):
        raise _refused("kept_folder", path, t("policy.kept_folder", path=path), path)


def _check_package(path: str, text: str) -> None:
    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return  # no package manager can read it either; the build names the fault and its place
    if not isinstance(package, dict):
        return
    for field in _DEPENDENCY_FIELDS:
        for name, specifier in _specifiers(package.get(field), ""):
            if _OUTSIDE.match(specifier.strip()):
                reason = t("policy.specifier", package=name, specifier=specifier[:120])
                raise _refused("dependency_outside", path, reason, f"{path}: {name} = {specifier[:400]!r}")


def _specifiers(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """(package, specifier) pairs; `overrides` nest."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _specifiers(inner, str(key))


def _refused(code: str, path: str, reason: str, detail: str) -> DraftRefused:
    return DraftRefused(t("generation.refused", reason=reason), code=code, path=path, detail=detail)


def _invalid(fault: InvalidTree) -> DraftRefused:
    return _refused(fault.code, fault.path, said(fault.says), f"{fault.code}: {fault.path[:400]!r}")


def _too_large(code: str, limit: str, detail: str) -> DraftRefused:
    return DraftRefused(t("generation.too_large", limit=limit), code=code, detail=detail)
