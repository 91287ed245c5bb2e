"""Finds a text or a definition in a project. A text is taken as it is, so that no pattern can be slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from builder.generation.tools.listing import below
from builder.generation.tools.symbols import symbols
from preview_runtime.file_tree import FileTree

MOST_FOUND: Final = 200
_IN_ONE_FILE: Final = 20
_MOST_PARSED: Final = 300
"""Files that hold a name and are parsed for it: about three seconds."""
_LINE_CHARACTERS: Final = 200

ReadText = Callable[[str], str | None]
"""A file's text by its path, without its secrets; None for a file without text."""


def found_text(tree: FileTree, text: str, folder: str, read: ReadText) -> str:
    """`path:line: the line` for each line that holds `text`, whatever its case."""
    return _told(_lines_with(tree, text.lower(), folder, read), f"Nothing holds {text!r}.")


def found_symbols(tree: FileTree, name: str, folder: str, read: ReadText) -> str:
    """`path:line: kind name` for each definition of a name that holds `name`, whatever its case."""
    return _told(_definitions(tree, name.lower(), folder, read), f"Nothing of a name like {name!r} is defined.")


def _told(found: Iterator[str], none: str) -> str:
    lines = list(islice(found, MOST_FOUND + 1))
    more = f"\n[there is more: these are the first {MOST_FOUND}]" if len(lines) > MOST_FOUND else ""
    return "\n".join(lines[:MOST_FOUND]) + more or none


def _lines_with(tree: FileTree, text: str, folder: str, read: ReadText) -> Iterator[str]:
    for path, whole in _holding(tree, text, folder, read):
        held = ((number, line) for number, line in enumerate(whole.split("\n"), 1) if text in line.lower())
        lines = list(islice(held, _IN_ONE_FILE + 1))
        yield from (f"{path}:{number}: {_short(line, text)}" for number, line in lines[:_IN_ONE_FILE])
        if len(lines) > _IN_ONE_FILE:
            yield f"{path}: [and further lines]"


def _definitions(tree: FileTree, name: str, folder: str, read: ReadText) -> Iterator[str]:
    holding = _holding(tree, name, folder, read)
    for path, text in islice(holding, _MOST_PARSED):
        named = (one for one in symbols(path, text) if name in one.name.lower())
        yield from (f"{path}:{one.line}: {one.kind} {one.name}" for one in named)
    if next(holding, None):
        yield f"[there are further files: only {_MOST_PARSED} were read; name a folder]"


def _holding(tree: FileTree, text: str, folder: str, read: ReadText) -> Iterator[tuple[str, str]]:
    """The files that hold `text`. Taking the secrets out takes longer than looking, so it is done where it matters."""
    for path in below(tree, folder):
        if text in (tree.text(path) or "").lower() and text in (whole := read(path) or "").lower():
            yield path, whole


def _short(line: str, text: str) -> str:
    if len(line) <= _LINE_CHARACTERS:
        return line.strip()
    at = max(0, line.lower().find(text) - _LINE_CHARACTERS // 2)
    return f"…{line[at : at + _LINE_CHARACTERS].strip()}…"
