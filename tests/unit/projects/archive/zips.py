"""Zip files for tests, and what an import makes of one."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import zipfile
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from builder.accounts.actor import LOCAL_OWNER
from builder.projects.archive.imports import Imports
from preview_runtime.file_tree import FileTree


def zipped(files: Mapping[str, str | bytes], *, kind: int = stat.S_IFREG, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = method
            entry.external_attr = (kind | 0o644) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


async def pieces(data: bytes) -> AsyncGenerator[bytes]:
    for start in range(0, len(data), 65_536):
        yield data[start : start + 65_536]


async def read_zip(data: bytes, *, seconds: float = 30) -> FileTree:
    """The project in a zip, the whole way that an upload goes; nothing is left of it on disk."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            async with Imports(Path(folder), seconds=seconds).read(LOCAL_OWNER, pieces(data)) as tree:
                return tree
        finally:
            assert os.listdir(folder) == []
