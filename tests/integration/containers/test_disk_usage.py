"""What a volume holds is counted as the file system counts it, whatever the one who fills it does about it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from preview_runtime.containers.limits.disk_usage import MOST_LEVELS, usage

BLOCK = 1024 * 1024
PLENTY = 1024**4


def put(path: Path, size: int = BLOCK) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))


def counted(folder: Path, pid: int = 0, most_bytes: int = PLENTY, most_files: int = PLENTY) -> tuple[int, int]:
    found = usage([str(folder)], pid, most_bytes, most_files)
    assert found is not None
    return found


def test_bytes_on_disk_and_files_are_counted_as_du_counts_them(tmp_path: Path) -> None:
    put(tmp_path / "a")
    put(tmp_path / "below" / "b", 5)
    os.link(tmp_path / "a", tmp_path / "again")  # the same file once more
    (tmp_path / "link").symlink_to("/usr")
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(50 * BLOCK)  # takes no room
    size, files = counted(tmp_path)
    by_du = int(subprocess.check_output(["du", "-s", "-B1", tmp_path]).split()[0])
    assert abs(size - by_du) <= 4096  # the folder itself
    assert files == 5


def test_a_file_that_was_deleted_and_is_still_open_takes_its_room(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys; f = open('x', 'wb'); f.write(os.urandom(2 ** 20)); f.flush(); os.remove('x'); print(1, flush=True); sys.stdin.read()",
        ],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout
        holder.stdout.readline()
        assert counted(tmp_path)[0] < BLOCK
        assert counted(tmp_path, holder.pid)[0] >= BLOCK
    finally:
        holder.communicate()


def test_counting_ends_where_there_is_more_than_may_be(tmp_path: Path) -> None:
    for number in range(50):
        put(tmp_path / str(number), 1)
    assert counted(tmp_path, most_files=10)[1] == 11


def test_folders_nested_without_measure_are_more_than_may_be(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(MOST_LEVELS + 10):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
    finally:
        os.close(here)
    assert counted(tmp_path, most_files=100_000)[1] > 100_000


def test_folders_that_become_links_meanwhile_lead_nowhere(tmp_path: Path) -> None:
    outside, volume = tmp_path / "outside", tmp_path / "volume"
    put(outside / "big", 20 * BLOCK)
    (volume / "d").mkdir(parents=True)
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            (volume / "d").rename(volume / "e")
            (volume / "d").symlink_to(outside)
            (volume / "d").unlink()
            (volume / "e").rename(volume / "d")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        assert max(counted(volume)[0] for _ in range(500)) < BLOCK
    finally:
        ended.set()
        thread.join()


def test_what_is_deleted_while_it_is_counted_does_not_end_the_counting(tmp_path: Path) -> None:
    ended = threading.Event()

    def churn() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            put(tmp_path / f"d{number}" / "x", 1)
            (tmp_path / f"d{number}" / "x").unlink()
            (tmp_path / f"d{number}").rmdir()

    put(tmp_path / "kept")
    thread = threading.Thread(target=churn)
    thread.start()
    try:
        assert min(counted(tmp_path)[0] for _ in range(300)) >= BLOCK
    finally:
        ended.set()
        thread.join()


def test_a_volume_that_is_not_there_or_a_process_that_has_ended_is_told(tmp_path: Path) -> None:
    assert usage([str(tmp_path / "none")], 0, PLENTY, PLENTY) is None
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert usage([str(tmp_path)], ended.pid, PLENTY, PLENTY) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator sees into a folder that is closed to all")
def test_a_folder_that_is_closed_to_all_is_counted(tmp_path: Path) -> None:
    put(tmp_path / "closed" / "x")
    (tmp_path / "closed").chmod(0)
    try:
        assert counted(tmp_path)[0] >= BLOCK
    finally:
        (tmp_path / "closed").chmod(0o700)
