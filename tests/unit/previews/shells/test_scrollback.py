"""What a terminal said last is there again after a reload, and memory stays bounded."""

from __future__ import annotations

from builder.previews.shells.scrollback import Scrollback


def test_everything_is_there_until_the_limit() -> None:
    ring = Scrollback(100)
    ring.append(b"one\n")
    ring.append(b"two\n")
    assert (ring.start, ring.end, ring.since(0)) == (0, 8, b"one\ntwo\n")
    assert ring.since(4) == b"two\n"
    assert ring.since(5, 2) == b"wo"
    assert ring.since(8) == b""


def test_past_the_limit_whole_lines_are_lost_from_the_front() -> None:
    ring = Scrollback(12)
    ring.append(b"first line\n")
    ring.append(b"second\n")
    assert ring.since(0) == b"second\n"
    assert (ring.start, ring.end) == (11, 18)
    assert ring.since(3) == b"second\n"


def test_what_has_no_lines_is_cut_anywhere() -> None:
    ring = Scrollback(10)
    for _ in range(100):
        ring.append(b"abc")
    assert ring.end == 300
    assert ring.end - ring.start <= 10
    assert ring.since(0) == (b"abc" * 100)[ring.start :]


def test_one_piece_larger_than_the_limit_keeps_its_end() -> None:
    ring = Scrollback(1_000)
    ring.append(b"x" * 5_000 + b"\nend")
    assert ring.since(0) == b"end"


def test_a_flood_is_cheap() -> None:
    ring = Scrollback()
    for _ in range(5_000):
        ring.append(b"y\n" * 8_000)
    assert ring.end == 5_000 * 16_000
    assert len(ring.since(0)) == ring.end - ring.start <= 256 * 1024
