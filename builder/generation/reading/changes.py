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
    CALLS,
    CHILDREN,
    DESCRIBING,
    EDITS,
    FIELDS,
    FINDS,
    FOLDERS,
    LABELS,
    LOOSE_TEXTS,
    NAMES,
    PATHS,
    PROJECT_FILES,
    REPLACES,
    ROOT_FOLDERS,
    SUFFIXES,
    TEXTS,
    creates,
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
DEPTH: Final = 12
CODE: Final = re.compile(r"[;{}<>=]")
# One block: each of its texts is in lines of its own, and may have none.
_BLOCK: Final = re.compile(
    r"^<{7,9}[^\n]*\n(?P<find>(?:(?![<=>]{7})[^\n]*\n)*)={7,9}[ \t]*\n(?P<replace>(?:(?![<>]{7})[^\n]*\n)*)>{7,9}[^\n]*$",
    re.MULTILINE,
)
_TEXT_ENCODINGS: Final = ("", "utf8", "utf", "text", "plain", "ascii", "none", "string", "raw")
_TOP: Final = (".", "./", "/", "root", "project")  # names of the project's own folder
_DELETED_WORDS: Final = re.compile(r"[,;\n]|\band\b")


# Files


def file_changes(path: str, value: Any, depth: int = 0) -> Iterator[Change]:
    """What `value` means as the file, or the folder, at `path`."""
    if path.endswith("/") and not value:
        return  # a folder, which comes with its files
    if isinstance(value, str):
        yield WholeFile(inside(path), value)
    elif isinstance(value, list):
        yield from _listed(path, value)
    elif not isinstance(value, dict) or depth > DEPTH:
        yield Unread(path)
    elif holds_json(path):
        yield WholeFile(inside(path), _json_text(value))
    elif not names_a_file(path) and names_a_file(path_in(value)):
        yield from entry_changes(value, depth=depth + 1)  # the name is a label: {"main": {"path": …, "content": …}}
    elif changes := described(path, value, depth):
        yield from changes
    elif not names_a_file(path) and is_folder(value):
        for name, inner in value.items():
            yield from file_changes(f"{path.rstrip('/')}/{name}", inner, depth + 1)
    else:
        yield Unread(path)


def files_changes(value: Any, prefix: str = "", depth: int = 0) -> Iterator[Change]:
    """What `value` means as the field "files", or as the contents of the folder `prefix`."""
    if isinstance(value, str) and (inner := read_value(value)) is not MISSING:
        value = inner
    if not prefix and depth < DEPTH and (within := _project_within(value)) is not None:
        yield from files_changes(within, depth=depth + 1)
    elif isinstance(value, list):
        if _is_pair(value):
            value = [value]
        for entry in value:
            yield from entry_changes(entry, prefix, depth)
    elif isinstance(value, dict):
        if path_in(value) and described("", value, depth):
            yield from entry_changes(value, prefix, depth)
            return
        again = next(iter(value.values()), None) if len(value) == 1 and not prefix else None
        if isinstance(again, (dict, list)) and FIELDS.get(plain(next(iter(value)))) == "files":
            yield from files_changes(again, depth=depth + 1)
            return
        for name, inner in value.items():
            yield from file_changes(prefix + name, inner, depth)
    elif not says_nothing(value):
        yield Unread(prefix or "files")


def entry_changes(entry: Any, prefix: str = "", depth: int = 0) -> Iterator[Change]:
    """What one entry of a list of files means."""
    entry = called(entry)
    if _is_pair(entry):
        yield from file_changes(prefix + entry[0], entry[1], depth)
    elif entry is None or entry == {}:
        return
    elif isinstance(entry, list) and depth < DEPTH:
        yield from files_changes(entry, prefix, depth + 1)
    elif not isinstance(entry, dict) or depth > DEPTH:
        yield Unread(prefix or "files")
    elif not prefix and depth < DEPTH and path_in(entry) in _TOP and (within := _project_within(entry)) is not None:
        yield from files_changes(within, depth=depth + 1)
    elif path := path_in(entry):
        whole = path if _told_from_the_top(entry, prefix) else prefix + path
        changes = [Unread(whole)] if names_two_files(entry) else described(whole, entry, depth)
        if not changes and not (_is_folder_entry(entry) or path.endswith("/")):
            changes = [Unread(whole)]
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
    if not path:
        labels = named(entry, LABELS)
        path = next((label for label in labels if isinstance(label, str) and names_a_file(label)), "")
    suffix = next(iter(named(entry, SUFFIXES)), "")
    if path and isinstance(suffix, str) and names_a_file(whole := f"{path}.{suffix.lstrip('.')}"):
        path = path if names_a_file(path) else whole
    return path


