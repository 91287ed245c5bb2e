"""What a value in an answer changes, whatever shape the model gave it. Pure; all shapes of files, edits and deletes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from builder.generation.reading.paths import holds_json, inside, names_a_file
from builder.generation.reading.values import MISSING, read_value, written
from builder.generation.reading.vocabulary import (
    ACTIONS,
    CHILDREN,
    DESCRIBING,
    EDITS,
    FIELDS,
    FINDS,
    FOLDERS,
    LOOSE_FIELDS,
    NAMES,
    PATHS,
    PROJECT_FILES,
    REPLACES,
    ROOT_FOLDERS,
    TEXTS,
    deletes,
    named,
    plain,
    says_nothing,
)


@dataclass(frozen=True, slots=True)
class WholeFile:
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    path: str
    find: str
    replace: str


@dataclass(frozen=True, slots=True)
class Deletion:
    path: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was meant to change, in no shape that could be read. `what` names it."""

    what: str


Change = WholeFile | Replacement | Deletion | Unread
_DEPTH: Final = 12
_CODE: Final = re.compile(r"[;{}<>=]")


# Files


def file_changes(path: str, value: Any, depth: int = 0) -> Iterator[Change]:
    """What `value` means as the file, or the folder, at `path`."""
    if path.endswith("/") and not value:
        return  # a folder, which comes with its files
    if isinstance(value, str):
        yield WholeFile(inside(path), value)
    elif isinstance(value, list):
        yield from _listed(path, value)
    elif not isinstance(value, dict) or depth > _DEPTH:
        yield Unread(path)
    elif holds_json(path):
        yield WholeFile(inside(path), _json_text(value))
    elif not names_a_file(path) and names_a_file(path_in(value)):
        yield from entry_changes(value, depth=depth + 1)  # the name is a label: {"main": {"path": …, "content": …}}
    elif changes := _described(path, value, depth):
        yield from changes
    elif not names_a_file(path) and _is_folder(value):
        for name, inner in value.items():
            yield from file_changes(f"{path.rstrip('/')}/{name}", inner, depth + 1)
    else:
        yield Unread(path)


def files_changes(value: Any, prefix: str = "", depth: int = 0) -> Iterator[Change]:
    """What `value` means as the field "files", or as the contents of the folder `prefix`."""
    if isinstance(value, str) and (inner := read_value(value)) is not MISSING:
        value = inner
    if isinstance(value, list):
        if _is_pair(value):
            value = [value]
        for entry in value:
            yield from entry_changes(entry, prefix, depth)
    elif isinstance(value, dict):
        if path_in(value) and _described("", value, depth):
            yield from entry_changes(value, prefix, depth)
            return
        for name, inner in value.items():
            yield from file_changes(prefix + name, inner, depth)
    elif not says_nothing(value):
        yield Unread(prefix or "files")


def entry_changes(entry: Any, prefix: str = "", depth: int = 0) -> Iterator[Change]:
    """What one entry of a list of files means."""
    if isinstance(entry, str) and (inner := read_value(entry)) is not MISSING:
        entry = inner
    if _is_pair(entry):
        yield from file_changes(prefix + entry[0], entry[1], depth)
    elif entry is None or entry == {}:
        return
    elif isinstance(entry, list) and depth < _DEPTH:
        yield from files_changes(entry, prefix, depth + 1)
    elif not isinstance(entry, dict) or depth > _DEPTH:
        yield Unread(prefix or "files")
    elif path := path_in(entry):
        changes = _described(prefix + path, entry, depth)
        if not changes and not (_is_folder_entry(entry) or path.endswith("/")):
            changes = [Unread(prefix + path)]
        yield from changes
    elif any(map(names_a_file, entry)):
        for name, inner in entry.items():
            yield from file_changes(prefix + name, inner, depth)
    elif isinstance(file := next(iter(named(entry, ("file", "files"))), None), (dict, list)):
        yield from files_changes(file, prefix, depth + 1)
    else:
        yield Unread(prefix or "files")


