"""Reads one attached file in a process of its own, which may crash.

    python -E -s -m builder.projects.attachments.reading FILE NAME MOST_FILE_BYTES

A stranger may have made the file, so this process limits itself first: memory, processor, no file written. Its output
is a line of JSON (a `AttachmentReading` with the sizes of its bytes, or `{"refused": code, "detail"}`), then the bytes of the
picture and of the file.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
from pathlib import Path
from typing import Final

_MEMORY_BYTES: Final = 1024 * 1024 * 1024  # a picture of 50 million pixels takes 200 MB, twice while it is turned
_CPU_SECONDS: Final = 20


def main(path: str, name: str, most_file_bytes: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from builder.projects.attachments.reading.kinds import read
    from builder.projects.attachments.reading.results import ReadingNote, Unreadable

    try:
        found = read(Path(path).read_bytes(), name)
    except Unreadable as refused:
        _write({"refused": refused.code, "detail": refused.detail[:500]})
        return
    except MemoryError:
        _write({"refused": "too_heavy", "detail": "memory"})
        return
    note = None
    if b"PRIVATE KEY-----" in found.file:
        note = ReadingNote("secret")
    elif len(found.file) > int(most_file_bytes):
        note = ReadingNote("no_file", {"most": int(most_file_bytes)})
    if note:
        found = dataclasses.replace(found, file=b"", notes=(*found.notes, note))
    head = dataclasses.asdict(found) | {"picture": len(found.picture), "file": len(found.file)}
    _write(head, found.picture, found.file)


def _write(head: dict[str, object], *bodies: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(bodies))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
