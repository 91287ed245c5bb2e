"""Puts an answer together from one or more attempts: the first, and each continuation after a break.

The same code reads live text and, after a crash, the raw files, so that offsets are the same both times.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
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
from builder.generation.reading.joining import Beginning, Join, Seam, Unproven, head_of, join_of
from builder.generation.reading.talk import begins_a_line
from builder.generation.reading.wrapped import is_patch, unwrapped

_MORE_FIELDS: Final = re.compile(r'[\s\]},]{0,200}(?="[a-zA-Z_]{4,20}"\s{0,100}:\s{0,100}[\[{"])')
_MAY_BE_EMPTY: Final = ("__init__.py", ".gitkeep", ".keep", "py.typed", ".nojekyll")
_MOST_OTHERS: Final = 50  # documents with words between them: each is looked for in all that follows


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
    """`whole`: it is not gone on with, it has to be written from its beginning."""

    path: str
    at: int
    parts: list[str] = field(default_factory=list)
    closed: bool = False
    whole: bool = False

    @property
    def text(self) -> str:
        return "".join(self.parts)


class Unfinished(TruncatedTree):
    """The document is complete, and what it should have brought is not: `missing` names files to be written whole."""

    def __init__(self, resume_at: int, partial: Draft, missing: tuple[str, ...]) -> None:
        super().__init__(resume_at, partial)
        self.missing = missing


class Assembly:
    """`begin()` an attempt, `feed()` its JSON, `finish()` for the Draft of all attempts together.

    A file that broke off is gone on with where the next attempt proves where (`join`), else it has to be written whole
    (`missing`). What an earlier attempt brought is there once: files that are complete stay as they are, edits and
    deletes that come again are left out. What each call adds is put into `steps`, which the caller empties with `take()`.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.files: dict[str, AssembledFile] = {}
        self.characters = 0
        self.attempts = 0
        self._fields = Draft()
        self._stream = FileTreeStream(talk=True)
        self._open: AssembledFile | None = None
        self._seam: Seam | Beginning | None = None
        self._passing = False
        self._join: Join | None = None
        self._broken: AssembledFile | None = None
        self._earlier: frozenset[str] = frozenset()
        self._edits: frozenset[Edit] = frozenset()
        self._doubtful: dict[str, None] = {}
        self._owed: dict[str, None] = {}
        self._opened_any = self._said = self._changed = self._owes = False
        self._least = 0
        self._before = self._kept()

    @property
    def open_file(self) -> AssembledFile | None:
        """The file whose text is arriving."""
        return self._open

    @property
    def empty(self) -> bool:
        return not (self.files or self._fields.edits or self._fields.delete or self._doubtful)

    @property
    def silent(self) -> bool:
        """Whether the attempt's document has ended, and neither changes anything nor means to."""
        return self.complete and self.empty and not self._stream.partial().unread

    @property
    def begun(self) -> bool:
        """Whether the attempt's document has begun."""
        return self._stream.begun

    @property
    def complete(self) -> bool:
        """Whether the attempt's document has ended."""
        return self._stream.complete

    @property
    def rest(self) -> str:
        """The words that come after the attempt's document."""
        return self._stream.rest

    @property
    def fields(self) -> Draft:
        """Title, summary, stack, run, edits and deletes so far."""
        return self._fields

    @property
    def join(self) -> Join | None:
        """How the next attempt goes on with the file that broke off last; None where nothing can be gone on with."""
        broken = self._broken_off()
        return None if broken is None or broken.whole else join_of(broken.path, broken.text)

    @property
    def missing(self) -> dict[str, str]:
        """What the next attempt has to write whole, since it began and cannot be joined: path → how it begins."""
        join = self.join
        begun = {path: head_of(file.text) for path, file in self.files.items() if not file.closed}
        return {
            path: head
            for path, head in {**begun, **dict.fromkeys(self._doubtful, "")}.items()
            if not join or path != join.path
        }

    @property
    def progress(self) -> tuple[object, ...]:
        """Differs as soon as anything more of the answer is known."""
        files = tuple((path, file.closed) for path, file in self.files.items())
        fields, join = self._fields, self.join
        asked = (join and join.path, *self._doubtful, *self._owed)
        return self.characters, files, asked, len(fields.edits), len(fields.delete)

    def begin(self) -> None:
        """A new attempt: its text is a whole JSON document of its own."""
        self.end_attempt()
        self._join, broken = self.join, self._broken_off()
        self._broken = broken if self._join else None
        for file in self.files.values():
            file.whole = not file.closed and file is not self._broken
        self.attempts += 1
        last, (within, path) = self._stream.partial(), self._stream.unfinished
        self._owes = self.attempts > 1 and (within or (self._owes and not self._changed))
        if path and not (path in self.files or path in last.unread):
            self._owed[path] = None
        self._fields.notes += last.notes
        self._fields.unread += last.unread
        self._stream = FileTreeStream(talk=True, onward=self.attempts > 1)
        self._open, self._seam, self._passing = None, None, False
        self._earlier = frozenset(path for path, file in self.files.items() if file.closed)
        self._edits = frozenset(self._fields.edits)
        self._opened_any = self._said = self._changed = False
        self._before = copy.deepcopy(self._kept())

    def _kept(
        self,
    ) -> tuple[dict[str, AssembledFile], AssembledFile | None, Join | None, Draft, dict[str, None], dict[str, None]]:
        return self.files, self._broken, self._join, self._fields, self._doubtful, self._owed

    def _forget_attempt(self) -> None:
        """What the attempt brought so far was only thought: as if it began here."""
        self.files, self._broken, self._join, self._fields, self._doubtful, self._owed = copy.deepcopy(self._before)
        self._fields.notes.append("A draft before the end of a thought is left out.")
        self._open, self._seam, self._passing = None, None, False
        self._opened_any = self._said = self._changed = False

    def refuse(self, edits: Collection[int], paths: Collection[str], locked: Collection[str] = ()) -> None:
        """Between two attempts: the edits with these numbers and all of these files are gone. What comes instead has to
        say something of each of them: whole where a file was, as an edit or whole where it was edited. Of `locked` files
        everything is gone, and nothing has to come instead."""
        for path in locked:
            self.files.pop(path, None)
        self._fields.delete = [path for path in self._fields.delete if path not in locked]
        self._owed = dict.fromkeys(edit.path for number, edit in enumerate(self._fields.edits) if number in edits)
        kept = [
            edit
            for number, edit in enumerate(self._fields.edits)
            if number not in edits and edit.path not in paths and edit.path not in locked
        ]
        self._fields.edits = kept
        for path in paths:
            if path in self.files:
                self.files[path] = AssembledFile(path, self.characters, whole=True)
            else:
                self._owed[path] = None

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
        """The Draft of all attempts. Raises `TruncatedTree` where the document broke off, `Unfinished` where it did not
        bring what an earlier one left open; the partial Draft is that of all attempts too."""
        self.end_attempt()
        draft = self.partial()
        if not self._stream.complete:
            raise TruncatedTree(self._stream.characters, draft)
        missing = (*(path for path, file in self.files.items() if not file.closed), *self._doubtful, *self._owed)
        if missing or (self.attempts > 1 and not self._said) or (self._owes and not self._changed):
            raise Unfinished(self._stream.characters, draft, missing)
        for path, text in draft.files.items():
            draft.files[path] = unwrapped(path, text)
            if is_patch(path, text):
                draft.unread.append(path)
            elif draft.files[path] != text:
                draft.notes.append(f"{path}: something stood around its text.")
        return draft

    def end_attempt(self) -> None:
        """What comes after the document and other words, in documents of their own: each counts where all of it can be
        read, and the last may break off."""
        stream = self._stream
        for _ in range(_MOST_OTHERS):
            if not (rest := stream.rest):
                return
            if more := _MORE_FIELDS.match(rest):
                rest = "{" + rest[more.end() :]  # a bracket too many, or the rest of the document that broke off
            stream = FileTreeStream(talk=True)
            try:
                events = stream.feed(rest)
            except MalformedTree:
                return
            draft = stream.partial()
            if stream.after_thoughts and stream.span:
                self._forget_attempt()
            elif draft.unread or stream.span is None or not begins_a_line(rest, stream.span[0]):
                continue
            self._take(
                [event for event in events if not (isinstance(event, EditClosed) and event.edit in self._fields.edits)]
            )
            self._stream = stream

    def partial(self) -> Draft:
        """What arrived so far, the open file included (`open_path`)."""
        fields = self._fields
        open_file = self._open or self._broken_off()
        last = self._stream.partial()
        return Draft(
            title=fields.title,
            summary=fields.summary,
            stack=list(fields.stack),
            files={path: file.text for path, file in self.files.items()},
            edits=list(fields.edits),
            delete=list(fields.delete),
            run=dict(fields.run),
            notes=[*fields.notes, *last.notes],
            unread=[*fields.unread, *last.unread],
            open_path=open_file.path if open_file else None,
        )

    def _broken_off(self) -> AssembledFile | None:
        """The file that the last attempt left open and that nothing came after."""
        if self._open is not None:
            return self._open
        left_alone = self._broken is not None and not self._opened_any and not self._stream.complete
        return self._broken if left_alone else None

    def _take(self, events: list[TreeEvent]) -> None:
        self._said = self._said or bool(events)
        self._changed = self._changed or any(
            not isinstance(event, FieldSet) or event.name == "delete" for event in events
        )
        for event in events:
            match event:
                case FileText(_, text):
                    self._text(text)
                case FileOpened(path):
                    self._opened(path)
                case FileClosed(_):
                    self._closed()
                case EditClosed(edit):
                    self._edited(edit)
                case FieldSet(name, value):
                    self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        if name == "delete":
            value = [path for path in dict.fromkeys(value) if path not in self._fields.delete]
            self._owed = {path: None for path in self._owed if path not in value}
            self._fields.delete += value
        elif value or not getattr(self._fields, name):
            setattr(self._fields, name, value)
        else:
            return
        if value or name != "delete":
            self.steps.append(Field(name, value))

    def _edited(self, edit: Edit) -> None:
        begun = self.files.get(edit.path)
        if edit in self._edits or edit.path in self._doubtful or (begun and not begun.closed):
            return  # known, or of a file that is still to come
        if any(edit.path == other.path and edit.find == other.find for other in self._edits):
            # Once more in other words, or one more change in the same place: nobody can tell.
            self._fields.edits = [other for other in self._fields.edits if other.path != edit.path]
            self._doubtful[edit.path] = None
            return
        self._owed.pop(edit.path, None)
        self._fields.edits.append(edit)
        self.steps.append(Edited(edit))

    def _opened(self, path: str) -> None:
        self._opened_any, self._least = True, 0
        begun = self.files.get(path)
        if begun and not begun.closed and not path.endswith(_MAY_BE_EMPTY):
            # Its rest is not nothing, and written anew it is not shorter than what there was of it.
            joins = self._join and path == self._join.path
            self._least = 1 + (len(self._join.kept) if self._join and joins else 9 * len(begun.text) // 10)
        if self._join and self._broken and path == self._join.path:
            self._open, self._seam = self._broken, Seam(self._join)
            self._join = None
        elif path in self._earlier:
            self._passing = True  # it is complete, and the model was told so
        elif begun and begun.whole and (head := head_of(begun.text)):
            self._open, self._seam = begun, Beginning(head)
        else:
            self._doubtful.pop(path, None)
            self._owed.pop(path, None)
            self._begin_file(path)

    def _begin_file(self, path: str) -> None:
        self.files.pop(path, None)
        self._fields.unread = [what for what in self._fields.unread if what != path]
        self._open = self.files[path] = AssembledFile(path, self.characters)
        self.steps.append(Opened(path, self.characters))

    def _text(self, text: str) -> None:
        if self._passing or self._open is None:
            return
        if self._seam is None:
            self._add(text)
            return
        try:
            joined = self._seam.feed(text)
        except Unproven:
            self._left_unproven()
            self._passing = True
            return
        if joined:
            self._seam = None
            if joined.kept != self._open.text:
                self._begin_file(self._open.path)  # without the line that was cut
                self._add(joined.kept)
            self._add(joined.rest)

    def _left_unproven(self) -> None:
        if self._open is not None:
            self._open.whole = True
        self._open = self._seam = self._broken = None

    def _closed(self) -> None:
        if self._passing:
            self._passing = False
        elif self._seam is not None or (self._open is not None and len(self._open.text) < self._least):
            self._left_unproven()
        elif self._open is not None:
            self._open.closed = True
            self.steps.append(Closed(self._open.path, self.characters))
            self._open = None

    def _add(self, text: str) -> None:
        if self._open is not None and text:
            self._open.parts.append(text)
            self.characters += len(text)
            self.steps.append(Text(text))