def path_in(entry: Mapping[str, Any]) -> str:
    """The path that an entry names, "" where it names none."""
    paths = [path for path in named(entry, PATHS) if isinstance(path, str) and path]
    names = [name for name in named(entry, NAMES) if isinstance(name, str) and name]
    folders = [folder for folder in named(entry, FOLDERS) if isinstance(folder, str) and folder]
    path, *others = [*paths, *names] or [""]
    for name in others:
        if names_a_file(name) and not names_a_file(path):
            path = name if "/" in name else f"{path.rstrip('/')}/{name}"
    if path and folders and "/" not in path:
        path = f"{folders[0].rstrip('/')}/{path}"
    return path


def text_in(value: Any, path: str) -> str | None:
    """The text of the file at `path` where `value` is one: a text, its lines or, in a JSON file, what stands in it."""
    if isinstance(value, str):
        return value
    lines = bool(value) and isinstance(value, list) and all(isinstance(line, str) for line in value)
    text = _joined(value) if lines else None
    if not holds_json(path) or not isinstance(value, (dict, list)):
        return text
    return text if text is not None and read_value(text) is not MISSING else written(value)


def _described(path: str, value: Mapping[str, Any], depth: int) -> list[Change]:
    """What an object that describes a file (its text, edits, end) or a folder means; nothing where it describes none."""
    edits = list(_described_edits(path, value))
    texts = [text for text in (text_in(inner, path) for inner in named(value, TEXTS)) if text is not None]
    if deletes(value):
        return [Deletion(inside(path))] if not texts and not edits else [Unread(path)]
    if edits:
        return edits
    if not texts and (children := _children(value)):
        return list(files_changes(children, f"{path.rstrip('/')}/" if path else "", depth + 1))
    if _is_folder(value) and not path_in(value):
        return []  # a file that is called "text" or "data", among others
    if texts:
        plain_text = len(set(texts)) == 1 and "base64" not in named(value, ("encoding",))
        return [WholeFile(inside(path), texts[0]) if plain_text else Unread(path)]
    within = [inner for inner in named(value, ("file", *TEXTS)) if isinstance(inner, dict)]
    return _described(path, within[0], depth + 1) if len(within) == 1 and depth < _DEPTH else []


def _children(value: Mapping[str, Any]) -> dict[str, Any] | list[Any] | None:
    """What is in the folder that an object describes; a folder that only is called "files" describes none."""
    told = path_in(value) or _is_folder_entry(value)
    names = CHILDREN if told else ("directory",) if len(value) == 1 else ()
    return next((found for found in named(value, names) if isinstance(found, (dict, list))), None)


def _is_folder_entry(value: Mapping[str, Any]) -> bool:
    return any(said in ("folder", "directory", "dir") for said in named(value, ACTIONS))


def _listed(path: str, value: list[Any]) -> Iterator[Change]:
    """A file given as a list: its lines, JSON or its edits; or a folder's files."""
    if (text := text_in(value, path)) is not None:
        yield WholeFile(inside(path), text)
    elif value and all(isinstance(entry, dict) and _described_edits(path, entry) for entry in value):
        yield from (edit for entry in value for edit in _described_edits(path, entry))
    elif value and not names_a_file(path) and all(isinstance(entry, dict) and path_in(entry) for entry in value):
        yield from files_changes(value, f"{path.rstrip('/')}/", 1)
    else:
        yield Unread(path)


def _joined(lines: list[str]) -> str:
    """The text of lines that bring their ends, or do not."""
    brought = all(line.endswith("\n") for line in lines[:-1]) and (len(lines) > 1 or lines[0].endswith("\n"))
    return ("" if brought else "\n").join(lines)


