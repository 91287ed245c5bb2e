"""Which files a pattern of artefacts means."""

from __future__ import annotations

import pytest

from preview_runtime.containers.jobs.artefacts import fixed, matcher


@pytest.mark.parametrize(
    ("pattern", "base", "matched", "others"),
    [
        ("out.txt", "out.txt", ["out.txt"], ["out.txt2", "a/out.txt"]),
        ("out", "out", ["out/a", "out/a/b"], ["outer/a"]),
        ("out/*.xml", "out", ["out/a.xml"], ["out/a.xml2", "out/b/a.xml"]),
        ("**/*.xml", "", ["a.xml", "a/b/c.xml"], ["a.xmlx"]),
        ("a/?/[b]", "a", ["a/x/[b]"], ["a/x/b", "a/xy/[b]"]),
    ],
)
def test_patterns(pattern: str, base: str, matched: list[str], others: list[str]) -> None:
    assert fixed(pattern) == base
    assert [path for path in matched + others if matcher(pattern).fullmatch(path)] == matched
