"""Puts an answer together from one or more attempts: the first, and each continuation after a break.

The same code reads live text and, after a crash, the raw files, so that offsets are the same both times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from builder.generation.draft import Draft
from builder.generation.edits import Edit
from builder.generation.file_tree_stream import (
    EditClosed,
    FieldSet,
    FileClosed,
    FileOpened,
    FileText,
    FileTreeStream,
    MalformedTree,
    TreeEvent,
    TruncatedTree,
)

OVERLAP: Final = 400
"""Characters of a continued file that are held back to see whether the model repeats what was there already."""
_LEAST_OVERLAP: Final = 16


@dataclass(slots=True)
class Text:
    """The next decoded characters of the open file."""

    text: str


@dataclass(slots=True)
class Opened:
    """A file begins at `at` code points of the generation's text."""

    path: str
    at: int


@dataclass(slots=True)
class Closed:
    path: str
    end: int


@dataclass(slots=True)
class Field:
    name: str
    value: Any


@dataclass(slots=True)
class Edited:
    edit: Edit


Step = Text | Opened | Closed | Field | Edited


@dataclass(slots=True)
class AssembledFile:
    path: str
    at: int
    parts: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def text(self) -> str:
        return "".join(self.parts)


class Assembly:
    """`begin()` an attempt, `feed()` its JSON, `finish()` for the Draft of all attempts together.

    What each call adds is put into `steps`, which the caller empties with `take()`.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.files: dict[str, AssembledFile] = {}
        self.characters = 0
        self._fields = Draft()
        self._stream = FileTreeStream(talk=True)
        self._open: AssembledFile | None = None
        self._held: list[str] | None = None

    @property
    def open_file(self) -> AssembledFile | None:
        """The file whose end has not arrived."""
        return self._open

    @property
    def empty(self) -> bool:
        return not (self.files or self._fields.edits or self._fields.delete)

    @property
    def begun(self) -> bool:
        """Whether the attempt's document has begun."""
        return self._stream.begun

    @property
    def complete(self) -> bool:
        """Whether the attempt's document has ended."""
        return self._stream.complete

    @property
    def fields(self) -> Draft:
        """Title, summary, stack, run, edits and deletes so far."""
        return self._fields

    def begin(self) -> None:
        """A new attempt: its text is a whole JSON document of its own."""
        last = self._stream.partial()
        self._fields.notes += last.notes
        self._fields.unread += last.unread
        self._stream = FileTreeStream(talk=True)
        self._held = None

    def take(self) -> list[Step]:
        """What was added since the last call, in order."""
        steps, self.steps = self.steps, []
        return steps

    def feed(self, chunk: str) -> None:
        """Take in the next characters. Raises `MalformedTree`; what came before the fault is in `steps`."""
        try:
            events = self._stream.feed(chunk)
        except MalformedTree as fault:
            self._take(fault.events)
            if not self._stream.complete:
                raise
            return  # something after the end: the document itself is whole
        self._take(events)

    def finish(self) -> Draft:
        """The Draft of all attempts. Raises `TruncatedTree`, whose partial Draft is that of all attempts too."""
        self._release()
        if self._stream.complete:
            draft = self._stream.partial()
            self._close_open()  # a model that goes on with the next file has nothing to add to the open one
            return self._merged(draft)
        raise TruncatedTree(self._stream.characters, self._merged(self._stream.partial()))

    def partial(self) -> Draft:
        """What arrived so far, the open file included (`open_path`)."""
        self._release()
        return self._merged(self._stream.partial())

    def _merged(self, last: Draft) -> Draft:
        fields = self._fields
        return Draft(
            title=fields.title,
            summary=fields.summary,
            stack=list(fields.stack),
            files={path: file.text for path, file in self.files.items()},
            edits=list(fields.edits),
            delete=list(fields.delete),
            run=dict(fields.run),
            notes=[*fields.notes, *last.notes],
            unread=[what for what in (*fields.unread, *last.unread) if what not in self.files],
            open_path=self._open.path if self._open else None,
        )

    def _take(self, events: list[TreeEvent]) -> None:
        for event in events:
            match event:
                case FileText(_, text):
                    self._text(text)
                case FileOpened(path):
                    self._opened(path)
                case FileClosed(_):
                    self._release()
                    self._close_open()
                case EditClosed(edit):
                    self._fields.edits.append(edit)
                    self.steps.append(Edited(edit))
                case FieldSet(name, value):
                    if name == "delete":
                        value = [*self._fields.delete, *value]
                    if value or not getattr(self._fields, name):
                        setattr(self._fields, name, value)
                        self.steps.append(Field(name, value))

    def _opened(self, path: str) -> None:
        if self._open and self._open.path == path:
            self._held = []  # goes on with the file that was cut off, or begins it again: its first text tells
            return
        self._close_open()
        self.files.pop(path, None)
        self._open = self.files[path] = AssembledFile(path, self.characters)
        self.steps.append(Opened(path, self.characters))

    def _text(self, text: str) -> None:
        if self._held is None:
            self._add(text)
            return
        self._held.append(text)
        if sum(map(len, self._held)) >= OVERLAP:
            self._release()

    def _release(self) -> None:
        """Decides how the held-back start of a continued file joins what is there."""
        if self._held is None or self._open is None:
            return
        fresh, self._held = "".join(self._held), None
        before = self._open.text
        if begins_again(before, fresh):
            path = self._open.path
            self.files.pop(path)
            self._open = self.files[path] = AssembledFile(path, self.characters)
            self.steps.append(Opened(path, self.characters))
        else:
            fresh = fresh[overlap(before, fresh) :]
        self._add(fresh)

    def _add(self, text: str) -> None:
        if self._open is not None and text:
            self._open.parts.append(text)
            self.characters += len(text)
            self.steps.append(Text(text))

    def _close_open(self) -> None:
        if self._open is not None:
            self._open.closed = True
            self.steps.append(Closed(self._open.path, self.characters))
            self._open = None


def begins_again(before: str, fresh: str) -> bool:
    """Whether `fresh` is the start of the file rather than its continuation."""
    size = min(len(before), len(fresh), OVERLAP)
    return size >= min(_LEAST_OVERLAP, len(before)) > 0 and before[:size] == fresh[:size]


def overlap(before: str, fresh: str) -> int:
    """How many characters at the start of `fresh` repeat the end of `before`: 0, or at least 16."""
    for size in range(min(len(before), len(fresh), OVERLAP), _LEAST_OVERLAP - 1, -1):
        if before.endswith(fresh[:size]):
            return size
    return 0
