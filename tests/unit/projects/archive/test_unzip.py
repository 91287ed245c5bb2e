"""Zips as strangers make them, and as ordinary tools do."""

from __future__ import annotations

import asyncio
import bz2
import io
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from builder.base.errors import BadInput
from builder.projects.archive import unzip
from builder.texts import said
from preview_runtime.file_tree import MAX_FILE_BYTES, MAX_FILES, FileTree, InvalidTree
from tests.unit.projects.archive.zips import read_zip, zipped

LOCAL = struct.Struct("<4s5H3L2H")
DIRECTORY = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
# How many kilobytes more a process needs at its peak for looking at a zip.
MEMORY = """
import io, resource, sys
from builder.projects.archive.unzip import ZipLimits, ZipRefused, unzip
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    list(unzip(io.FileIO(sys.argv[1]), ZipLimits(1, 1, 1)))
except ZipRefused as refused:
    print(refused.code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


class Handmade:
    """A zip written byte by byte, so that it may lie."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.directory = bytearray()
        self.entries = 0

    def local(self, name: bytes, packed: bytes, size: int, crc: int, *, method: int = 8, flags: int = 0) -> int:
        at = len(self.body)
        self.body += LOCAL.pack(b"PK\3\4", 20, flags, method, 0, 33, crc, len(packed), size, len(name), 0)
        self.body += name + packed
        return at

    def entry(self, name: bytes, packed: int, size: int, crc: int, at: int, *, method: int = 8, flags: int = 0) -> None:
        head = (b"PK\1\2", 20, 20, flags, method, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, 0, at)
        self.directory += DIRECTORY.pack(*head) + name
        self.entries += 1

    def file(self, name: bytes, content: bytes, *, flags: int = 0) -> None:
        packed, crc = deflated(content), zlib.crc32(content)
        at = self.local(name, packed, len(content), crc, flags=flags)
        self.entry(name, len(packed), len(content), crc, at, flags=flags)

    def whole(self, *, comment: bytes = b"") -> bytes:
        count = min(self.entries, 0xFFFF)
        end = END.pack(b"PK\5\6", 0, 0, count, count, len(self.directory), len(self.body), len(comment))
        return bytes(self.body + self.directory + end + comment)


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


async def refused(data: bytes) -> str:
    with pytest.raises((BadInput, InvalidTree)) as caught:
        await read_zip(data)
    return said(caught.value.says) if isinstance(caught.value, InvalidTree) else caught.value.message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_methods_that_unpack_all_at_once_are_refused_with_what_to_do(method: int) -> None:
    assert "usual method" in await refused(zipped({"a.txt": "x" * 1000}, method=method))
    hidden = Handmade()  # the directory says deflate, the file's own header something else
    packed = bz2.compress(b"0" * 10_000)
    at = hidden.local(b"a.txt", packed, 10_000, 0, method=method)
    hidden.entry(b"a.txt", len(packed), 10_000, 0, at)
    assert "cannot be opened" not in await refused(zipped({"a.txt": "x"}, method=method))
    assert "not a zip file" in await refused(hidden.whole())


async def test_more_entries_than_any_project_are_refused_before_each_becomes_an_object(tmp_path: Path) -> None:
    many = Handmade()
    for _ in range(unzip.MAX_ENTRIES + 1):
        many.entry(b"", 0, 0, 0, 0)
    data = many.whole()
    assert "more than 2,000 files" in await refused(data)
    (tmp_path / "many.zip").write_bytes(data)
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEMORY, str(tmp_path / "many.zip"), stdout=asyncio.subprocess.PIPE
    )
    said = (await done.communicate())[0].decode()
    reason, kilobytes = said.split()
    assert (reason, int(kilobytes) < 20_000) == ("too_many", True), said


async def test_a_directory_that_is_larger_than_any_is_refused() -> None:
    large = Handmade()
    for n in range(300):
        large.entry(b"%05d" % n + b"x" * 60_000, 0, 0, 0, 0)
    assert "more than 2,000 files" in await refused(large.whole())


async def test_files_that_share_their_bytes_are_refused() -> None:
    packed, crc = deflated(b"0" * MAX_FILE_BYTES), zlib.crc32(b"0" * MAX_FILE_BYTES)
    same = Handmade()
    at = same.local(b"a.txt", packed, MAX_FILE_BYTES, crc)
    for _ in range(2):
        same.entry(b"a.txt", len(packed), MAX_FILE_BYTES, crc, at)
    assert "twice" in await refused(same.whole())

    # A file's data is the next one's header and data, quoted in a stored block of deflate.
    inner = Handmade()
    inner.local(b"b.txt", packed, MAX_FILE_BYTES, crc)
    quoted = b"\x00" + struct.pack("<HH", len(inner.body) & 0xFFFF, ~len(inner.body) & 0xFFFF)
    bomb = Handmade()
    bomb.local(b"a.txt", quoted + bytes(inner.body), 0, 0)
    second = len(bomb.body) - len(inner.body)
    bomb.entry(b"a.txt", len(quoted) + len(inner.body), 0, 0, 0)
    bomb.entry(b"b.txt", len(packed), MAX_FILE_BYTES, crc, second)
    assert "not a zip file" in await refused(bomb.whole())


