"""Which archives ADD may unpack in the engine."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest

from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.dockerfiles import added_archives

SMALL = 4 * MEGABYTE


def tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def sparse() -> bytes:
    """A tar file of one block that stands for a file of a terabyte (GNU's old form)."""
    entry = tarfile.TarInfo("hole")
    entry.type = tarfile.GNUTYPE_SPARSE
    return entry.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024


def oldest(times: int, name: bytes = b"x", *, signed: bool = False) -> bytes:
    """Headers as tar wrote them before POSIX: nothing but their sum says what they are."""
    block = name.ljust(148, b"\0") + b" " * 8 + bytes(356)
    total = sum(byte - 256 if signed and byte > 127 else byte for byte in block)
    return (block[:148] + b"%06o\0 " % total + block[156:]) * times


PACKERS = [gzip.compress, bz2.compress, lzma.compress, bytes]


@pytest.mark.parametrize("pack", PACKERS)
def test_small_archives_and_other_files_fit(pack: Callable[[bytes], bytes]) -> None:
    assert added_archives.fit({"a.tar": pack(tar({"x": b"1" * 1000})), "main.py": b"print()", "empty": b""})


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_grows_beyond_the_room_does_not_fit(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(added_archives, "ROOM", SMALL)
    large, half = tar({"x": b"\0" * SMALL}), tar({"x": b"\0" * (SMALL // 2)})
    assert not added_archives.fit({"a": pack(large)})
    assert added_archives.fit({"a": pack(half)})
    assert not added_archives.fit({"a": pack(half), "b": pack(half)}), "together"
    assert not added_archives.fit({"a": pack(half)}, times=2)
    assert not added_archives.fit({"a": pack(half) + pack(half)}), "two streams in one file"
    assert not added_archives.fit({"a": pack(half) + b"\0" * 64 + pack(half)})


@pytest.mark.parametrize(
    "content",
    [
        sparse(),
        gzip.compress(sparse()),
        gzip.compress(b"\0" * 256 * 1024 + b"GNU.sparse.map"),
        gzip.compress(b"\0" * (256 * 1024 - 4) + b"GNU.sparse.map"),
        oldest(50_001),
        gzip.compress(oldest(50_001)),
        oldest(50_001, name=b"\xff", signed=True),
        b"\x28\xb5\x2f\xfd....",
        b"\x50\x2a\x4d\x18....",
        gzip.compress(tar({"x": b""})[:512] * 50_001),
        gzip.compress(b"1" * 10_000)[:20] + b"broken" * 10,
    ],
    ids=[
        "sparse",
        "sparse.gz",
        "pax",
        "pax in two pieces",
        "oldest",
        "oldest.gz",
        "signed",
        "zstd",
        "zstd skippable",
        "many",
        "broken",
    ],
)
def test_what_cannot_be_told_or_would_grow_when_it_is_unpacked_does_not_fit(content: bytes) -> None:
    assert not added_archives.fit({"a": content})
