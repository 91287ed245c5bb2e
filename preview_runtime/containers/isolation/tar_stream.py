"""Reads a tar archive as a stream from an untrusted source: bounded in memory whatever it holds or claims.

Python's own tarfile reads a member's extended header whole, however long it claims to be, and keeps every member; here
only the requested plain files are kept. Links, devices and sparse files are skipped. Format: POSIX pax (IEEE Std
1003.1, pax) and the long names of GNU tar (its manual, "Basic Tar Format").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 512
_MAX_NAME_HEADER: Final = 64 * 1024  # bytes of one extended header
_MAX_ENTRIES: Final = 50_000
_EMPTY: Final = bytes(BLOCK)


class BadArchive(ValueError):
    """It is no tar archive, or a larger one than any honest sender's; `str()` is for the log."""


@dataclass(frozen=True, slots=True)
class TarFile:
    """A plain file. `content` is None when it is larger than asked for; `link` names the earlier member it repeats."""

    name: str
    size: int
    content: bytes | None
    link: str = ""


class TarStream:
    """Feed it the archive in any pieces; each call returns the files that it completes.

    At most `max_file` bytes of a file and `max_kept` of all files are kept, and `max_bytes` of the archive are read;
    passing one of the last two limits raises `BadArchive`.
    """

    def __init__(self, *, max_file: int, max_kept: int, max_bytes: int, max_entries: int = _MAX_ENTRIES) -> None:
        self._max_file, self._max_kept, self._max_bytes = max_file, max_kept, max_bytes
        self._left_entries = max_entries
        self._read = 0
        self._kept = 0
        self._buffer = bytearray()
        self._skip = 0  # bytes of the archive to skip
        self._body: bytearray | None = None  # of the member that is being read
        self._needed = 0
        self._type = b""
        self._name = ""
        self._pax: dict[str, str] = {}
        self._long_name = ""
        self._long_link = ""
        self.ended = False

    def feed(self, data: bytes) -> Iterator[TarFile]:
        """The files that are complete now. Raises BadArchive."""
        self._read += len(data)
        if self._read > self._max_bytes:
            raise BadArchive(f"more than {self._max_bytes} bytes")
        view = memoryview(data)
        while len(view) and not self.ended:
            if self._skip:
                passed = min(self._skip, len(view))
                self._skip -= passed
                view = view[passed:]
            elif self._body is not None:
                taken = view[: self._needed - len(self._body)]
                self._body += taken
                view = view[len(taken) :]
                if len(self._body) == self._needed:
                    yield from self._complete()
            else:
                taken = view[: BLOCK - len(self._buffer)]
                self._buffer += taken
                view = view[len(taken) :]
                if len(self._buffer) == BLOCK:
                    block = bytes(self._buffer)
                    self._buffer.clear()
                    yield from self._header(block)

    def _header(self, block: bytes) -> Iterator[TarFile]:
        if block == _EMPTY:
            self.ended = True
            return
        self._left_entries -= 1
        if self._left_entries < 0:
            raise BadArchive("too many entries")
        if _number(block[148:156]) != sum(block) - sum(block[148:156]) + 8 * 32:
            raise BadArchive("a header's checksum is wrong")
        size = _number(block[124:136])
        kind = block[156:157]
        extended = kind in b"xgLK" and kind != b"\0"
        name, link = _text(block[:100]), _text(block[157:257])
        if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
            name = f"{prefix}/{name}"
        if not extended:
            name, link = (
                self._long_name or self._pax.get("path", name),
                self._long_link or self._pax.get("linkpath", link),
            )
            if "size" in self._pax:
                size = _decimal(self._pax["size"])
            if any(key.startswith("GNU.sparse.") for key in self._pax):
                kind = b"S"
            self._pax, self._long_name, self._long_link = {}, "", ""
        if size > self._max_bytes:
            raise BadArchive(f"an entry of {size} bytes")
        padding = -size % BLOCK
        if extended:
            if size > _MAX_NAME_HEADER:
                raise BadArchive(f"an extended header of {size} bytes")
            self._expect(kind, "", size)
        elif kind in (b"0", b"\0", b"7") and not name.endswith("/"):
            if size > self._max_file:
                yield TarFile(name, size, None)
                self._skip = size + padding
                return
            self._kept += size
            if self._kept > self._max_kept:
                raise BadArchive(f"files of more than {self._max_kept} bytes")
            self._expect(b"0", name, size)
        else:
            if kind == b"1":
                yield TarFile(name, 0, None, link)
            # A folder, a link and a device have no content, whatever size they state.
            self._skip = 0 if kind in (b"1", b"2", b"3", b"4", b"5", b"6") else size + padding
            return
        if size == 0:
            yield from self._complete()

    def _expect(self, kind: bytes, name: str, size: int) -> None:
        self._type, self._name, self._needed, self._body = kind, name, size, bytearray()

    def _complete(self) -> Iterator[TarFile]:
        body, self._body = bytes(self._body or b""), None
        self._skip = -len(body) % BLOCK
        match self._type:
            case b"x":
                self._pax = _records(body)
            case b"L":
                self._long_name = _text(body)
            case b"K":
                self._long_link = _text(body)
            case b"0":
                yield TarFile(self._name, len(body), body)


def _number(field: bytes) -> int:
    """An octal number, or GNU's base 256 for numbers that octal cannot hold."""
    if field[0] & 0x80:
        if field[0] == 0xFF:
            raise BadArchive("a negative number")
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return _decimal(field.strip(b" \0").decode("ascii", "replace") or "0", 8)


def _decimal(text: str, base: int = 10) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 30:
        raise BadArchive(f"no number: {text[:30]!r}")
    try:
        return int(text, base)
    except ValueError as error:
        raise BadArchive(f"no number: {text[:30]!r}") from error


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _records(body: bytes) -> dict[str, str]:
    """The records of a pax header: `length key=value newline`."""
    records: dict[str, str] = {}
    at = 0
    while at < len(body):
        length, space, _ = body[at : at + 20].partition(b" ")
        size = _decimal(length.decode("ascii", "replace")) if space else 0
        if size <= len(length) + 1 or at + size > len(body):
            raise BadArchive("an extended header that does not add up")
        key, _, value = body[at + len(length) + 1 : at + size - 1].partition(b"=")
        records[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        at += size
    return records
