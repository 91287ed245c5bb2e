"""What an engine, a browser or a server said of a fault, and by what the same fault is known again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from preview_runtime.engines import FaultKind

_LONGEST: Final = 2_000  # characters of a message that are looked at
# In this order: what stands for a place, a moment or an identity goes, what names the fault stays.
_VARYING: Final = (
    (re.compile(r"https?://[^\s'\"`)<>]+"), "URL"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "N"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"['\"`“”‘’«»]"), ""),
    (re.compile(r"\?[tv]=[\w.-]+"), ""),
    (re.compile(r"(?<![\w@])(?:/[\w@.+-]+)+/(?=[\w@.+-])"), ""),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"(?::N)+(?=\W|$)"), ""),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """`message` is in the words of whoever said it; `path` is in the tree, "" where it is not known; lines and columns
    count from 1, 0 = none."""

    kind: FaultKind
    code: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0


def signature(fault: Diagnostic) -> str:
    """The same text for the same fault after another attempt: without numbers, folders of hosts, hashes, quotes, ids."""
    text = fault.message[:_LONGEST]
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return f"{fault.kind}:{fault.code}:{fault.path}:{text.strip().lower()}"
