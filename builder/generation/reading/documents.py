"""What a document in an answer means that is not in the shape that was asked for: Drafts inside of it, and changes that
stand where a Draft's fields should. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builder.generation.reading.changes import (
    CODE,
    DEPTH,
    Change,
    Deletion,
    Unread,
    WholeFile,
    called,
    delete_changes,
    described,
    edits_changes,
    entry_changes,
    file_changes,
    files_changes,
    is_folder,
    is_tree,
    is_unread,
    may_be_path,
    path_in,
)
from builder.generation.reading.paths import names_a_file
from builder.generation.reading.values import MISSING, read_value
from builder.generation.reading.vocabulary import (
    FIELDS,
    LOOSE_FIELDS,
    PROJECT_FILES,
    REPLACES,
    ROOT_FOLDERS,
    TEXTS,
    moves,
    named,
    plain,
)
from builder.generation.reading.wrapped import is_patch


def documents_in(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    """The Drafts somewhere inside `value`: below names that say nothing, and in texts that are JSON."""
    if depth > DEPTH:
        return []
    if isinstance(value, str):
        inner = read_value(value)
        return [] if inner is MISSING else documents_in(inner, depth + 1)
    if isinstance(value, list):
        return [found for inner in value for found in documents_in(inner, depth + 1)]
    if not isinstance(value, dict):
        return []
    fields = {FIELDS[plain(key)]: inner for key, inner in value.items() if FIELDS.get(plain(key)) and inner}
    if fields:
        files = fields.get("files")
        described = isinstance(files, dict) and files.get("type") == "object"  # the schema itself, given back
        return [] if described else [value]
    if (own := own_changes(value)) and not any(map(is_unread, own)):
        return [value]
    if (call := called(value)) is not value and (own := [*entry_changes(call)]) and not any(map(is_unread, own)):
        return [call]
    below = [found for inner in value.values() if (found := documents_in(inner, depth + 1))]
    return below[0] if len(below) == 1 else []  # of two, which one?


def loose_changes(values: Mapping[str, Any]) -> Iterator[Change]:
    """What names and values mean that stand where a Draft's fields should."""
    for name, value in values.items():
        if isinstance(value, dict) and (changes := own_changes(value)):
            yield from changes
        elif isinstance(value, dict) and is_folder(value):
            project = any(inner in PROJECT_FILES for inner in value)
            yield from files_changes(value) if project else file_changes(name, value) if "/" in name else [Unread(name)]
        elif isinstance(value, list) and (changes := list(files_changes(value))) and not any(map(is_unread, changes)):
            # A path and a text in a row may be two commands.
            yield from [] if _are_words(value) and any(map(_may_be_words, changes)) else changes
        elif _holds_code(value):
            yield Unread(name)


def loose_field(name: str, value: Any) -> list[Change]:
    """What a field means that may as well tell in words what was done: nothing where none of it can be read as changes."""
    field = LOOSE_FIELDS.get(plain(name))
    if field is None:
        return []
    if field == "moves":
        return [Unread(name)] if any(map(names_a_file, _texts_within(value))) else []
    read = files_changes if field == "files" else edits_changes if field == "edits" else delete_changes
    changes = list(read(value))
    if all(map(is_unread, changes)):
        entries = value if isinstance(value, list) else [value]
        if any(isinstance(entry, dict) and moves(entry) for entry in entries):
            return [Unread(name)]
        # Told in words as well, perhaps, but code is no words.
        return [Unread(name)] if any(map(_has_lines_of_code, _texts_within(value))) else []
    return [] if any(map(_may_be_words, changes)) else changes


def own_changes(values: Mapping[str, Any]) -> list[Change]:
    """What a document means that is one file or one edit itself, or a tree of files: path and text, or path, find and
    replace, or name and children."""
    path = path_in(values)
    if path and not names_a_file(path) and is_tree(values):
        return list(files_changes(dict(values)))
    changes = described(path, values, 0) if names_a_file(path) else []
    # Only what comes instead, and not of what: a part of the file, or all of it.
    half = any(map(_is_whole, changes)) and not named(values, TEXTS) and any(named(values, REPLACES))
    return [Unread(path)] if half else changes


def is_root_folder(name: str, value: Any) -> bool:
    """Whether it can only be a folder of the project with files in it."""
    return plain(name) in ROOT_FOLDERS and isinstance(value, dict) and is_folder(value) and not documents_in(value)


def _is_whole(change: Change) -> bool:
    return isinstance(change, WholeFile)


def _may_be_words(change: Change) -> bool:
    """Whether it may as well tell of a change: the files that were taken away, what was added to which."""
    match change:
        case Deletion(path):
            return not may_be_path(path)
        case WholeFile(path, text):
            return not (names_a_file(path) and ("\n" in text or CODE.search(text)))
    return False


def _are_words(value: list[Any]) -> bool:
    return all(isinstance(entry, str) for entry in value)


def _texts_within(value: Any, depth: int = 0) -> Iterator[str]:
    """All texts in `value`, the names in objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)) and depth <= DEPTH:
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts_within(inner, depth + 1)


def _has_lines_of_code(text: str) -> bool:
    return sum(line.rstrip().endswith((";", "{", "}", ">", "),")) for line in text.splitlines()) > 1


def _holds_code(value: Any) -> bool:
    """Whether something in it looks like a file's text rather than like words to the person."""
    if isinstance(value, str):
        return (
            is_patch("", value)
            or value.lstrip().startswith(("<", "{", "[", "```"))
            or ("\n" in value and bool(CODE.search(value)))
        )
    if isinstance(value, dict):
        return any(names_a_file(key) or _holds_code(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_holds_code, value))
