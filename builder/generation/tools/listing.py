"""The files of a project, by folder and by pattern."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from preview_runtime.file_tree import FileTree


def below(tree: FileTree, folder: str) -> Iterator[str]:
    """The paths in `folder` and in the folders of it; "" for all."""
    root = folder.strip("/")
    return (path for path in tree if not root or path.startswith(f"{root}/") or path == root)


def listed(tree: FileTree, folder: str, glob: str, unseen: Collection[str]) -> str:
    """A line for each file: its path and size, and whether its text is in the request already."""
    found = [path for path in below(tree, folder) if not glob or _matches(path, glob)]
    return "\n".join(f"{path}  {_about(tree[path], path in unseen)}" for path in found) or "No such files."


def _matches(path: str, glob: str) -> bool:
    # `*` stands for folders as well, so that `**/` may stand for none.
    pattern = glob.removeprefix("./").removeprefix("/").replace("**/", "*")
    return fnmatchcase(path, pattern) or ("/" not in pattern and fnmatchcase(path.rpartition("/")[2], pattern))


def _about(content: str | bytes, unseen: bool) -> str:
    if isinstance(content, bytes):
        return f"{len(content)} bytes, binary"
    return f"{len(content.encode('utf-8', 'replace'))} bytes{'' if unseen else ', shown above'}"
