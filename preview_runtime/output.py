"""The output of an engine for a file tree: the files that a preview host serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from preview_runtime.file_tree import validate_path


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file: its media type (such as `text/html`) and its bytes."""

    type: str
    body: bytes


Output: TypeAlias = Mapping[str, OutputFile]
"""Path (relative, POSIX, such as `src/main.js`) → file."""


def output_path(url_path: str) -> str:
    """The path in the output for a URL path: `/src/main.tsx` → `src/main.tsx`. Raises `InvalidTree` as `validate_path`
    does."""
    return validate_path(url_path.removeprefix("/"))
