"""The working copy: the typed files since the head, as an overlay of single files. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from builder.base.errors import Conflict, Json, NotFound
from builder.texts import t
from preview_runtime.file_tree import FileTree, check_alike, is_text

Overlay: TypeAlias = Mapping[str, str | None]
"""path → SHA-256 of its content, None for a deleted file."""
Base: TypeAlias = Mapping[str, str | None]
"""The base of a write: path → SHA-256 of the content that its writer last got from the server. None, or a path that is
missing: there was no such file."""


@dataclass(frozen=True, slots=True)
class Write:
    """The effect of a write. `set` and `unset` change the overlay's rows; `put` and `deleted` change the person's tree;
    `digests` is the tree's content afterwards at every path that was written (None: no file); `moved` says where a
    renamed file's content comes from (new path → old path)."""

    set: dict[str, str | None]
    unset: list[str]
    put: list[str]
    deleted: list[str]
    digests: dict[str, str | None]
    moved: dict[str, str] = field(default_factory=dict)


def overlaid(head: Mapping[str, str], overlay: Overlay) -> dict[str, str]:
    """The person's tree (path → SHA-256): the head with the typed files laid over it."""
    tree = {path: sha for path, sha in head.items() if path not in overlay}
    tree.update({path: sha for path, sha in overlay.items() if sha is not None})
    return tree


def write(
    head: Mapping[str, str],
    overlay: Overlay,
    put: Mapping[str, str],
    delete: Collection[str] = (),
    rename: Mapping[str, str] | None = None,
    base: Base | None = None,
) -> Write:
    """Apply renames, then deletions, then `put` (path → SHA-256) to the person's tree.

    A folder's path applies to everything in the folder. Deleting a missing file is no error, so that a client may send
    a write twice. Raises NotFound when there is nothing to rename, and InvalidTree for a path that no project may hold,
    that is both a file and a folder, or that Windows or macOS would confuse with another one.

    With a `base`, a file that equals neither the base nor the written content is somebody else's work. Then Conflict
    (`changed_meanwhile`) is raised; its details name such paths and their content (`{"digests": {path: SHA-256}}`).
    """
    # A name with a lone surrogate cannot be a file's, and could not even be sent in the answer.
    delete = [path for path in delete if is_text(path)]
    before = overlaid(head, overlay)
    tree = dict(before)
    moved: dict[str, str] = {}
    elsewhere: dict[str, str | None] = {}
    for old, new in (rename or {}).items():
        inside = [path for path in tree if path == old or path.startswith(old + "/")]
        if not inside and base is not None and base.get(old) is not None and is_text(old):
            if before.get(new) != base[old]:  # otherwise the write was sent a second time
                elsewhere[old] = None
            continue
        if not inside:
            raise NotFound(t("file.not_found", path=old))
        if old == new:
            continue
        lifted = {new + path[len(old) :]: (path, tree.pop(path)) for path in inside}
        for path, (origin, sha) in lifted.items():
            tree[path] = sha
            moved[path] = moved.pop(origin, origin)
    for path in delete:
        for held in [held for held in tree if held == path or held.startswith(path + "/")]:
            del tree[held]
            moved.pop(held, None)
    for path, sha in put.items():
        tree[path] = sha
        moved.pop(path, None)
    changed = [path for path in before.keys() | tree.keys() if before.get(path) != tree.get(path)]
    if base is not None:
        elsewhere.update({path: before.get(path) for path in changed if before.get(path) != base.get(path)})
        if elsewhere:
            paths = sorted(elsewhere)
            digests: dict[str, Json] = {path: elsewhere[path] for path in paths}
            sentence = t("file.changed_meanwhile", path=paths[0])
            raise Conflict(sentence, code="changed_meanwhile", details={"digests": digests})
    FileTree(dict.fromkeys(tree, ""))  # validates the paths and that no file lies where a folder is needed
    check_alike(tree, known=before)

    after: dict[str, str | None] = {path: sha for path, sha in tree.items() if head.get(path) != sha}
    after.update({path: None for path in head if path not in tree})
    return Write(
        set={path: sha for path, sha in after.items() if path not in overlay or overlay[path] != sha},
        unset=[path for path in overlay if path not in after],
        put=[path for path, sha in tree.items() if before.get(path) != sha],
        deleted=[path for path in before if path not in tree],
        digests={path: tree.get(path) for path in {*changed, *put, *delete}},
        moved=moved,
    )


def rebased(onto: Mapping[str, str], base: Mapping[str, str], tree: Mapping[str, str]) -> dict[str, str]:
    """`onto` with the changes from `base` to `tree` applied; for a file that both changed, `tree` wins."""
    result = {path: sha for path, sha in onto.items() if path in tree or path not in base}
    result.update({path: sha for path, sha in tree.items() if base.get(path) != sha})
    return result


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """(paths added or changed, paths removed) from `old` to `new`."""
    return sorted(p for p, sha in new.items() if old.get(p) != sha), sorted(p for p in old if p not in new)
