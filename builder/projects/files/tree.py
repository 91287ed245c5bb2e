"""The files of a project as a tree of folders. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel

from builder.projects.files.facts import FileFacts

KEPT_FOLDER: Final = ".gitkeep"
"""The file that keeps a folder which has no other; lists do not show it."""


class TreeEntry(BaseModel):
    """`size` in bytes, of a folder all of it; `modified_at`: of a folder the latest of its files, null where it is not
    known. `children` is null for a file, and for a folder that is deeper than was asked."""

    name: str
    path: str
    type: Literal["file", "folder"]
    size: int
    modified_at: str | None
    children: list[TreeEntry] | None


def tree_entry(files: Mapping[str, FileFacts], path: str = "", depth: int = 100) -> TreeEntry | None:
    """The file or folder at `path` ("" is all of the project), with `depth` levels below it; None where there is
    neither."""
    if path in files:
        return _file(path, files[path])
    start = f"{path}/" if path else ""
    inside = {name[len(start) :]: facts for name, facts in files.items() if name.startswith(start)}
    return _folder(path, inside, depth) if inside or not path else None


def _file(path: str, facts: FileFacts) -> TreeEntry:
    name = path.rpartition("/")[2]
    return TreeEntry(name=name, path=path, type="file", size=facts.size, modified_at=facts.modified_at, children=None)


def _folder(path: str, inside: Mapping[str, FileFacts], depth: int) -> TreeEntry:
    """`inside`: the files by their path within the folder."""
    folders: dict[str, dict[str, FileFacts]] = {}
    files: list[TreeEntry] = []
    start = f"{path}/" if path else ""
    for name, facts in inside.items():
        top, slash, rest = name.partition("/")
        if slash:
            folders.setdefault(top, {})[rest] = facts
        elif name != KEPT_FOLDER:
            files.append(_file(start + name, facts))
    children = None
    if depth > 0:
        children = [_folder(start + name, within, depth - 1) for name, within in sorted(folders.items())] + files
    return TreeEntry(
        name=path.rpartition("/")[2],
        path=path,
        type="folder",
        size=sum(facts.size for facts in inside.values()),
        modified_at=max((facts.modified_at for facts in inside.values() if facts.modified_at), default=None),
        children=children,
    )