def _json_text(value: dict[str, Any]) -> str:
    """A JSON file's text; only where nothing but a JSON text is in the object, and what describes it, is that the text."""
    texts = named(value, TEXTS)
    others = {plain(key) for key in value}.difference(TEXTS, PATHS, NAMES, DESCRIBING)
    if len(texts) == 1 and not others and (text := text_in(texts[0], "")) and read_value(text) is not MISSING:
        return text
    return written(value)


def _is_folder(value: Mapping[str, Any]) -> bool:
    """Whether what is in it are files, by their names, at some depth."""
    return any(names_a_file(key) or (isinstance(inner, dict) and _is_folder(inner)) for key, inner in value.items())


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, str) for part in value)
        and names_a_file(value[0])
        and not names_a_file(value[1])
    )


# Edits


def edits_changes(value: Any, path: str = "") -> Iterator[Change]:
    """What `value` means as the field "edits", or as the edits of `path`."""
    if isinstance(value, str) and (inner := read_value(value)) is not MISSING:
        value = inner
    if isinstance(value, list):
        if value and not len(value) % 3 and all(_is_triple(value[at : at + 3]) for at in range(0, len(value), 3)):
            value = [value[at : at + 3] for at in range(0, len(value), 3)]
        for entry in value:
            yield from edit_changes(entry, path)
    elif isinstance(value, dict) and value:
        if all(isinstance(inner, dict) and path_in(inner) for inner in value.values()):
            yield from edits_changes([*value.values()])  # the names are labels
            return
        if path_in(value) or _described_edits(path, value) or not all(map(_may_be_path, value)):
            yield from edit_changes(value, path)
            return
        for name, inner in value.items():
            yield from edits_changes(inner, name) if isinstance(inner, (dict, list)) else [Unread(name)]
    elif not says_nothing(value):
        yield Unread(path or "edits")


def edit_changes(entry: Any, path: str = "") -> Iterator[Change]:
    """What one entry of a list of edits means."""
    if isinstance(entry, str) and (inner := read_value(entry)) is not MISSING:
        entry = inner
    if _is_triple(entry):
        yield Replacement(inside(entry[0]), entry[1], entry[2])
    elif isinstance(entry, dict):
        path = path_in(entry) or path
        if not path and not any(entry.values()):
            return  # the schema's names with nothing in them
        if deletes(entry) and path and not named(entry, FINDS):
            yield Deletion(inside(path))
        else:
            yield from _described_edits(path, entry) or _by_path(entry) or [Unread(path or "edits")]
    elif isinstance(entry, list) and all(isinstance(inner, dict) for inner in entry):
        yield from edits_changes(entry, path)
    elif entry is not None:
        yield Unread(path or "edits")


def _by_path(entry: dict[str, Any]) -> list[Change]:
    """{path: edit or edits}, as an entry of a list."""
    if not entry or not all(names_a_file(key) and isinstance(inner, (dict, list)) for key, inner in entry.items()):
        return []
    return [change for name, inner in entry.items() for change in edits_changes(inner, name)]


def _described_edits(path: str, value: Mapping[str, Any]) -> list[Change]:
    """The edits that an object describes, by itself or in a list within; none where it describes none."""
    finds, replaces = ([text_in(text, "") for text in named(value, names)] for names in (FINDS, REPLACES))
    if finds or (replaces and "replace" in map(plain, value)):
        if len(finds) == len(replaces) == 1 and finds[0] is not None and replaces[0] is not None and path:
            return [Replacement(inside(path), finds[0], replaces[0])]
        return [Unread(path or "edits")] if any(isinstance(text, str) for text in (*finds, *replaces)) else []
    for inner in named(value, EDITS):
        if isinstance(inner, (dict, list)) and inner:
            return list(edits_changes(inner, path or path_in(value)))
    return []


def _is_triple(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(part, str) for part in value)
        and names_a_file(value[0])
    )


def _may_be_path(key: str) -> bool:
    return names_a_file(key) or "/" in key


