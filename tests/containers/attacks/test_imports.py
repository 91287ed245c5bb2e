"""Zips that unpack to more than any computer has: refused in little time and memory, while everybody else is answered."""

from __future__ import annotations

import bz2
import io
import itertools
import struct
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.containers.attacks.builder import Builder

GIGABYTE = 2**30
CLIENTS = 16
SECONDS = 3.0  # long enough for a 95th percentile
MOST_GROWTH_KB = 96 * 1024
"""What a zip may cost the builder at its peak beside the upload itself: it is unpacked elsewhere."""


def bzip2(size: int = 2 * GIGABYTE) -> bytes:
    """One entry of bzip2: each of its streams is 1 kB and 45 MB long."""
    piece = bytes(45 * 10**6)
    packed = bz2.compress(piece) * (size // len(piece))
    return one_entry(12, packed, size // len(piece) * len(piece))


def deflate(size: int = 2 * GIGABYTE) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return one_entry(8, piece * (size // 2**24) + b"\3\0", size)


def one_entry(method: int, packed: bytes, size: int, times: int = 1) -> bytes:
    """A zip whose directory names the one file in it `times` times."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 46, 0, method, 0, 33, 0, len(packed), size, 1, 0) + b"a"
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 46, 46, 0, method, 0, 33, 0, len(packed), size, 1, 0, 0, 0, 0, 0, 0)
    directory = (entry + b"a") * times
    count = min(times, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(local) + len(packed), 0)
    return local + packed + directory + end


def ordinary() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "<p>hello</p>")
    return buffer.getvalue()


def post(builder: Builder, data: bytes) -> int:
    where = f"http://127.0.0.1:{builder.server.port}/api/v1/projects/import"
    headers = {"Content-Type": "application/zip", "X-Sayso-Client": "tests"}
    try:
        with urllib.request.urlopen(urllib.request.Request(where, data, headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def memory(builder: Builder, name: str) -> int:
    """A size of the builder's process in kB: VmRSS of this moment, VmHWM at the peak."""
    assert builder.server.process is not None
    lines = Path(f"/proc/{builder.server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: bzip2(), id="bzip2 of 2 GB"),
        pytest.param(lambda: deflate(), id="deflate of 2 GB"),
        pytest.param(lambda: one_entry(8, b"\3\0", 0, 440_000), id="440,000 entries"),
        pytest.param(lambda: one_entry(8, zlib.compress(bytes(2**21))[2:-4], 2**21, 2_000), id="one file 2,000 times"),
    ],
)
def test_no_zip_takes_memory_or_time_from_anybody(builder: Builder, bomb: object) -> None:
    assert callable(bomb)
    data = bomb()
    post(builder, ordinary())  # what a first import loads is no growth
    before = memory(builder, "VmRSS")
    assert builder.server.process is not None
    Path(f"/proc/{builder.server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
    end = time.monotonic() + SECONDS

    def keep_on(_: int) -> list[int]:
        answers = [post(builder, data)]
        while time.monotonic() < end:
            answers.append(post(builder, data))
        return answers

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = [*itertools.chain.from_iterable(clients.map(keep_on, range(CLIENTS)))]
    # One is looked at and refused; who comes meanwhile is told so.
    assert set(answers) <= {409, 413, 422}
    assert 422 in answers or len(data) > 20 * 2**20
    growth = memory(builder, "VmHWM") - before
    assert growth < MOST_GROWTH_KB, f"{growth} kB more for {len(answers)} zips"
    print(f"{len(answers)} zips, {answers.count(422)} looked at, {growth} kB more")
    assert post(builder, ordinary()) == 201
