"""Prebundled packages on disk: content-addressed, immutable, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import uuid
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from preview_runtime.output import Output, OutputFile, media_type

HASH: Final = re.compile(r"[0-9a-f]{32}")
_FILE: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_REMEMBERED: Final = 512
# 7 gives a size within 3 % of the best quality's, in a tenth of its time.
_QUALITY: Final = 7
_COMPRESSED: Final = frozenset({".js", ".css", ".svg", ".json", ".wasm", ".ttf", ".otf", ".map"})


@dataclass(frozen=True, slots=True)
class DependencySet:
    """Everything that a page needs to import its packages.

    `modules` and `styles` map a specifier to a file below `base`; `imports` maps a file to those it imports
    statically (to preload them); `errors` maps a specifier that cannot be loaded to a sentence for the person.
    """

    hash: str
    base: str
    modules: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    imports: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The JSON of the HTTP API and of the compiler's protocol."""
        return asdict(self)


class SetShelf:
    """The sets below `folder`, and which set answers which request. Survives restarts; safe for several processes."""

    def __init__(self, folder: Path) -> None:
        self._sets = folder / "sets"
        self._requests = folder / "requests"
        self._remembered: OrderedDict[str, DependencySet] = OrderedDict()

    def for_request(self, key: str) -> DependencySet | None:
        """The set known to answer the request `key`; < 1 ms."""
        if found := self._remembered.get(key):
            self._remembered.move_to_end(key)
            return found
        try:
            name = (self._requests / key).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        found = self.get(name)
        if found:
            self._remember(key, found)
        return found

    def get(self, name: str) -> DependencySet | None:
        """The set with the hash `name`, or None."""
        if not HASH.fullmatch(name):
            return None
        try:
            return DependencySet(**json.loads((self._sets / name / "set.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def work_folder(self) -> Path:
        """The path of a folder, not made yet, for making a set; on the same file system as the shelf."""
        self._sets.mkdir(parents=True, exist_ok=True)
        return self._sets / f"making-{uuid.uuid4().hex}"

    def add(self, made: DependencySet, work: Path) -> None:
        """Put the files in `work`/files on the shelf as `made`."""
        (work / "files").mkdir(parents=True, exist_ok=True)
        (work / "set.json").write_text(json.dumps(made.to_json(), separators=(",", ":")), encoding="utf-8")
        with contextlib.suppress(OSError):  # another process was first: the same hash is the same content
            work.rename(self._sets / made.hash)

    def link(self, key: str, made: DependencySet) -> None:
        """Record that `made` answers the request `key`."""
        self._requests.mkdir(parents=True, exist_ok=True)
        part = self._requests / f"{key}.{uuid.uuid4().hex}"
        part.write_text(made.hash, encoding="ascii")
        part.replace(self._requests / key)
        self._remember(key, made)

    def path(self, name: str, file: str) -> Path | None:
        """The path of a set's file; None for anything that is not a plain file of a set."""
        if not HASH.fullmatch(name) or not _FILE.fullmatch(file):
            return None
        found = self._sets / name / "files" / file
        return found if found.is_file() and not found.is_symlink() else None

    def files(self, name: str) -> Output:
        """All files of a set, at the addresses that its `base` gives them; none where there is no such set. Blocks."""
        found = self.get(name)
        folder = self._sets / name / "files"
        # What is just being compressed has no ending.
        paths = [path for path in folder.iterdir() if path.suffix not in ("", ".br")] if found else []
        base = found.base.strip("/") if found else ""
        return {f"{base}/{path.name}": OutputFile(media_type(path), path.read_bytes()) for path in paths}

    def compress(self, name: str, priority: int = 10) -> None:
        """Write a `.br` beside each file for which it pays. Blocks; run it in a background thread."""
        if hasattr(os, "sched_getaffinity"):  # on Linux each thread has its own niceness
            os.setpriority(os.PRIO_PROCESS, 0, priority)
        folder = self._sets / name / "files"
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            target = path.with_name(path.name + ".br")
            if path.suffix not in _COMPRESSED or target.exists() or path.stat().st_size < 512:
                continue
            part = path.with_name(f"making-{uuid.uuid4().hex}")
            part.write_bytes(brotli.compress(path.read_bytes(), quality=_QUALITY))
            part.replace(target)
        (self._sets / name / "compressed").touch()

    def is_compressed(self, name: str) -> bool:
        """Whether `compress` has finished for this set."""
        return (self._sets / name / "compressed").exists()

    def _remember(self, key: str, found: DependencySet) -> None:
        self._remembered[key] = found
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
