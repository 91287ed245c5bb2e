"""The app's folder: writes the files of a request, and removes old ones.

The app owns the folder and may put links and pipes in the way; none of them leads this program outside or blocks it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TextIO

WORK = "/app"
PRIVATE = ".sayso"


def inside(path: str) -> str:
    """`path` below the work folder, its folders made; links that the app put in the way are not followed."""
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..") for part in parts) or "\0" in path:
        raise ValueError(f"{path!r} leads out of the project")
    here = WORK
    for part in parts[:-1]:
        here = f"{here}/{part}"
        if os.path.islink(here) or (os.path.exists(here) and not os.path.isdir(here)):
            os.unlink(here)
        if not os.path.isdir(here):
            os.mkdir(here, 0o755)
    return f"{here}/{parts[-1]}"


def write(path: str, content: bytes, mode: int) -> None:
    place = inside(path)
    if os.path.isdir(place) and not os.path.islink(place):
        shutil.rmtree(place)
    new = f"{place}.sayso-new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(new)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    os.replace(new, place)


def plain(path: str) -> TextIO:
    """The file at `path`, opened; a pipe that the app put there does not block."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), encoding="utf-8")


def tidy(paths: list[str]) -> None:
    """Remove files that an earlier request brought and that the project no longer has."""
    try:
        with plain(f"{WORK}/{PRIVATE}/files") as kept:
            old = set(kept.read().splitlines())
    except (OSError, UnicodeDecodeError):
        old = set()
    for path in old.difference(paths):
        with contextlib.suppress(OSError, ValueError):
            os.unlink(inside(path))
    if old != set(paths):
        write(f"{PRIVATE}/files", "".join(f"{path}\n" for path in paths).encode(), 0o644)


def link(path: str, target: str) -> None:
    place = inside(path)
    if os.path.islink(place) and os.readlink(place) == target:
        return
    if os.path.isdir(place) and not os.path.islink(place):
        shutil.rmtree(place)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place)
    os.symlink(target, place)
