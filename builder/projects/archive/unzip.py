"""Takes a project's files out of a zip file, in a process of its own, which may crash.

    python -I -S unzip.py FILE FILES FILE_BYTES TREE_BYTES

A zip may be crafted by a stranger, so this process loads only Python's standard library, and limits itself first.
Stored and deflate are the only methods: bzip2 and LZMA decompress whole blocks at once (1.6 kB became 4.5 GB of
memory), and no tool uses them by default. The ratio is not limited, since the limits on bytes hold for any ratio.

Its output: for each file a line of JSON, `{"path", "size"}`, and the file's bytes; at the end `{"end": true}`, or, at
any point where it refuses the zip, `{"refused": code, "path", "detail"}`. Format: PKWARE's APPNOTE.TXT 6.3.10, sections
4.3 and 4.4.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

MAX_ENTRIES: Final = 100_000  # node_modules alone may have tens of thousands; they are skipped unread
_MAX_DIRECTORY_BYTES: Final = 16 * 1024 * 1024
_MAX_PATH_CHARACTERS: Final = 500  # a project's own paths are shorter; a name in a zip may have 65,535 bytes
_MEMORY_BYTES: Final = 256 * 1024 * 1024
_CPU_SECONDS: Final = 20
_PIECE: Final = 64 * 1024
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", ".git", "__MACOSX"})
_SKIPPED_NAMES: Final = frozenset({".DS_Store", "Thumbs.db"})
_ENTRY: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4s2x2H4x3L2H")
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000  # by password, strongly, and with an encrypted directory
_SIZES_FOLLOW: Final = 0x8  # sizes follow the data: the writer did not know them before
_IN_ZIP64: Final = 0xFFFFFFFF


class ZipRefused(Exception):
    """The zip is refused; `code` says why, `path` names the entry, `detail` is for the log."""

    def __init__(self, code: str, path: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.code, self.path, self.detail = code, path, detail


class ZipLimits(NamedTuple):
    """What a project may hold."""

    files: int
    file_bytes: int
    tree_bytes: int


class _Bounded(io.BufferedReader):
    """The file as zipfile reads it. zipfile reads the directory at once; it is checked here before zipfile parses it.

    zipfile makes an object of each entry, at once: 440,000 of them are 300 MB.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        whole = size is None or size < 0 or size > _MAX_DIRECTORY_BYTES
        data = super().read(_MAX_DIRECTORY_BYTES + 1 if whole else size)
        if len(data) > _MAX_DIRECTORY_BYTES or data.count(_ENTRY) > MAX_ENTRIES:
            raise ZipRefused("too_many")
        return data


def unzip(file: io.RawIOBase, limits: ZipLimits) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each file that a project accepts, in the archive's order. Raises Refused.

    Sizes are counted while unpacking, never taken from the zip's headers. Paths are as in the zip, with backslashes
    replaced by slashes; the caller decides which are allowed.
    """
    try:
        bounded = _Bounded(file)
        with zipfile.ZipFile(bounded) as archive:
            wanted = _wanted(archive.infolist(), limits)
            _check_places(bounded, [entry for _, entry in wanted], archive.start_dir)
            left = limits.tree_bytes
            for path, entry in wanted:
                with archive.open(entry) as stream:
                    content = _read(stream, min(limits.file_bytes, left) + 1)
                if len(content) > limits.file_bytes:
                    raise ZipRefused("file_too_large", path)
                left -= len(content)
                if left < 0:
                    raise ZipRefused("tree_too_large")
                yield path, content
    except (ZipRefused, MemoryError):
        raise
    except Exception as error:  # damage raises many kinds of exceptions; all of them mean the same
        raise ZipRefused("not_a_zip", detail=repr(error)[:300]) from error


def _wanted(entries: list[zipfile.ZipInfo], limits: ZipLimits) -> list[tuple[str, zipfile.ZipInfo]]:
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = entry.orig_filename.replace("\\", "/")  # some Windows programs write their own separator
        parts = path.split("/")
        if path.endswith("/") or _SKIPPED_FOLDERS.intersection(parts) or parts[-1] in _SKIPPED_NAMES:
            continue
        if len(path) > _MAX_PATH_CHARACTERS:
            raise ZipRefused("long_name", path[:60])
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise ZipRefused("link", path, f"file type {kind:o}")
        if entry.flag_bits & _ENCRYPTED:
            raise ZipRefused("encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ZipRefused("method", path, f"method {entry.compress_type}")
        if path in found:
            raise ZipRefused("twice", path)
        if len(found) == limits.files:
            raise ZipRefused("too_many")
        found[path] = entry
    return [*found.items()]


def _check_places(file: IO[bytes], entries: list[zipfile.ZipInfo], end: int) -> None:
    """Raise Refused where two entries share bytes, or the directory describes an entry differently than its local
    header.

    Sharing makes a bomb of plain deflate (Fifield, "A better zip bomb", WOOT 2019); two readings of one zip hide files.
    """
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        file.seek(entry.header_offset)
        signature, flags, method, crc, packed, size, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
        if signature != b"PK\x03\x04" or method != entry.compress_type or (flags ^ entry.flag_bits) & _ENCRYPTED:
            raise ZipRefused("not_a_zip", detail="a file's header differs from the directory")
        said = (crc, packed, size)
        meant = (entry.CRC, entry.compress_size, entry.file_size)
        if not flags & _SIZES_FOLLOW and _IN_ZIP64 not in said and said != meant:
            raise ZipRefused("not_a_zip", detail="a file's sizes differ from the directory's")
        if entry.header_offset + _LOCAL.size + name + extra + entry.compress_size > end:
            raise ZipRefused("not_a_zip", detail="files overlap")
        end = entry.header_offset


def _read(stream: IO[bytes], most: int) -> bytes:
    """At most `most` bytes, however many there are."""
    content = bytearray()
    while len(content) < most and (piece := stream.read(min(_PIECE, most - len(content)))):
        content += piece
    return bytes(content)


def _bound_this_process() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on address space
            resource.setrlimit(what, (most, most))


def main(arguments: list[str]) -> None:
    """Limit this process, then write the output described above."""
    _bound_this_process()
    out = sys.stdout.buffer
    try:
        with io.FileIO(arguments[0]) as file:
            for path, content in unzip(file, ZipLimits(*map(int, arguments[1:]))):
                out.write(json.dumps({"path": path, "size": len(content)}).encode() + b"\n")
                out.write(content)
        last: dict[str, object] = {"end": True}
    except ZipRefused as refused:
        last = {"refused": refused.code, "path": refused.path[:60], "detail": refused.detail}
    except MemoryError:
        last = {"refused": "too_heavy", "path": "", "detail": "out of memory"}
    out.write(json.dumps(last).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
