"""The records of the layers in the volume, as `layer_scripts` writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_HEAD: Final = re.compile(r"layer ([0-9a-f]{40}) (\d+)")
# The possible names of an entry: a package's folder or distribution, a scope's folder, or `.bin`. Never a path.
_ENTRY: Final = re.compile(r"(?!\.{1,2}$)[\w@.][\w.@+~-]*")
# Cache folders of tools: an app gets empty ones of its own.
_CACHES: Final = re.compile(r"\.(?:cache|vite|vite-temp|vitest|astro|yarn-state\.yml|names)$")


@dataclass(frozen=True, slots=True)
class Record:
    """`used`: when it was last known to be used (seconds since 1970); `size` in bytes; `entries`: the names of the
    folders in node_modules, or of the Python distributions."""

    name: str
    used: float
    size: int
    entries: tuple[str, ...]


def read_records(text: str) -> list[Record]:
    """The records in a script's output; other lines are skipped.

    Each entry of a record is indented by a space, because an install could name a folder like a record's first line.
    """
    found: list[Record] = []
    lines = iter(text.splitlines())
    line = next(lines, None)
    while line is not None:
        head = _HEAD.fullmatch(line)
        line = next(lines, None)
        if head is None or line is None or not line.isdigit():
            continue
        size, entries = int(line), []
        while (line := next(lines, None)) is not None and line.startswith(" "):
            entry = line[1:]
            if _ENTRY.fullmatch(entry) and not _CACHES.match(entry):
                entries.append(entry)
        found.append(Record(head[1], float(head[2]), size, tuple(entries)))
    return found
