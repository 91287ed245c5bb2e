"""Which file of the project a Python import leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece


def local_module(work: Workpiece, path: str, dotted: str, dots: int) -> str:
    """The file of the project that an import in the module at `path` leads to, whichever folder it is run in; "" for
    none."""
    folder = path.rpartition("/")[0]
    if dots:
        parts = folder.split("/") if folder else []
        if dots - 1 > len(parts):
            return ""
        return _file(work, "/".join(parts[: len(parts) - dots + 1]), dotted)
    while True:
        if found := _file(work, folder, dotted):
            return found
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]


def is_local(work: Workpiece, dotted: str) -> bool:
    """Whether the project itself has a module or a folder of this name."""
    top = dotted.partition(".")[0]
    return any(
        other.endswith(".py") and (f"/{other}".endswith(f"/{top}.py") or f"/{top}/" in f"/{other}")
        for other in work.files
    )


def _file(work: Workpiece, folder: str, dotted: str) -> str:
    base = "/".join(part for part in (folder, *dotted.split(".")) if part)
    for candidate in (f"{base}.py", f"{base}/__init__.py"):
        if candidate in work.files:
            return candidate
    return ""
