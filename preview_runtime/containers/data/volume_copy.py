"""Copies the content of volumes into others; runs in a container of ours without a network.

    python volume_copy.py '[["/from/0", "/to/0", 1879048192], …]' ['{"most": 1048576, "stays": ["node_modules"]}']

The number is the owner of the copy; null: the owner of the original. `most`: how many bytes may be copied. `stays`: names
of what is neither copied nor removed from the target, wherever it lies.

Writes {"done": bytes, "total": bytes} as lines, twice a second at most, and {"failed": "…"} when it fails. The target's
old content is removed. It uses only the standard library and no import of ours. The apps of these volumes are paused
meanwhile. No link is followed; pipes, sockets and devices are not copied, nor are installed packages: the next start
installs them from the files.
"""

# pathlib takes as long to import as the rest of this takes to run:
# ruff: noqa: PTH101, PTH102, PTH106, PTH108, PTH115, PTH118, PTH211
from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import sys
import time

PRIVATE = ".sayso"
# Of our own files, only the list of files that an earlier version brought: by it, the next start removes files that are
# not there any more.
_KEPT = (".sayso/files", ".sayso/files.old")
# postmaster.pid names the process that has the source open.
_LEFT = ("node_modules", "postmaster.pid")
_TELL_SECONDS = 0.5
_PIECE = 1024 * 1024
_BLOCK = 512
TOO_LARGE = -1


class VolumeCopy:
    """`done` and `total` count bytes on disk."""

    def __init__(self, stays: frozenset[str] = frozenset()) -> None:
        self.done = self.total = 0
        self._stays = stays
        self._owner: int | None = None
        self._told = 0.0

    def count(self, folder: str) -> None:
        for _, _, found in _entries(folder, self._stays):
            self.total += found.st_blocks * _BLOCK

    def copy(self, source: str, target: str, owner: int | None) -> None:
        """Raises OSError."""
        self._owner = owner
        _clear(target, self._stays)
        for path, relative, found in _entries(source, self._stays):
            to = os.path.join(target, relative)
            if stat.S_ISDIR(found.st_mode):
                if not os.path.lexists(to):  # a folder with something that stays is there
                    os.mkdir(to, 0o700)
            elif stat.S_ISLNK(found.st_mode):
                os.symlink(os.readlink(path), to)
            elif stat.S_ISREG(found.st_mode):
                self._file(path, to)
            else:
                continue
            self._owned_as(found, to)
            self.done += found.st_blocks * _BLOCK
            self.tell()
        # Last: writing into a folder changes its time.
        for _, relative, found in _entries(source, self._stays):
            if stat.S_ISDIR(found.st_mode):
                os.utime(os.path.join(target, relative), ns=(found.st_atime_ns, found.st_mtime_ns))
        self._owned_as(os.lstat(source), target)

    def tell(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self._told >= _TELL_SECONDS:
            self._told = time.monotonic()
            print(json.dumps({"done": self.done, "total": self.total}), flush=True)

    def _owned_as(self, found: os.stat_result, path: str) -> None:
        owner = found.st_uid if self._owner is None else self._owner
        os.chown(path, owner, found.st_gid, follow_symlinks=False)
        if not stat.S_ISLNK(found.st_mode):
            os.chmod(path, stat.S_IMODE(found.st_mode) & 0o777)
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns), follow_symlinks=False)

    def _file(self, path: str, to: str) -> None:
        """Only the written parts: a file may claim to be larger than any disk."""
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            target = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                size = os.fstat(source).st_size
                at = 0
                while at < size:
                    try:
                        at = os.lseek(source, at, os.SEEK_DATA)
                    except OSError:  # ENXIO: only a hole follows
                        break
                    end = os.lseek(source, at, os.SEEK_HOLE)
                    while at < end:
                        piece = os.pread(source, min(_PIECE, end - at), at)
                        if not piece:
                            break
                        written = 0
                        while written < len(piece):
                            written += os.pwrite(target, piece[written:], at + written)
                        at += len(piece)
                        self.tell()
                    else:
                        continue
                    break
                os.ftruncate(target, size)
            finally:
                os.close(target)
        finally:
            os.close(source)


def _entries(top: str, stays: frozenset[str]):  # type: ignore[no-untyped-def]
    """(path, path below `top`, stat) of everything to copy, a folder before its content."""
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(os.path.join(top, folder)) as entries:
            for entry in entries:
                relative = os.path.join(folder, entry.name)
                if entry.name in _LEFT or entry.name in stays or (folder == PRIVATE and relative not in _KEPT):
                    continue
                found = entry.stat(follow_symlinks=False)
                yield entry.path, relative, found
                if stat.S_ISDIR(found.st_mode):
                    folders.append(relative)


def _clear(folder: str, stays: frozenset[str]) -> bool:
    """Remove everything in `folder` but what stays; returns whether it is empty."""
    empty = True
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.name in stays:
                empty = False
            elif not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
            elif not stays:
                shutil.rmtree(entry.path)
            elif _clear(entry.path, stays):
                os.rmdir(entry.path)
            else:
                empty = False
    return empty


def main() -> int:
    pairs = json.loads(sys.argv[1])
    asked = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    copy = VolumeCopy(frozenset(asked.get("stays", ())))
    try:
        for source, *_ in pairs:
            copy.count(source)
        if "most" in asked and copy.total > asked["most"]:
            print(json.dumps({"failed": "too large", "code": TOO_LARGE}), flush=True)
            return 1
        copy.tell(now=True)
        for source, target, owner in pairs:
            copy.copy(source, target, owner)
    except OSError as error:
        with contextlib.suppress(OSError):
            print(json.dumps({"failed": error.strerror or str(error), "code": error.errno}), flush=True)
        return 1
    copy.tell(now=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