def names_two_files(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says in two places of which file it is, and they do not agree."""
    paths = {inside(path) for path in named(entry, PATHS) if isinstance(path, str) and names_a_file(path)}
    longest = max(paths, key=len, default="")
    return any(not f"/{longest}".endswith(f"/{path}") for path in paths)


def text_in(value: Any, path: str) -> str | None:
    """The text of the file at `path` where `value` is one: a text, its lines or, in a JSON file, what stands in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and not holds_json(path) and (numbers := [*value]) and numbers[0] in ("0", "1"):
        first = int(numbers[0])
        numbered = numbers == [str(number) for number in range(first, first + len(numbers))]
        value = [*value.values()] if numbered and len(numbers) > 1 else value
    lines = bool(value) and isinstance(value, list) and all(isinstance(line, str) for line in value)
    text = _joined(value) if lines else None
    if not holds_json(path) or not isinstance(value, (dict, list)):
        return text
    return text if text is not None and read_value(text) is not MISSING else written(value)


def described(path: str, value: Mapping[str, Any], depth: int) -> list[Change]:
    """What an object that describes a file (its text, edits, end) or a folder means; nothing where it describes none."""
    texts = [text for text in (text_in(inner, path) for inner in named(value, TEXTS)) if text is not None]
    texts = [text for text in texts if text] or texts
    loose = [text for text in (text_in(inner, path) for inner in named(value, LOOSE_TEXTS)) if text]
    is_code = len(loose) == 1 and ("\n" in loose[0] or CODE.search(loose[0]) is not None)
    if is_code and not texts and not any(named(value, FINDS)):
        texts = loose
        value = {name: inner for name, inner in value.items() if plain(name) not in (*FINDS, *LOOSE_TEXTS)}
    edits = list(_described_edits(path, value))
    if deletes(value):
        return [Deletion(inside(path))] if not texts and not edits else [Unread(path)]
    if edits:
        return edits
    if not texts and (children := _children(value)):
        return list(files_changes(children, f"{path.rstrip('/')}/" if path else "", depth + 1))
    if is_folder(value) and not path_in(value):
        return []  # a file that is called "text" or "data", among others
    if texts:
        plain_text = len(set(texts)) == 1 and not _is_encoded(value)
        return [WholeFile(inside(path), texts[0]) if plain_text else Unread(path)]
    within = [inner for inner in named(value, ("file", *TEXTS)) if isinstance(inner, dict)]
    return described(path, within[0], depth + 1) if len(within) == 1 and depth < DEPTH else []


def _is_encoded(value: Mapping[str, Any]) -> bool:
    """Whether what stands there is no text but bytes, written in letters."""
    told = (plain(said) for said in named(value, ("encoding",)) if isinstance(said, str))
    return any(said not in _TEXT_ENCODINGS for said in told)


def _children(value: Mapping[str, Any]) -> dict[str, Any] | list[Any] | None:
    """What is in the folder that an object describes; a folder that only is called "files" describes none."""
    told = path_in(value) or _is_folder_entry(value)
    names = CHILDREN if told else ("directory",) if len(value) == 1 else ()
    if found := next((found for found in named(value, names) if isinstance(found, (dict, list))), None):
        return found
    entries = next(iter(named(value, ("contents", "content", "items", "nodes"))), None) if told else None
    are_entries = (
        entries and isinstance(entries, list) and all(isinstance(one, dict) and path_in(one) for one in entries)
    )
    return entries if are_entries else None


def is_tree(value: Mapping[str, Any]) -> bool:
    """Whether it is a folder that names what is in it."""
    children = isinstance(next(iter(named(value, ("children",))), None), (dict, list))
    return children or (_is_folder_entry(value) and _children(value) is not None)


def _project_within(value: Any) -> dict[str, Any] | list[Any] | None:
    """What is in the project where `value` is a tree of its folder: what that is called is no part of any path."""
    folder = value[0] if isinstance(value, list) and len(value) == 1 else value
    within = _children(folder) if isinstance(folder, dict) else None
    name = path_in(folder).strip("./") if within else "src"
    if within is None or names_a_file(name) or "/" in name or plain(name) in ROOT_FOLDERS:
        return None
    names = list(within) if isinstance(within, dict) else [path_in(one) for one in within if isinstance(one, dict)]
    tells = any(one in PROJECT_FILES or plain(one.strip("./")) in ROOT_FOLDERS for one in names)
    return within if tells or path_in(folder) in _TOP else None


def _told_from_the_top(entry: Mapping[str, Any], prefix: str) -> bool:
    """Whether an entry in the folder `prefix` has a name of its own, and its path is the one from the project's folder."""
    names = [name for name in named(entry, NAMES) if isinstance(name, str) and name]
    paths = [inside(path) for path in named(entry, ("path",)) if isinstance(path, str)]
    return bool(prefix and names and paths) and paths[0] == inside(prefix + names[0])


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


def is_folder(value: Mapping[str, Any]) -> bool:
    """Whether what is in it are files, by their names, at some depth."""
    return any(names_a_file(key) or (isinstance(inner, dict) and is_folder(inner)) for key, inner in value.items())


def _is_pair(value: Any) -> bool:
    return _are_texts(value, 2) and names_a_file(value[0]) and not names_a_file(value[1])


def is_unread(change: Change) -> bool:
    return isinstance(change, Unread)


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
        if path_in(value) or _described_edits(path, value) or not all(map(may_be_path, value)):
            yield from edit_changes(value, path)
            return
        for name, inner in value.items():
            yield from edits_changes(inner, name) if isinstance(inner, (dict, list)) else [Unread(name)]
    elif isinstance(value, str) and (edits := _in_blocks(path, value)):
        yield from edits
    elif not says_nothing(value):
        yield Unread(path or "edits")


def are_of_one_file(entry: Mapping[str, Any]) -> bool:
    """Whether it is an edit of which only the file is missing."""
    return bool(named(entry, FINDS)) and not path_in(entry) and not any(map(is_unread, _described_edits("a", entry)))


def edit_changes(entry: Any, path: str = "") -> Iterator[Change]:
    """What one entry of a list of edits means."""
    entry = called(entry)
    if _is_triple(entry):
        yield Replacement(inside(entry[0]), entry[1], entry[2])
    elif path and _are_texts(entry, 2):
        yield Replacement(inside(path), *entry)
    elif isinstance(entry, dict):
        file = next(iter(named(entry, ("file",))), None)
        path = path_in(entry) or (path_in(file) if isinstance(file, dict) else "") or path
        if not path and not any(entry.values()):
            return  # the schema's names with nothing in them
        if names_two_files(entry):
            yield Unread(path)
        elif deletes(entry) and path and not any(isinstance(find, str) for find in named(entry, FINDS)):
            yield Deletion(inside(path))
        elif creates(entry) and path and not any(named(entry, FINDS)):
            yield from described(path, entry, 0) or [Unread(path)]
        else:
            yield from _described_edits(path, entry) or _by_path(entry) or [Unread(path or "edits")]
    elif isinstance(entry, list) and all(isinstance(inner, dict) for inner in entry):
        yield from edits_changes(entry, path)
    elif isinstance(entry, str) and (edits := _in_blocks(path, entry)):
        yield from edits
    elif entry is not None:
        yield Unread(path or "edits")


def called(entry: Any) -> Any:
    """An entry without what is around it: a text that is JSON, a call of a tool by its name."""
    if isinstance(entry, str) and (inner := read_value(entry)) is not MISSING:
        entry = inner
    if not isinstance(entry, dict) or (path_in(entry) and names_a_file(path_in(entry))):
        return entry
    given = next(iter(named(entry, CALLS)), None)
    inner = read_value(given) if isinstance(given, str) else given
    if not isinstance(inner, dict):
        function = next(iter(named(entry, ("function",))), None)
        return called(function) if isinstance(function, dict) else entry
    tool = next((name for name in named(entry, ("name", "tool", "function")) if isinstance(name, str)), "")
    return {"action": tool, **inner} if path_in(inner) else entry


def _in_blocks(path: str, text: str) -> list[Change]:
    """The edits of a text in blocks of what is looked for and what comes instead, between lines of signs (Aider); none
    where it is none or a file is not named."""
    if "<<<<<<<" not in text:
        return []
    edits: list[Change] = []
    end = 0
    for block in _BLOCK.finditer(text):
        before = text[end : block.start()].replace("```", "").split()
        path = next((word.strip("`*:") for word in before if names_a_file(word.strip("`*:"))), path)
        find, replace = block["find"], block["replace"]
        if replace:
            find, replace = find.removesuffix("\n"), replace.removesuffix("\n")
        edits.append(Replacement(inside(path), find, replace) if path else Unread("edits"))
        end = block.end()
    return edits if edits and "<<<<<<<" not in text[end:] else []


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
        if isinstance(inner, str) and (changes := _in_blocks(path, inner)):
            return changes
        if isinstance(inner, (dict, list)) and inner:
            return list(edits_changes(inner, path or path_in(value)))
    return []


def _are_texts(value: Any, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(part, str) for part in value)


def _is_triple(value: Any) -> bool:
    return _are_texts(value, 3) and names_a_file(value[0])


def may_be_path(key: str) -> bool:
    return names_a_file(key) or "/" in key


# Deletes


def delete_changes(value: Any) -> Iterator[Change]:
    """What `value` means as the field "delete"."""
    if isinstance(value, str):
        inner = read_value(value)
        names = [name.strip(" \t-*•`\"'") for name in _DELETED_WORDS.split(value)]
        names = [name for name in names if name]
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
        elif all(map(may_be_path, value)):
            yield from (Deletion(inside(name)) for name, said in value.items() if said is not False)
        else:
            yield Unread("delete")
    elif not says_nothing(value):
        yield Unread("delete")


def says_otherwise(value: Mapping[str, Any], written: str, read: str) -> bool:
    """Whether an object whose text was `read` already says more of the file than that: another path, text or end."""
    path = path_in(value)
    return (
        bool(written and path and path != written)
        or names_two_files(value)
        or _is_encoded(value)
        or deletes(value)
        or any(text and text != read and isinstance(text, str) for text in named(value, (*TEXTS, *FINDS)))
    )
