"""The preview engine's built files, at an address that holds their digest: kept by browsers for good."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from builder.composition.projects import BROWSER_PACKAGE

router = APIRouter(include_in_schema=False)
DIST: Final = BROWSER_PACKAGE / "dist"
_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".map": "application/json",
}


def runtime_url() -> str:
    """Where the built files are, such as `/runtime/4f1c…/`. Reads the folder: call it outside the event loop's
    thread."""
    return f"/runtime/{digest_of(DIST)}/"


def digest_of(folder: Path) -> str:
    """16 hex digits over the names and contents of the files in `folder`; computed again when one changed."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".br")
    return _digest(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths), folder)


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[Path, int, int], ...], folder: Path) -> str:
    total = hashlib.sha256()
    for path, _, _ in files:
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


@router.api_route("/runtime/{digest}/{path:path}", methods=["GET", "HEAD"])
async def runtime_file(request: Request, digest: str, path: str) -> Response:
    found = await asyncio.to_thread(_find, path, "br" in request.headers.get("accept-encoding", ""))
    if found is None:
        return PlainTextResponse("Not found", 404, headers={"Cache-Control": "no-store"})
    file, compressed = found
    kind = _TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    # An old tab may ask for files of the previous build: it gets the current files, with headers that forbid caching
    # them under this name.
    current = digest == await asyncio.to_thread(digest_of, DIST)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if current else "no-store",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    if compressed:
        headers["Content-Encoding"] = "br"
    return FileResponse(file, media_type=kind, headers=headers)


def _find(path: str, brotli: bool) -> tuple[Path, bool] | None:
    file = DIST / path
    try:
        if "\0" in path or not file.resolve().is_relative_to(DIST.resolve()) or not file.is_file():
            return None
    except OSError:
        return None  # the name is too long for a file
    packed = file.with_name(file.name + ".br")
    return (packed, True) if brotli and packed.is_file() else (file, False)
