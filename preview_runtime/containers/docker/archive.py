"""A file tree as the archive the engine unpacks into a container."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from typing import Final

from preview_runtime.containers.docker.users import ACCOUNTS_FOLDER, OURS, passwd
from preview_runtime.file_tree import FileTree, validate_path
from preview_runtime.plans.recipe import PRIVATE_FOLDER

# The same for every file: an archive depends on the files alone, and tools that compare times still notice every edit.
_FILE_MODE: Final = 0o644
_PROGRAM_MODE: Final = 0o755
_FOLDER_MODE: Final = 0o755
_OWN: Final = f"{PRIVATE_FOLDER}/own"


def archive(
    files: Mapping[str, str | bytes],
    owner: int,
    now: float,
    own: Mapping[str, str] | None = None,
    *,
    folder: str = "",
    named: bool = False,
) -> bytes:
    """A tar of `files` and of `own`, our files in `.sayso`; all belong to the user `owner`.

    Only plain files and their folders: no link, no device, no absolute path. `now` (seconds since 1970) is their time.
    `folder` is the place in the container where it will be unpacked while nothing runs there; if given, that folder too
    is given to the owner. With `named`, the names of the container's users are put into their own folder in the same
    step, because each archive costs the engine a process, some 45 ms. A tree's own files in `.sayso` are left out.
    Raises `InvalidTree` for a path that leads out of the folder.
    """
    entries = {path: content for path, content in files.items() if not is_private(path)} | dict(own or {})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        # Our folder is included in any case, and belongs to the owner as well.
        for parent in _folders([*entries, *([_OWN] if folder else [])]):
            entry = tarfile.TarInfo(parent)
            entry.type, entry.mode = tarfile.DIRTYPE, _FOLDER_MODE
            entry.uid, entry.gid, entry.mtime = owner, OURS, now
            tar.addfile(entry)
        if folder:
            _give(tar, folder, owner, now, named=named)
        for path, content in entries.items():
            data = content if isinstance(content, bytes) else content.encode()
            entry = tarfile.TarInfo(validate_path(path))
            entry.size, entry.mtime = len(data), now
            entry.mode = _PROGRAM_MODE if data.startswith(b"#!") else _FILE_MODE
            entry.uid, entry.gid = owner, OURS
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def accounts_archive(user: int) -> bytes:
    """A tar with the names of a container's users; it belongs to root, like all of /etc."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _name(tar, user, "passwd")
    return out.getvalue()


def _name(tar: tarfile.TarFile, user: int, path: str) -> None:
    data = passwd(user).encode()
    entry = tarfile.TarInfo(path)
    entry.size, entry.mode = len(data), _FILE_MODE
    tar.addfile(entry, io.BytesIO(data))


def _give(tar: tarfile.TarFile, folder: str, owner: int, now: float, *, named: bool) -> None:
    """Have the engine give `folder` itself to `owner`. The engine skips an entry for the folder it unpacks into, but
    inside the container it follows a link in an entry's path. So the folder is named through a link, which a folder of
    ours then replaces. The names of users reach their folder in the same way."""
    link, own = _OWN, f"{_OWN}{folder}"
    for path, kind in (
        (link, tarfile.SYMTYPE),
        (own, tarfile.DIRTYPE),
        (link, tarfile.DIRTYPE),
        (own, tarfile.DIRTYPE),
    ):
        if named and (path, kind) == (link, tarfile.DIRTYPE):
            _name(tar, owner, f"{link}{ACCOUNTS_FOLDER}/passwd")
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode, entry.mtime = kind, _FOLDER_MODE, now
        entry.uid, entry.gid = owner, OURS
        entry.linkname = "/" if kind == tarfile.SYMTYPE else ""
        tar.addfile(entry)


def is_private(path: str) -> bool:
    """Whether `path` lies in our own folder."""
    return path == PRIVATE_FOLDER or path.startswith(f"{PRIVATE_FOLDER}/")


def file_list(tree: FileTree) -> str:
    """The paths of `tree` that are put into a container, one a line (a path cannot hold a line break)."""
    return "".join(f"{path}\n" for path in tree if not is_private(path))


def _folders(paths: Iterable[str]) -> list[str]:
    found = {path[:place] for path in paths for place, character in enumerate(path) if character == "/"}
    return sorted(found)
