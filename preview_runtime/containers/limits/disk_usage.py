"""Measures volumes in a separate process: looking at 200,000 files must not block the builder.

    python disk_usage.py     reads {"volumes": [[folders, pid, bytes, files], …]}, writes [[bytes, files] or null, …]

With {"special": true} each answer also has the path of something that is neither file, folder nor link, "" for none.

The standard library alone and no import of ours, so that the same text also runs in a container. `pid` is this
machine's number of a process in the container of these volumes (0 = not known); it is needed because deleted files that
are still open take room as well. Counting stops once more than `bytes` or `files` is found; null: the volumes cannot be
read here, or that process has ended. Writers may move, swap and delete files during the count: no link is followed, and
vanished files are ignored.
"""

# pathlib takes as long to import as the rest of this takes to run:
# ruff: noqa: PTH115, PTH116, PTH208
from __future__ import annotations

import contextlib
import json
import os
import stat
import sys

# No project is nested that deeply; deeper folders would need as many file descriptors here.
MOST_LEVELS = 200
_BLOCK = 512  # st_blocks counts these, whatever the file system's own are (stat(2))
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Full(Exception):
    """More was found than allowed."""


class Count:
    """The sums so far."""

    def __init__(self, most_bytes: int, most_files: int) -> None:
        self.bytes = self.files = 0
        self._most = (most_bytes, most_files)
        self._seen: set[tuple[int, int]] = set()
        self._devices: set[int] = set()
        self.special = ""

    def add(self, found: os.stat_result) -> None:
        """Count a file or folder; a file with several names is counted once. Raises Full."""
        if found.st_nlink != 1 and not stat.S_ISDIR(found.st_mode):
            key = (found.st_dev, found.st_ino)
            if key in self._seen:
                return
            self._seen.add(key)
        self.bytes += found.st_blocks * _BLOCK
        self.files += 1
        if self.bytes > self._most[0] or self.files > self._most[1]:
            raise Full

    def folder(self, path: str) -> None:
        """Count all below `path`, a folder of this machine. Raises OSError when it cannot be read, Full."""
        top = os.open(path, _FOLDER)
        try:
            self._devices.add(os.fstat(top).st_dev)
            self._below(top, 0, "")
        finally:
            os.close(top)

    def _below(self, folder: int, level: int, path: str) -> None:
        if level > MOST_LEVELS:
            self.files = self._most[1] + 1
            raise Full
        folders: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    self.add(found)
                    if stat.S_ISDIR(found.st_mode):
                        folders.append(entry.name)
                    elif not self.special and not _is_plain(found):
                        self.special = f"{path}/{entry.name}"
        for name in folders:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                try:
                    below = os.open(name, _FOLDER, dir_fd=folder)
                except OSError as error:
                    if error.errno == 40:  # ELOOP: it was replaced by a link
                        continue
                    raise
                try:
                    self._below(below, level + 1, f"{path}/{name}")
                finally:
                    os.close(below)

    def held(self, pid: int) -> None:
        """Count deleted files that `pid` or a process of its container still holds, open or mapped.

        Raises OSError when `pid` has ended, Full.
        """
        space = os.readlink(f"/proc/{pid}/ns/pid")
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{process}/ns/pid") != space:
                    continue
                for kind in ("fd", "map_files"):
                    with contextlib.suppress(OSError):
                        self._held_in(f"/proc/{process}/{kind}")

    def _held_in(self, folder: str) -> None:
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                found = os.stat(f"{folder}/{name}")
                if not found.st_nlink and stat.S_ISREG(found.st_mode) and found.st_dev in self._devices:
                    self.add(found)


def _is_plain(found: os.stat_result) -> bool:
    """A file, a link, or a layer's marker for something removed: a device with the number 0."""
    mode = found.st_mode
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode) or (stat.S_ISCHR(mode) and not found.st_rdev)


def usage(folders: list[str], pid: int, most_bytes: int, most_files: int) -> tuple[int, int] | None:
    """Bytes and files of the volumes at `folders`; None when they cannot be read."""
    found = looked_over(folders, pid, most_bytes, most_files)
    return found and found[:2]


def looked_over(folders: list[str], pid: int, most_bytes: int, most_files: int) -> tuple[int, int, str] | None:
    """The same, with the path below its folder of something that is neither file, folder nor link."""
    count = Count(most_bytes, most_files)
    try:
        with contextlib.suppress(Full):
            for folder in folders:
                count.folder(folder)
            if pid:
                count.held(pid)
    except OSError:
        return None
    return count.bytes, count.files, count.special


def main() -> None:
    asked = json.loads(sys.argv[1] if len(sys.argv) > 1 else sys.stdin.read())
    found = [looked_over(*volume) for volume in asked["volumes"]]
    print(json.dumps(found if asked.get("special") else [each and each[:2] for each in found]))


if __name__ == "__main__":
    main()
