"""The answer to a head full of cookies costs little, whatever the head."""

from __future__ import annotations

import pytest

from preview_runtime.routes.cookie_flood import Floods, LongHead
from tests.pace import no_longer_than

NAMES = b"; ".join(b"n%d=x" % number for number in range(26))


def answered(host: bytes, path: str, *cookies: bytes) -> list[str]:
    """The lines of a second answer."""
    floods, lines, word = Floods(), [""], b"sayso-cut=x"
    for _ in range(2):
        head = LongHead(path=path)
        for value in (word, *cookies):
            head.read(b"cookie", value)
        head.read(b"host", host)
        lines, _ = floods.answer(head)
        word = lines[0].partition(";")[0].encode()
    return lines


@pytest.mark.parametrize(
    ("host", "path", "cookies"),
    [
        (b"localhost", "/" + "a/" * 15_000, [NAMES]),
        (b"p-a.preview.example.com", "/" + "a/" * 15_000, [NAMES]),
        (b"p-a.preview.example.com", "/;" + "/a" * 15_000, [NAMES]),
        (b"p-a.preview.example.com", "/" * 30_000, [NAMES]),
        (b"p-a.preview.example.com", "/" + "a" * 30_000, [NAMES]),
        (b"a." * 15_000 + b"example.com", "/", [NAMES]),
        (b"localhost", "/", [b";" * 1_000_000]),
        (b"localhost", "/", [b";".join(b"%x" % number for number in range(150_000))]),
        (b"p-a.preview.example.com", "/", [b"a"] * 100_000),
        (b"p-a.preview.example.com", "/", [b"a" * 1_000_000]),
        (b"p-a.preview.example.com", "/", [(b"a" * 1_000 + b"\x01=;") * 1_000]),
    ],
)
def test_no_head_takes_long_to_answer(host: bytes, path: str, cookies: list[bytes]) -> None:
    with no_longer_than(8):
        lines = answered(host, path, *cookies)
    assert sum(map(len, lines)) < 140_000


def test_each_folder_of_the_path_is_named_until_eight() -> None:
    lines = answered(b"p-a.preview.example.com", "/a/b.html?c", b"n=x")
    paths = {line.partition("Path=")[2].partition(";")[0] for line in lines if line.startswith("n=")}
    assert paths == {"/", "/a", "/a/", "/a/b.html"}
    lines = answered(b"p-a.preview.example.com", "/1/2/3/4/5/6", b"n=x")
    paths = {line.partition("Path=")[2].partition(";")[0] for line in lines if line.startswith("n=")}
    assert paths == {"/", "/1", "/1/", "/1/2", "/1/2/", "/1/2/3", "/1/2/3/", "/1/2/3/4"}