@pytest.mark.parametrize("said", [1, 0xFFFFFFFE])
async def test_a_size_that_is_a_lie_unpacks_no_more_than_a_file_may_have(said: int) -> None:
    content = b"0" * (MAX_FILE_BYTES + 1)
    liar = Handmade()
    at = liar.local(b"a.txt", deflated(content), said, zlib.crc32(content))
    liar.entry(b"a.txt", len(deflated(content)), said, zlib.crc32(content), at)
    assert await refused(liar.whole())


async def test_a_deflate_bomb_ends_at_the_bound_of_a_file() -> None:
    assert "larger than 10 MB" in await refused(zipped({"a.txt": b"\0" * (200 * 2**20)}))


async def test_headers_that_contradict_the_directory_are_damage() -> None:
    for change in ({"size": 4}, {"crc": 1}, {"name": b"b.txt"}, {"method": 0}, {"flags": 1}):
        content = b"hello"
        fields = {"name": b"a.txt", "size": 5, "crc": zlib.crc32(content), "method": 8, "flags": 0} | change
        made = Handmade()
        at = made.local(packed=deflated(content), **fields)
        made.entry(b"a.txt", len(deflated(content)), 5, zlib.crc32(content), at)
        assert "not a zip file" in await refused(made.whole()), change


@pytest.mark.parametrize("flags", [0x1, 0x41, 0x2000])
async def test_encryption_of_every_kind_is_named(flags: int) -> None:
    made = Handmade()
    made.file(b"a.txt", b"hello", flags=flags)
    assert "password" in await refused(made.whole())


@pytest.mark.parametrize(
    "name", [b"a\0b.txt", b"a\nb.txt", b"a\x1b[2J.txt", b"x" * 60_000, b"a//b", b"/etc/passwd", b"..\\x"]
)
async def test_names_that_are_none_are_refused(name: bytes) -> None:
    made = Handmade()
    made.file(name, b"hello")
    made.file(b"ok.txt", b"hello")
    assert await refused(made.whole())


@pytest.mark.parametrize(
    "at", [("offset", 0xFFFFFFF0), ("packed", 0xFFFFFFF0), ("packed", 5_000)], ids=lambda at: f"{at[0]} {at[1]:x}"
)
async def test_places_outside_the_archive_are_damage(at: tuple[str, int]) -> None:
    made = Handmade()
    made.local(b"a.txt", deflated(b"hello"), 5, zlib.crc32(b"hello"), flags=8)
    offset, packed = (at[1], 7) if at[0] == "offset" else (0, at[1])
    made.entry(b"a.txt", packed, 5, zlib.crc32(b"hello"), offset, flags=8)
    assert "not a zip file" in await refused(made.whole())


async def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(BadInput, match="more memory or time"):
        await read_zip(zipped({"a.txt": "x"}), seconds=0.0)


# What must go on working: the zips that ordinary tools write.


async def test_zips_of_windows_programs_are_read() -> None:
    made = Handmade()
    for name, content in ((b"App\\src\\", b""), (b"App\\src\\main.ts", b"1"), (b"App\\index.html", b"2")):
        made.file(name, content)
    assert dict(await read_zip(made.whole())) == {"index.html": "2", "src/main.ts": "1"}


async def test_folders_both_encodings_of_names_and_files_of_no_bytes_are_read() -> None:
    made = Handmade()
    made.file(b"src/", b"")
    made.file("src/größe.txt".encode(), b"utf-8", flags=0x800)
    made.file("src/caf\u00e9.txt".encode("cp437"), b"cp437")
    made.file(b"src/empty.txt", b"")
    assert dict(await read_zip(made.whole())) == {"größe.txt": "utf-8", "café.txt": "cp437", "empty.txt": ""}


class Stream(io.RawIOBase):
    """What a program writes to that streams its zip: it cannot go back to fill in the sizes."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.data += data
        return len(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
async def test_streamed_zips_and_those_in_zip64_are_read(method: int) -> None:
    stream = Stream()
    with zipfile.ZipFile(stream, "w", method) as archive:  # type: ignore[arg-type]
        archive.writestr("a.txt", "streamed")
        archive.writestr("b.txt", "b" * 5_000)
    assert dict(await read_zip(bytes(stream.data))) == {"a.txt": "streamed", "b.txt": "b" * 5_000}
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w", method) as archive, archive.open("a.txt", "w", force_zip64=True) as file:
        file.write(b"wide")
    assert dict(await read_zip(wide.getvalue())) == {"a.txt": "wide"}


async def test_what_stands_before_or_behind_a_zip_does_not_matter_and_a_zip_inside_stays_a_file() -> None:
    inner = zipped({"x.txt": "x"})
    made = Handmade()
    made.file(b"inner.zip", inner)
    assert dict(await read_zip(b"#!/bin/sh\n" * 10 + made.whole())) == {"inner.zip": inner}
    assert dict(await read_zip(made.whole(comment=b"made by hand"))) == {"inner.zip": inner}
    # A comment that looks like the end of another zip: not guessed which of the two is meant.
    assert await refused(made.whole(comment=END.pack(b"PK\5\6", 0, 0, 0, 0, 0, 0, 0) + b"x"))


async def test_as_much_as_a_project_may_hold_is_taken() -> None:
    files = {f"{n}.txt": "x" for n in range(MAX_FILES - 10)} | {f"b{n}.bin": bytes(MAX_FILE_BYTES) for n in range(9)}
    assert len(await read_zip(zipped(files))) == len(files)
    skipped = {f"node_modules/{n}/index.js": "x" for n in range(40_000)}
    assert await read_zip(zipped({"a.txt": "x"} | skipped)) == FileTree({"a.txt": "x"})