# Deletes


def delete_changes(value: Any) -> Iterator[Change]:
    """What `value` means as the field "delete"."""
    if isinstance(value, str):
        inner = read_value(value)
        names = [name.strip() for name in value.split(",")]
        if inner is not MISSING:
            yield from delete_changes(inner)
        elif not says_nothing(value):
            names = names if all(map(names_a_file, names)) else [line.strip() for line in value.splitlines()]
            yield from (Deletion(inside(name)) for name in names if name)
    elif isinstance(value, list):
        for entry in value:
            if not entry and entry in ("", None, {}):
                continue
            if isinstance(entry, str):
                yield Deletion(inside(entry))
            elif isinstance(entry, dict) and (path := path_in(entry)):
                yield Deletion(inside(path))
            else:
                yield Unread("delete")
    elif isinstance(value, dict) and value:
        if path := path_in(value):
            yield Deletion(inside(path))
        elif (inner := next(iter(named(value, ("files", "paths", *PATHS))), None)) is not None:
            yield from delete_changes(inner)
        elif all(map(_may_be_path, value)):
            yield from (Deletion(inside(name)) for name, said in value.items() if said is not False)
        else:
            yield Unread("delete")
    elif not says_nothing(value):
        yield Unread("delete")


# Documents


def documents_in(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    """The Drafts somewhere inside `value`: below names that say nothing, and in texts that are JSON."""
    if depth > _DEPTH:
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
    below = [found for inner in value.values() if (found := documents_in(inner, depth + 1))]
    return below[0] if len(below) == 1 else []  # of two, which one?


def loose_changes(values: Mapping[str, Any]) -> Iterator[Change]:
    """What names and values mean that stand where a Draft's fields should."""
    for name, value in values.items():
        if isinstance(value, dict) and _is_folder(value):
            project = any(inner in PROJECT_FILES for inner in value)
            yield from files_changes(value) if project else file_changes(name, value) if "/" in name else [Unread(name)]
        elif isinstance(value, list) and (changes := list(files_changes(value))) and not any(map(_unread, changes)):
            yield from changes
        elif _holds_code(value):
            yield Unread(name)


def loose_field(name: str, value: Any) -> list[Change]:
    """What a field means that may as well tell in words what was done: nothing where none of it can be read as changes."""
    field = LOOSE_FIELDS.get(plain(name))
    changes = list((edits_changes if field == "edits" else delete_changes)(value)) if field else []
    words = [change for change in changes if isinstance(change, Deletion) and not _may_be_path(change.path)]
    return [] if words or all(map(_unread, changes)) else changes


def own_changes(values: Mapping[str, Any]) -> list[Change]:
    """What a document means that is one file or one edit itself: path and text, or path, find and replace."""
    path = path_in(values)
    return _described(path, values, 0) if names_a_file(path) else []


def is_root_folder(name: str, value: Any) -> bool:
    """Whether it can only be a folder of the project with files in it."""
    return plain(name) in ROOT_FOLDERS and isinstance(value, dict) and _is_folder(value) and not documents_in(value)


def _unread(change: Change) -> bool:
    return isinstance(change, Unread)


def _holds_code(value: Any) -> bool:
    """Whether something in it looks like a file's text rather than like words to the person."""
    if isinstance(value, str):
        return value.lstrip().startswith(("<", "{", "[", "```")) or ("\n" in value and bool(_CODE.search(value)))
    if isinstance(value, dict):
        return any(names_a_file(key) or _holds_code(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_holds_code, value))


def says_otherwise(value: Mapping[str, Any], written: str) -> bool:
    """Whether an object whose text is read already says more of the file than that: another path, text or end."""
    path = path_in(value)
    return (
        bool(written and path and path != written)
        or "base64" in named(value, ("encoding",))
        or deletes(value)
        or any(isinstance(text, str) for text in named(value, (*TEXTS, *FINDS)))
    )
