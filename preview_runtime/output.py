"""The output of an engine for a file tree: the files that a preview host serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, TypeAlias

from preview_runtime.file_tree import validate_path

_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".wasm": "application/wasm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}


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


def media_type(file: PurePath) -> str:
    """By the ending of a file's name."""
    return _TYPES.get(file.suffix, "application/octet-stream")
