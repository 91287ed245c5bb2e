"""By what a fault is known again after another attempt."""

from __future__ import annotations

import pytest

from builder.generation.mends import Diagnostic, signature
from preview_runtime.engines import FaultKind


def said(message: str, path: str = "src/App.tsx", line: int = 1) -> str:
    return signature(Diagnostic(FaultKind.RUNTIME, "error", message, path, line))


SAME = [
    ("x is not defined at src/App.tsx:10:4", "x is not defined at src/App.tsx:12:9"),
    ("GET http://p-1a.preview.localhost:8000/api/a 404", "GET http://p-9z.preview.localhost:9000/api/a 404"),
    (
        "Cannot find module '/app/src/store' from '/app/src/App.tsx'",
        "Cannot find module '/work/x1/src/store' from '/work/x1/src/App.tsx'",
    ),
    ('File "/tmp/abc123/main.py", line 3, in <module>', 'File "/home/u/main.py", line 88, in <module>'),
    ("chunk index-4f9a8b7c6d.js failed", "chunk index-0011aa22bb.js failed"),
    ("row 123e4567-e89b-12d3-a456-426614174000 is gone", "row 00000000-e89b-12d3-a456-426614174999 is gone"),
    ("Expected “}” but found `<`", "Expected '}' but found '<'"),
    ("\x1b[31mfailed\x1b[0m  twice\n", "failed twice"),
]
OTHERS = [
    ("x is not defined", "y is not defined"),
    ("Cannot find module './store'", "Cannot find module './state'"),
    ("No matching export for useState", "No matching export for useRef"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_fault_is_known_again(one: str, other: str) -> None:
    assert said(one) == said(other, line=7)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_another_fault_is_another(one: str, other: str) -> None:
    assert said(one) != said(other)
    assert said(one) != said(one, path="src/Other.tsx")


def test_a_long_message_is_no_burden() -> None:
    assert len(said("/a/" * 200_000 + "'" * 100_000)) < 5_000
