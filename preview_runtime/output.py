"""What an engine makes of a file tree: the files a preview host serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file: its media type (such as `text/html`) and its bytes."""

    type: str
    body: bytes


Output: TypeAlias = Mapping[str, OutputFile]
"""Path (relative, POSIX, such as `src/main.js`) → file."""
