"""The unpacked size of archives that ADD would unpack: the engine unpacks them itself, outside any container and its
limits."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from preview_runtime.containers.docker.policy import MEGABYTE

ROOM: Final = 256 * MEGABYTE
_ENTRIES: Final = 50_000
_PIECE: Final = 256 * 1024
_BLOCK: Final = 512  # of a tar file
_EMPTY: Final = bytes(_BLOCK)
_SUM: Final = slice(148, 156)  # of an entry's header: all forms of tar have it, the oldest has no other mark
_TYPE: Final = 156
_ASCII: Final = bytes(range(128))
_SPARSE: Final = b"S"
_GZIP: Final = b"\x1f\x8b\x08"
_BZIP2: Final = b"BZh"
_XZ: Final = b"\xfd7zXZ\x00"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


def fit(files: Mapping[str, bytes], times: int = 1) -> bool:
    """Whether all archives among `files`, unpacked `times` times, are plain, small and of few entries.

    Takes as long as unpacking `ROOM` takes; call it in a thread.
    """
    size = entries = 0
    for content in files.values():
        if content.startswith(_ZSTD) or _skippable(content):
            return False  # no decompressor available
        if not content.startswith((_GZIP, _BZIP2, _XZ)) and not _is_header(content[:_BLOCK]):
            continue
        rest = last = b""
        try:
            for piece in _unpacked(content):
                size += len(piece)
                if b"GNU.sparse" in last + piece:
                    return False  # a hole takes no room here, but takes its full size when unpacked
                rest, last = rest + piece, piece[-16:]
                whole = len(rest) - len(rest) % _BLOCK
                for start in range(0, whole, _BLOCK):
                    block = rest[start : start + _BLOCK]
                    if not _is_header(block):
                        continue
                    entries += 1  # or the content of a file: it is counted too
                    if block[_TYPE : _TYPE + 1] == _SPARSE:
                        return False
                    if entries * times > _ENTRIES:
                        break
                rest = rest[whole:]
                if size * times > ROOM or entries * times > _ENTRIES:
                    return False
        except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
            return False  # the engine's programs may read further
    return True


def _is_header(block: bytes) -> bool:
    """Whether the engine's reader accepts a block as an entry's header: its checksum is right, over signed or unsigned
    bytes."""
    if block == _EMPTY or len(block) < _BLOCK:
        return False
    written = block[_SUM].strip(b" \0").partition(b"\0")[0]
    if written.strip(b"01234567"):
        return False
    plain = sum(block) - sum(block[_SUM]) + 8 * ord(" ")
    rest = block[: _SUM.start] + block[_SUM.stop :]
    signed = plain - 256 * len(rest.translate(None, _ASCII))
    return int(written or b"0", 8) in (plain, signed)


def _skippable(content: bytes) -> bool:
    """The other magic numbers of Zstandard (RFC 8878, 3.1.2)."""
    return len(content) > 4 and 0x50 <= content[0] <= 0x5F and content[1:4] == b"\x2a\x4d\x18"


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The content in pieces of bounded size; of several concatenated streams, all."""
    if content.startswith(_GZIP):
        while content.startswith(_GZIP):
            gzip = zlib.decompressobj(wbits=31)
            while not gzip.eof and (piece := gzip.decompress(content, _PIECE)):
                yield piece
                content = gzip.unconsumed_tail
            if not gzip.eof:
                return
            content = gzip.unused_data.lstrip(b"\0")
    elif content.startswith((_BZIP2, _XZ)):
        first = content[:3]
        while content.startswith(first):
            opener: bz2.BZ2Decompressor | lzma.LZMADecompressor = bz2.BZ2Decompressor()
            if first != _BZIP2:
                opener = lzma.LZMADecompressor(memlimit=128 * MEGABYTE)
            piece = opener.decompress(content, _PIECE)
            while piece or not (opener.eof or opener.needs_input):
                yield piece
                if opener.eof:
                    break
                piece = opener.decompress(b"", _PIECE)
            if not opener.eof:
                return
            content = opener.unused_data.lstrip(b"\0")
    else:
        yield content
