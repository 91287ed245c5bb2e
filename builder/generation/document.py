"""Turns what a scanner reads of an answer into a Draft, event by event.

The shape that was asked for (and the nearest others: files in folders, as objects, as a list) is handed on while it
arrives; whatever comes in another shape is read when it is complete (`builder.generation.reading.changes`). What cannot
be read is named in `Draft.unread`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from builder.generation.draft import Draft, Edit
from builder.generation.reading.changes import (
    Change,
    Deletion,
    Replacement,
    Unread,
    WholeFile,
    are_of_one_file,
    delete_changes,
    edit_changes,
    edits_changes,
    entry_changes,
    file_changes,
    files_changes,
    path_in,
    says_otherwise,
)
from builder.generation.reading.documents import documents_in, is_root_folder, loose_changes, loose_field, own_changes
from builder.generation.reading.paths import holds_json, inside, names_a_file
from builder.generation.reading.scanner import WrongRoot
from builder.generation.reading.values import read_value
from builder.generation.reading.vocabulary import DESCRIBING, FIELDS, NAMES, PATHS, TEXTS, WRAPPERS, named, plain


@dataclass(slots=True)
class FieldSet:
    """A field other than files and edits is complete; of `delete`, the paths that it adds."""

    name: str
    value: Any


@dataclass(slots=True)
class FileOpened:
    path: str


@dataclass(slots=True)
class FileText:
    """The next characters of the file, decoded."""

    path: str
    text: str


@dataclass(slots=True)
class FileClosed:
    path: str


@dataclass(slots=True)
class EditClosed:
    edit: Edit


TreeEvent = FieldSet | FileOpened | FileText | FileClosed | EditClosed

_DESCRIBES: Final = frozenset((*PATHS, *NAMES, *TEXTS, *DESCRIBING))
_EDIT: Final = ("path", "find", "replace")
_MOST_NOTES: Final = 100
_INSIDE: Final = "The document stands inside something else."


class _Is(enum.Enum):
    """What an open object or array is for."""

    DOCUMENTS = enum.auto()
    DOCUMENT = enum.auto()
    FILES = enum.auto()
    FOLDER = enum.auto()  # in files: a folder, or a file in another shape
    FILE_LIST = enum.auto()
    FILE = enum.auto()  # an object that describes one file
    EDITS = enum.auto()
    VALUE = enum.auto()


@dataclass(slots=True)
class _Level:
    """An open object or array, and the key whose value comes next.

    `value` holds what is to be read when it is complete; `path` is where its files lie, or the one file it describes.
    """

    value: Any
    role: _Is
    key: str = ""
    path: str = ""
    changes_before: int = 0
    fields: int = 0
    written: str = ""
    has_files: bool = False


class Document:
    """One answer's Draft while it is read. Satisfies `Reader`; `events` are those since they were last taken."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.events: list[TreeEvent] = []
        self.open_path = ""
        self.changes = 0
        self._files: dict[str, list[str]] = {}
        self._levels: list[_Level] = []
        self._before = Draft()
        self._events_before = 0

    @property
    def files(self) -> dict[str, str]:
        """The text of each complete file."""
        return {path: "".join(parts) for path, parts in self._files.items()}

    def note(self, remark: str) -> None:
        notes = self.draft.notes
        where = f"{self.open_path}: {remark}" if self.open_path else remark
        if where not in notes and len(notes) < _MOST_NOTES:
            notes.append(where)

    def unfinished(self, *, between: bool, named: bool) -> tuple[bool, str]:
        """Where the answer breaks off here: whether that is within a change, and the path of the one that it is if it is
        told. `between`: a value has just ended; `named`: its name has."""
        levels = self._levels
        if named and levels and levels[-1].role is _Is.DOCUMENT and FIELDS.get(plain(levels[-1].key)):
            return True, ""
        within = any(
            above.role is _Is.DOCUMENT and FIELDS.get(plain(above.key)) in ("files", "edits", "delete")
            for above, _ in pairwise(levels)
        )
        if not within:
            return False, ""
        last = levels[-1]
        entry = last.role in (_Is.FILE, _Is.FOLDER) or (last.role is _Is.VALUE and levels[-2].role is not _Is.DOCUMENT)
        path = path_in(last.value) if entry and isinstance(last.value, dict) else ""
        if last.role is _Is.FILE and last.written and between:
            return False, ""  # its text is there
        return entry or not between, inside(path) if names_a_file(path) else ""

    def remember(self) -> None:
        """A document begins."""
        self._before = replace(self.draft, notes=list(self.draft.notes))
        self._events_before = len(self.events)

    def take_decided(self) -> list[TreeEvent]:
        """The events of before the document that began last."""
        decided, self.events = self.events[: self._events_before], self.events[self._events_before :]
        self._events_before = 0
        return decided

    def forget(self) -> None:
        """What began last was no document. Only before it changed anything."""
        self._levels, self.draft = [], self._before
        del self.events[self._events_before :]

    # What the scanner tells

    def begin(self, bracket: str) -> None:
        fresh: Any = {} if bracket == "{" else []
        level = self._level(fresh, self._levels[-1] if self._levels else None)
        level.changes_before = self.changes
        self._levels.append(level)

    def end(self) -> None:
        level = self._levels.pop()
        match level.role:
            case _Is.DOCUMENT:
                self._document_ended(level)
            case _Is.DOCUMENTS:
                if not level.fields:
                    raise WrongRoot
            case _Is.FILE:
                self._file_ended(level)
            case _Is.FILES if level.fields == 1:
                self._in_files(change for value in level.value.values() for change in files_changes(value))
            case _Is.FILES:
                self._in_files(change for key, value in level.value.items() for change in file_changes(key, value))
            case _Is.FILE_LIST:
                self._apply(files_changes(level.value))
            case _Is.EDITS if level.value and isinstance(level.value[0], dict):
                self._levels[-1].value[self._levels[-1].key] = level.value  # perhaps the document says of which file
            case _Is.EDITS if level.value:
                self.note(_shape_of("edits"))
                self._apply(edits_changes(level.value))
            case _Is.VALUE | _Is.FOLDER:
                self.value(level.value)

    def key(self, name: str) -> None:
        self._levels[-1].key = name

    def text_begins(self) -> bool:
        path = self._streamed_path(self._levels[-1])
        if path:
            self.changes += 1
            self.open_path = inside(path)
            if self.open_path != path:
                self.note(f"it was written as {path!r}.")
            self.events.append(FileOpened(self.open_path))
        return bool(path)

    def piece(self, text: str) -> None:
        self.events.append(FileText(self.open_path, text))

    def text_ends(self, parts: list[str]) -> None:
        path, self.open_path = self.open_path, ""
        self._keep(path, parts)
        self.events.append(FileClosed(path))

    def value(self, value: Any) -> None:
        if not self._levels:
            self._root_text(value)
            return
        level = self._levels[-1]
        match level.role:
            case _Is.DOCUMENT:
                self._field(level, level.key, value)
            case _Is.DOCUMENTS:
                raise WrongRoot
            case _Is.FILES:
                self._member(level, level.key, value)
            case _Is.FILE_LIST if isinstance(value, (dict, list)):
                self._in_files(entry_changes(value))
            case _Is.EDITS if isinstance(value, dict) and value and are_of_one_file(value):
                level.value.append(value)
            case _Is.EDITS if isinstance(value, (dict, list)):
                changes = list(edit_changes(value))
                if not isinstance(value, dict) or changes != [Replacement(*map(str, map(value.get, _EDIT)))]:
                    self.note(_shape_of("an edit"))
                self._apply(changes)
            case _ if isinstance(level.value, dict):
                level.value[level.key] = value
            case _:
                level.value.append(value)

    # What an object or array is for

    def _level(self, fresh: Any, above: _Level | None) -> _Level:
        is_object = isinstance(fresh, dict)
        if above is None:
            if not is_object:
                self.note(_INSIDE)
            return _Level(fresh, _Is.DOCUMENT if is_object else _Is.DOCUMENTS)
        key = above.key
        match above.role:
            case _Is.DOCUMENTS:
                if not is_object:
                    raise WrongRoot
                above.fields += 1
                return _Level(fresh, _Is.DOCUMENT)
            case _Is.DOCUMENT:
                return _Level(fresh, self._role(above, FIELDS.get(plain(key)), is_object=is_object))
            case _Is.FILE_LIST if is_object:
                return _Level(fresh, _Is.FILE)
            case _Is.FILES if FIELDS.get(plain(key)) == "files" and not above.fields:
                pass
            case _Is.FILES if is_object and names_a_file(key) and not holds_json(key):
                return _Level(fresh, _Is.FILE, path=above.path + key)
            case _Is.FILES | _Is.FOLDER if is_object and not names_a_file(key) and not holds_json(key):
                return _Level(fresh, _Is.FOLDER, path=f"{above.path}{key.rstrip('/')}/")
        return _Level(fresh, _Is.VALUE)

    def _role(self, above: _Level, field: str | None, *, is_object: bool) -> _Is:
        if field == "files":
            above.fields += 1
            above.has_files = True
            if not is_object:
                self.note("The files were given as a list.")
            return _Is.FILES if is_object else _Is.FILE_LIST
        if field == "edits" and not is_object:
            above.fields += 1
            return _Is.EDITS
        wraps = field is None and is_object and not above.fields and plain(above.key) in WRAPPERS
        if wraps:
            self.note(_INSIDE)
        return _Is.DOCUMENT if wraps else _Is.VALUE

    def _streamed_path(self, level: _Level) -> str:
        """The file whose text begins, "" where it is not known yet that a file's text it is."""
        key = level.key
        match level.role:
            case _Is.FILES if level.fields == 0 and plain(key) in _DESCRIBES:
                level.role = _Is.FOLDER  # perhaps the files are one file: {"path": …, "content": …}
            case _Is.FILES:
                level.fields += 1
                return "" if key.endswith("/") else level.path + key
            case _Is.FOLDER if names_a_file(key):
                self._unfold()
                return level.path + key
            case _Is.FOLDER | _Is.FILE if plain(key) in TEXTS and not (
                any(self._files.get(level.written, ())) or named(level.value, ("encoding",))
            ):
                path = level.path if level.role is _Is.FILE else ""
                if not level.path and named(level.value, PATHS):
                    path = path_in(level.value)
                if path and (level.role is _Is.FILE or names_a_file(path)):
                    level.role, level.written = _Is.FILE, path
                    self.note(_shape_of(path))
                    return path
            case _Is.DOCUMENT if plain(key) not in FIELDS and names_a_file(key):
                level.fields += 1
                self.note(f"{key} was given beside the files.")
                return key
        return ""

    def _unfold(self) -> None:
        """A text with a file's name: the open folders are folders."""
        self.note("The files were given in folders.")
        for level in self._levels:
            if level.role is _Is.FOLDER:
                level.role, level.fields = _Is.FILES, 1
                values, level.value = level.value, {}
                for name, value in values.items():
                    self._in_files(file_changes(level.path + name, value))

    # Values

    def _member(self, level: _Level, key: str, value: Any) -> None:
        """A value in an object of files that is no text in place."""
        level.fields += 1
        field = FIELDS.get(plain(key))
        if field == "files" and level.fields == 1 and isinstance(value, (dict, list)) and not level.path:
            level.value[key] = value  # a folder, or the files themselves where nothing stands beside it
            return
        if field in ("edits", "delete") and isinstance(value, (dict, list)) and not level.path:
            self._field(level, key, value)  # the model forgot to end the files
            return
        self._in_files(file_changes(level.path + key, value))

    def _in_files(self, changes: Iterable[Change]) -> None:
        """What stands among the files and is perhaps no whole file."""
        changes = list(changes)
        for change in changes:
            if isinstance(change, Replacement | Deletion):
                self.note(f"{change.path} was changed among the files.")
        self._apply(changes)

    def _file_ended(self, level: _Level) -> None:
        if not level.written and level.path and self._levels[-1].role is _Is.FILES:
            self._in_files(file_changes(level.path, level.value))
        elif not level.written:
            self._in_files(entry_changes(level.value))
        elif says_otherwise(
            level.value, "" if level.path else level.written, "".join(self._files.get(inside(level.written), ()))
        ):
            self._apply([Unread(level.written)])

    def _field(self, level: _Level, name: str, value: Any) -> None:
        field = FIELDS.get(plain(name))
        if field is None:
            if names_a_file(name):
                self._apply(file_changes(name, value))
            else:
                level.value[name] = value
            return
        level.fields += 1
        match field:
            case "files":
                level.has_files = True
                self._in_files(files_changes(value))
            case "edits" if isinstance(value, list) and value and all(map(_lacks_its_file, value)):
                level.value[name] = value  # perhaps the document says of which file
            case "edits":
                if value:
                    self.note(_shape_of("edits"))
                self._apply(edits_changes(value))
            case "delete":
                if value and not (isinstance(value, list) and all(isinstance(path, str) for path in value)):
                    self.note(_shape_of("delete"))
                self._apply(delete_changes(value))
            case _:
                self._set(plain(name), value)

    def _set(self, name: str, value: Any) -> None:
        if name == "stack":
            words = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else None
            value = words and [word.strip() for word in words if isinstance(word, str) and word.strip()]
        elif name == "run" and isinstance(value, str):
            value = {"start": value} if value.strip() else None
        if isinstance(value, {"stack": list, "run": dict}.get(name, str)):
            value = value or getattr(self.draft, name)  # a second document may leave it empty
            setattr(self.draft, name, value)
            self.events.append(FieldSet(name, value))
        elif value is not None and not isinstance(value, (dict, list)):
            self.note(f"The field {name} was not understood and left out.")

    def _document_ended(self, level: _Level) -> None:
        """What stands beside the fields: some counts where it can be read, the rest where the fields changed nothing."""
        own = own_changes(level.value)
        if own and (self.changes == level.changes_before or all(isinstance(change, Replacement) for change in own)):
            self.note("The document is one file or edit itself.")
            self._apply(own)
        for name, value in level.value.items():
            if changes := loose_field(name, value):
                self.note(_shape_of(name))
                self._apply(changes)
            elif FIELDS.get(plain(name)) == "edits" and not own:
                self._apply(edits_changes(value))
            elif not level.has_files and is_root_folder(name, value):
                self._apply(file_changes(name, value))
        others = {name: value for name, value in level.value.items() if FIELDS.get(plain(name)) is None}
        if self.changes > level.changes_before or not others:
            return
        if found := documents_in(others):
            self.note(_INSIDE)
            for value in found:
                self._whole(value)
        else:
            self._apply(loose_changes(others))
            if self.changes > level.changes_before:
                self.note("What the fields should hold was given beside them.")

    def _root_text(self, text: str) -> None:
        """All of the answer is a text: JSON that was written as a string."""
        value = read_value(text)
        documents = value if isinstance(value, list) else [value]
        if not documents or not all(isinstance(document, dict) for document in documents):
            raise WrongRoot
        self.note("The document is a text that holds JSON.")
        for document in documents:
            self._whole(document)

    def _whole(self, value: dict[str, Any]) -> None:
        """A document that is there at once."""
        level = _Level({}, _Is.DOCUMENT, changes_before=self.changes)
        for name, inner in value.items():
            self._field(level, name, inner)
        self._document_ended(level)

    def _apply(self, changes: Iterable[Change]) -> None:
        gone: list[str] = []
        for change in changes:
            match change:
                case WholeFile(path, text):
                    self.note(_shape_of(path))
                    self._keep(path, [text])
                    self.events += [FileOpened(path), *([FileText(path, text)] if text else []), FileClosed(path)]
                case Replacement(path, find, replace_):
                    edit = Edit(path, find, replace_)
                    self.draft.edits.append(edit)
                    self.events.append(EditClosed(edit))
                case Deletion(path):
                    gone.append(path)
                case Unread(what):
                    self.note(f"{what} was given in a shape that could not be read.")
                    self.draft.unread.append(what[:400])
            self.changes += 1
        if gone:
            self.draft.delete += gone
            self.events.append(FieldSet("delete", gone))

    def _keep(self, path: str, parts: list[str]) -> None:
        if self._files.pop(path, None) is not None:
            self.note(f"{path} was written twice; the last one counts.")
        self._files[path] = parts


def _lacks_its_file(edit: Any) -> bool:
    return isinstance(edit, dict) and are_of_one_file(edit)


def _shape_of(what: str) -> str:
    return f"{what} was given in another shape than the one asked for."
