"""Reads a Draft's JSON as it arrives: each character of a file is handed on as soon as it is decided.

A push parser: `feed` takes any piece of the document, `close` gives the Draft. The text of files, nearly all of an
answer, is found by one regular expression and decoded by CPython's JSON scanner; everything else (keys, brackets,
edits) is small and goes through a plain state machine. An escape that a piece cuts in two is held back until it is
whole, so no half character is ever shown.

More lenient than RFC 8259 in one point: a raw control character inside a string is taken as it is, because a model
that forgets to escape a line break can only have meant a line break.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from json import decoder
from typing import Any, Final

from builder.generation.draft import Draft, Edit


@dataclass(slots=True)
class FieldSet:
    """A field other than files, edits and delete is complete."""

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


class TruncatedTree(ValueError):
    """The text ended inside the document.

    `resume_at`: characters fed that were decided; the next character goes there.
    `partial`: what arrived, the open file (`partial.open_path`) included as far as it came.
    """

    def __init__(self, resume_at: int, partial: Draft) -> None:
        super().__init__(f"The answer ends after {resume_at:,} characters, before it is complete.")
        self.resume_at = resume_at
        self.partial = partial


class MalformedTree(ValueError):
    """The text cannot be a Draft. `offset` counts characters fed; `message` says what is wrong there.

    `events` are those that the same piece had decided before the fault.
    """

    def __init__(self, offset: int, message: str, events: list[TreeEvent] | None = None) -> None:
        super().__init__(f"{message} (character {offset:,})")
        self.offset = offset
        self.message = message
        self.events = events or []


# The longest run of a string's content that is decided: plain characters, whole escapes, whole surrogate pairs.
# One pass: nothing follows that could make it go back. Group 1 has matched where there was an escape. Its repetition is
# not possessive, as Python before 3.11.5 then loses its place (gh-101955).
_BODY: Final = re.compile(
    r'[^"\\\ud800-\udfff]*+'
    r'(?:(\\)(?:["\\/bfnrt]|u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?![dD][89a-fA-F])[0-9a-fA-F]{4}))'
    r'[^"\\\ud800-\udfff]*+)*'
)
_match: Final = _BODY.match
# scanstring(text, start, strict) -> (decoded, end): written in C, public in json.decoder but absent from typeshed.
_scan: Final[Callable[[str, int, bool], tuple[str, int]]] = decoder.scanstring  # type: ignore[attr-defined]
_RAW_HIGH: Final = frozenset(map(chr, range(0xD800, 0xDC00)))
_RAW_LOW: Final = frozenset(map(chr, range(0xDC00, 0xE000)))
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_WORD: Final = re.compile(r"[-+.0-9A-Za-z]*+")
_WORD_CHARACTERS: Final = frozenset("-+.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_MAX_DEPTH: Final = 64
_TEXT_FIELDS: Final = ("title", "summary")
_LIST_FIELDS: Final = ("stack", "delete")
_KNOWN: Final = frozenset({*_TEXT_FIELDS, *_LIST_FIELDS, "run", "files", "edits"})

# What the next structural character may be.
_VALUE, _KEY, _FIRST_KEY, _COLON, _COMMA, _FIRST_VALUE, _DONE, _ROOT = range(8)
# What the string or word that is being read is for.
_NOTHING, _IS_KEY, _IS_VALUE, _IS_FILE, _IS_WORD = range(5)

_UNEXPECTED: Final = {
    _VALUE: "A value is missing",
    _FIRST_VALUE: "A value is missing",
    _KEY: "A name in double quotes is missing",
    _FIRST_KEY: "A name in double quotes is missing",
    _COLON: "A colon is missing",
    _COMMA: "A comma or a closing bracket is missing",
    _DONE: "There is text after the end",
    _ROOT: "This is not a JSON object",
}


@dataclass(slots=True)
class _Level:
    """An open object or array, the key whose value comes next, and the key it hangs on itself."""

    value: dict[str, Any] | list[Any]
    key: str = ""
    is_files: bool = False


class FileTreeStream:
    """`feed` any split of a Draft's JSON; the events are the same up to how `FileText` is cut.

    `characters` counts those fed, `bytes_scanned` the looks at them: never more than two each.
    """

    def __init__(self) -> None:
        self.characters = 0
        self._looked_again = 0
        self._in_file = False
        self._base = 0
        self._levels: list[_Level] = []
        self._next = _ROOT
        self._reading = _NOTHING
        self._parts: list[str] = []
        self._append = self._parts.append
        self._escape = ""
        self._path = ""
        self._files: dict[str, list[str]] = {}
        self._draft = Draft()
        self._error: MalformedTree | None = None
        self._events: list[TreeEvent] = []

    @property
    def bytes_scanned(self) -> int:
        """Looks at characters: each is searched once and, where escapes need decoding, decoded once."""
        return self.characters + self._looked_again

    @property
    def complete(self) -> bool:
        """Whether the document has ended."""
        return self._next == _DONE

    @property
    def open_path(self) -> str | None:
        """The file whose text is arriving, if one is."""
        return self._path if self._reading == _IS_FILE else None

    def feed(self, chunk: str) -> list[TreeEvent]:
        """The events that `chunk` decides, in order. Raises `MalformedTree`, from then on at every call."""
        # The common case first: inside a file's text, and the whole piece belongs to it.
        if self._in_file:
            match = _match(chunk)
            size = len(chunk)
            if match.end() == size > 0:  # type: ignore[union-attr]  # every part of _BODY may be empty: it always matches
                self.characters += size
                if match.lastindex:  # type: ignore[union-attr]
                    self._looked_again += size
                    chunk = _scan(chunk + '"', 0, False)[0]
                self._append(chunk)
                return [FileText(self._path, chunk)]
        return self._feed(chunk)

    def close(self) -> Draft:
        """The whole Draft. Raises `TruncatedTree` where the document has not ended, `MalformedTree` where it is none."""
        if self._error:
            raise self._error
        if self._next != _DONE:
            raise TruncatedTree(self.characters - len(self._escape), self.partial())
        return self._with_files(self._draft)

    def partial(self) -> Draft:
        """What arrived so far, the open file included as far as it came."""
        draft = self._with_files(self._draft)
        if (path := self.open_path) is not None:
            draft.files.pop(path, None)
            draft.files[path] = "".join(self._parts)
            draft.open_path = path
        return draft

    def _with_files(self, draft: Draft) -> Draft:
        return Draft(
            title=draft.title,
            summary=draft.summary,
            stack=list(draft.stack),
            files={path: "".join(parts) for path, parts in self._files.items()},
            edits=list(draft.edits),
            delete=list(draft.delete),
            run=dict(draft.run),
            notes=list(draft.notes),
        )

    def _feed(self, chunk: str) -> list[TreeEvent]:
        if self._error:
            raise self._error
        events: list[TreeEvent] = []
        self._events = events
        self._base = self.characters
        self.characters += len(chunk)
        position, size = 0, len(chunk)
        if self._escape and chunk:
            position = self._read_escape(chunk, 0)
        while position < size:
            if self._reading == _NOTHING:
                position = self._read_structure(chunk, position)
            elif self._reading == _IS_WORD:
                position = self._read_word(chunk, position)
            else:
                position = self._read_string(chunk, position)
        self._in_file = self._reading == _IS_FILE and not self._escape
        self._append = self._parts.append
        return events

    def _fail(self, position: int, message: str) -> MalformedTree:
        self._in_file = False
        self._error = MalformedTree(self._base + position, message, self._events)
        return self._error

    # Strings

    def _read_string(self, chunk: str, position: int) -> int:
        match = _match(chunk, position)
        end = match.end()  # type: ignore[union-attr]  # it always matches, see feed
        if end > position:
            text = chunk[position:end]
            if match.lastindex:  # type: ignore[union-attr]
                self._looked_again += end - position
                text = _scan(text + '"', 0, False)[0]
            self._take(text)
        if end == len(chunk):
            return end
        if chunk[end] != '"':
            return self._read_escape(chunk, end)
        self._string_ended()
        return end + 1

    def _read_escape(self, chunk: str, position: int) -> int:
        """Goes on with an escape (or a pair of raw surrogates) one character at a time: at most twelve."""
        escape = self._escape
        while position < len(chunk):
            character = chunk[position]
            if not _may_follow(escape, character):
                start = position - len(escape)
                if _is_high(escape) or character in _RAW_LOW or _is_low_escape(escape + character):
                    raise self._fail(start, "Half a surrogate pair")
                raise self._fail(start, "An escape that JSON does not have")
            escape += character
            position += 1
            if _is_whole(escape):
                self._looked_again += len(escape)
                self._escape = ""
                self._take(_decode(escape))
                return position
        self._escape = escape
        return position

    def _take(self, text: str) -> None:
        self._parts.append(text)
        if self._reading == _IS_FILE:
            self._events.append(FileText(self._path, text))

    def _string_ended(self) -> None:
        reading, parts = self._reading, self._parts
        self._reading, self._parts = _NOTHING, []
        if reading == _IS_FILE:
            self._keep_file(self._path, parts)
            self._events.append(FileClosed(self._path))
            self._next = _COMMA
        elif reading == _IS_KEY:
            self._levels[-1].key = "".join(parts)
            self._next = _COLON
        else:
            self._deliver("".join(parts))

    # Structure

    def _read_structure(self, chunk: str, position: int) -> int:
        after = _SPACE.match(chunk, position).end()  # type: ignore[union-attr]  # may be empty: it always matches
        if after == len(chunk):
            return after
        position, character, expected = after, chunk[after], self._next
        if expected == _COMMA and character == ",":
            self._next = _KEY if isinstance(self._levels[-1].value, dict) else _VALUE
        elif expected == _COLON and character == ":":
            self._next = _VALUE
        elif expected in (_KEY, _FIRST_KEY) and character == '"':
            self._reading = _IS_KEY
        elif (expected in (_COMMA, _FIRST_KEY) and character == "}" and isinstance(self._levels[-1].value, dict)) or (
            expected in (_COMMA, _FIRST_VALUE) and character == "]" and isinstance(self._levels[-1].value, list)
        ):
            self._deliver(self._levels.pop().value)
        elif expected in (_VALUE, _FIRST_VALUE):
            return self._read_value(character, position)
        elif expected == _ROOT and character == "{":
            self._levels.append(_Level({}))
            self._next = _FIRST_KEY
        elif not (expected == _ROOT and character == "\ufeff"):
            raise self._fail(position, _UNEXPECTED[expected])
        return position + 1

    def _read_value(self, character: str, position: int) -> int:
        level = self._levels[-1]
        if character == '"':
            self._reading = _IS_VALUE
            if level.is_files:
                self._reading, self._path = _IS_FILE, level.key
                self._events.append(FileOpened(level.key))
        elif character in "{[":
            if len(self._levels) >= _MAX_DEPTH:
                raise self._fail(position, "Nested too deeply")
            is_files = len(self._levels) == 1 and level.key == "files" and character == "{"
            self._levels.append(_Level({} if character == "{" else [], is_files=is_files))
            self._next = _FIRST_KEY if character == "{" else _FIRST_VALUE
        elif character in _WORD_CHARACTERS:
            self._reading = _IS_WORD
            return position
        else:
            raise self._fail(position, _UNEXPECTED[_VALUE])
        return position + 1

    def _read_word(self, chunk: str, position: int) -> int:
        end = _WORD.match(chunk, position).end()  # type: ignore[union-attr]  # may be empty: it always matches
        self._looked_again += end - position
        self._parts.append(chunk[position:end])
        if end < len(chunk):
            word = "".join(self._parts)
            self._reading, self._parts = _NOTHING, []
            if word not in _WORDS and (len(word) > 100 or not _NUMBER.fullmatch(word)):
                raise self._fail(end - len(word), "Neither text, a number, true, false nor null")
            self._deliver(_WORDS[word] if word in _WORDS else _number(word))
        return end

    # Values

    def _deliver(self, value: Any) -> None:
        """Puts a complete value where it belongs."""
        self._next = _COMMA if self._levels else _DONE
        if not self._levels:
            return
        level = self._levels[-1]
        if len(self._levels) == 1:
            self._field(level.key, value)
        elif level.is_files:
            self._odd_file(level.key, value)
        elif isinstance(level.value, dict):
            level.value[level.key] = value
        elif len(self._levels) == 2 and self._levels[0].key == "edits":
            self._edit(value)
        else:
            level.value.append(value)

    def _field(self, name: str, value: Any) -> None:
        draft = self._draft
        if name in _TEXT_FIELDS and isinstance(value, str):
            setattr(draft, name, value)
        elif name in _LIST_FIELDS and isinstance(value, list):
            value = [entry for entry in value if isinstance(entry, str)]
            setattr(draft, name, value)
        elif name == "run" and isinstance(value, dict):
            draft.run = value
        else:
            if name in _KNOWN and value is not None and not isinstance(value, (dict, list)):
                draft.notes.append(f"The field {name} was not understood and left out.")
            return
        self._events.append(FieldSet(name, value))

    def _edit(self, value: Any) -> None:
        fields = value if isinstance(value, dict) else {}
        path, find, replace = (fields.get(key) for key in ("path", "find", "replace"))
        edit = Edit(*(part if isinstance(part, str) else "" for part in (path, find, replace)))
        self._draft.edits.append(edit)
        self._events.append(EditClosed(edit))

    def _odd_file(self, path: str, value: Any) -> None:
        """A file given as JSON instead of as text: package.json, mostly."""
        if not isinstance(value, (dict, list)):
            self._draft.notes.append(f"{path} had no text and was left out.")
            return
        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        self._draft.notes.append(f"{path} was given as JSON instead of text.")
        self._keep_file(path, [text])
        self._events += [FileOpened(path), FileText(path, text), FileClosed(path)]

    def _keep_file(self, path: str, parts: list[str]) -> None:
        if self._files.pop(path, None) is not None:
            self._draft.notes.append(f"{path} was written twice; the last one counts.")
        self._files[path] = parts


def _number(word: str) -> int | float:
    return int(word) if len(word) < 16 and word.lstrip("-").isdigit() else float(word)


def _is_high(escape: str) -> bool:
    return escape in _RAW_HIGH or (len(escape) >= 6 and escape[2] in "dD" and escape[3] in "89abAB")


def _is_low_escape(escape: str) -> bool:
    return len(escape) == 6 and escape[2] in "dD" and escape[3] in "cdefCDEF"


def _may_follow(escape: str, character: str) -> bool:
    """Whether an escape that begins with `escape` can go on with `character`."""
    place = len(escape)
    if place == 0:
        return character == "\\" or character in _RAW_HIGH
    if escape in _RAW_HIGH:
        return character in _RAW_LOW
    if place == 1:
        return character in '"\\/bfnrtu'
    if place in (6, 7):
        return character == "\\u"[place - 6]
    if place == 8:
        return character in "dD"
    if place == 9:
        return character in "cdefCDEF"
    return character in _HEX and not (place == 5 and _is_low_escape(escape + character))


def _is_whole(escape: str) -> bool:
    if escape[0] != "\\":
        return len(escape) == 2
    if len(escape) == 6:
        return not _is_high(escape)
    return len(escape) == 12 or (len(escape) == 2 and escape[1] != "u")


def _decode(escape: str) -> str:
    if escape[0] != "\\":
        return escape.encode("utf-16", "surrogatepass").decode("utf-16")
    return _scan(escape + '"', 0, False)[0]
