"""An archive from a container is read as it comes, and whoever made it to harm us gets nowhere."""

from __future__ import annotations

import contextlib
import io
import random
import tarfile
import tracemalloc

import pytest

from preview_runtime.containers.isolation.tar_stream import BadArchive, TarFile, TarStream


def stream(**limits: int) -> TarStream:
    return TarStream(**({"max_file": 10_000, "max_kept": 50_000, "max_bytes": 1_000_000} | limits))


def packed(*members: tuple[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def header(name: str = "file", size: int = 0, kind: bytes = b"0") -> bytes:
    """One raw header, whatever it claims."""
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.size = size
    return entry.tobuf(tarfile.GNU_FORMAT)


def read(data: bytes, reader: TarStream | None = None, step: int = 0) -> list[TarFile]:
    reader = reader or stream()
    pieces = [data] if not step else [data[at : at + step] for at in range(0, len(data), step)]
    return [file for piece in pieces for file in reader.feed(piece)]


MEMBERS = [
    ("a.txt", b"one"),
    ("deep/" * 40 + "ü.txt", b"two"),
    ("empty", b""),
    ("block", b"x" * 512),
    ("o/dd", b"y" * 513),
]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("step", [0, 1, 7, 511, 512, 513])
def test_any_split_gives_the_same_files(form: int, step: int) -> None:
    found = read(packed(*MEMBERS, form=form), step=step)
    assert [(file.name, file.content) for file in found] == MEMBERS


def test_links_devices_and_folders_are_passed_over_and_a_repeated_file_names_the_first() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            entry = tarfile.TarInfo("thing")
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
        entry = tarfile.TarInfo("again")
        entry.type, entry.linkname = tarfile.LNKTYPE, "first"
        tar.addfile(entry)
    assert read(out.getvalue()) == [TarFile("again", 0, None, "first")]


def test_a_file_that_is_too_large_is_named_and_not_kept() -> None:
    assert read(packed(("large", b"x" * 20_000), ("small", b"y"))) == [
        TarFile("large", 20_000, None),
        TarFile("small", 1, b"y"),
    ]


def test_more_than_may_be_kept_or_read_is_refused() -> None:
    many = packed(*[(f"f{number}", b"x" * 9_000) for number in range(10)])
    with pytest.raises(BadArchive, match="files of more than"):
        read(many)
    with pytest.raises(BadArchive, match="more than"):
        read(b"\0" * 1_000_001)
    with pytest.raises(BadArchive, match="too many entries"):
        read(b"".join(header(f"f{number}") for number in range(30)), stream(max_entries=20))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (header(size=8 * 1024**3), "an entry of"),
        (header(size=8 * 1024**4, kind=b"S"), "an entry of"),
        (header("@LongLink", 10 * 1024**2 - 1, b"L")[:512], "an entry of|an extended header of"),
        (header("pax", 100_000, b"x")[:512], "an extended header of"),
        (header("pax", 11, b"x")[:512] + b"99999 a=b\n\0".ljust(512, b"\0"), "does not add up"),
        (header("pax", 6, b"x")[:512] + b"0 a=b\n".ljust(512, b"\0"), "does not add up"),
        (header("pax", 9, b"x")[:512] + b"-9 path=\n".ljust(512, b"\0"), "no number"),
        (b"not an archive at all".ljust(512, b"."), "no number|checksum"),
        (random.Random(1).randbytes(4_096), "no number|checksum|negative"),
    ],
)
def test_what_is_no_honest_archive_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadArchive, match=why):
        read(data)


def test_a_size_in_an_extended_header_counts() -> None:
    def record(key: str, value: str) -> bytes:
        body = f" {key}={value}\n"
        length = len(body) + 2
        return f"{length}{body}".encode()

    body = record("size", "99999999999999999999")
    with pytest.raises(BadArchive, match="an entry of"):
        read(header("pax", len(body), b"x") + body.ljust(512, b"\0") + header("file", 3) + b"abc".ljust(512, b"\0"))


def test_nonsense_never_breaks_it_otherwise() -> None:
    chance = random.Random(7)
    whole = packed(*MEMBERS)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with contextlib.suppress(BadArchive):
            read(bytes(broken), step=chance.choice([0, 100, 512]))


def test_memory_stays_small_whatever_comes() -> None:
    reader = TarStream(max_file=100_000, max_kept=100_000, max_bytes=64 * 2**20)
    sparse = header("huge", 60 * 2**20)
    tracemalloc.start()
    try:
        found = list(reader.feed(sparse))
        for _ in range(60):
            found += reader.feed(bytes(2**20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [TarFile("huge", 60 * 2**20, None)]
    assert peak < 4 * 2**20
