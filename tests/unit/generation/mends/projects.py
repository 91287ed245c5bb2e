"""Small projects of the kinds that people ask for, beside the starters."""

from __future__ import annotations

import json
from pathlib import Path

from builder.base.settings import ROOT
from preview_runtime.file_tree import FileTree

STARTERS = ROOT / "templates" / "starters"


def starter(name: str) -> FileTree:
    files: dict[str, str | bytes] = {}
    for path in sorted((STARTERS / name).rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            try:
                files[path.relative_to(STARTERS / name).as_posix()] = raw.decode()
            except UnicodeDecodeError:
                files[path.relative_to(STARTERS / name).as_posix()] = raw
    return FileTree(files)


def starters() -> dict[str, FileTree]:
    return {path.name: starter(path.name) for path in sorted(STARTERS.iterdir()) if path.is_dir()}


def manifest(dependencies: dict[str, str], development: dict[str, str] | None = None, **more: object) -> str:
    document = {"name": "app", "private": True, "type": "module", **more, "dependencies": dependencies}
    if development:
        document["devDependencies"] = development
    return json.dumps(document, indent=2) + "\n"


FOLDER = Path(__file__).parent / "small"


def small() -> dict[str, FileTree]:
    """Each folder of small/; a file's name ends in `.txt` so that no tool of ours takes it for its own."""
    found = {}
    for folder in sorted(FOLDER.iterdir()):
        if folder.is_dir():
            found[folder.name] = FileTree(
                {
                    path.relative_to(folder).as_posix().removesuffix(".txt"): path.read_text(encoding="utf-8")
                    for path in sorted(folder.rglob("*"))
                    if path.is_file()
                }
            )
    return found


Change = list[tuple[int, int, str]] | str | None
"""(from line, to line, what comes instead) in order; the text of a file that was not there; None for one that goes."""


def changed(text: str, change: Change) -> str:
    """`text` with the lines replaced."""
    if not isinstance(change, list):
        return change or ""
    lines, parts, at = text.splitlines(keepends=True), list[str](), 0
    for begin, end, instead in change:
        parts += [*lines[at:begin], instead]
        at = end
    return "".join([*parts, *lines[at:]])
