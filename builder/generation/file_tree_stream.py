"""Reads a Draft's JSON as it arrives: each character of a file is handed on as soon as it is decided.

A push parser: `feed` takes any piece of the document, `close` gives the Draft. What is lenient about it stands in
`builder.generation.reading`: the scanner forgives one bad character, the document another shape.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from builder.generation.document import (
    Document,
    EditClosed,
    FieldSet,
    FileClosed,
    FileOpened,
    FileText,
    TreeEvent,
)
from builder.generation.draft import Draft
from builder.generation.reading.scanner import (
    COLON,
    COMMA,
    IS_STREAMED,
    NOTHING,
    VALUE,
    JsonFault,
    JsonScanner,
    after_space,
    match_body,
    scan_string,
)
from builder.generation.reading.talk import Talk

__all__ = [
    "EditClosed",
    "FieldSet",
    "FileClosed",
    "FileOpened",
    "FileText",
    "FileTreeStream",
    "MalformedTree",
    "TreeEvent",
    "TruncatedTree",
]

_MOST_FAILED: Final = 50
"""Places in an answer's words that begin like a document and are none."""


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


class FileTreeStream(JsonScanner):
    """`feed` any split of a Draft's JSON; the events are the same up to how `FileText` is cut.

    A document may follow another: together they are the Draft. With `talk` the answer is text in which the document is
    to be found: after words, in a fence, past what was thought aloud. With `onward` it goes on with an earlier answer, and
    a part of the rest of that one's text is no document.

    `characters` counts those fed, `bytes_scanned` the looks at them: never more than two each, what is read again inside
    a text (JSON in JSON) aside.
    """

    def __init__(self, *, talk: bool = False, onward: bool = False) -> None:
        self._document = Document()
        super().__init__(self._document)
        self._talk = Talk(onward=onward) if talk else None
        self._in_file = False
        self._append = self._parts.append
        self._path = ""
        self._changes_before = 0
        self._changed: tuple[int, int] | None = None
        self._held_back = ""
        self._begins = False
        self._over = False
        self._rest: list[str] = []
        self._failed = 0
        self._error: MalformedTree | None = None

    @property
    def bytes_scanned(self) -> int:
        """Looks at characters: each is searched once and, where escapes need decoding, decoded once."""
        return self.characters + self._looked_again

    @property
    def begun(self) -> bool:
        """Whether a document has begun."""
        return self._ended or self._in_root

    @property
    def span(self) -> tuple[int, int] | None:
        """From which character to which the documents go that change something, so far; None where none does."""
        if self._in_root and self._document.changes > self._changes_before:
            return (self._changed or (self._root_at, 0))[0], self.characters
        return self._changed

    @property
    def unfinished(self) -> tuple[bool, str]:
        """Whether it breaks off within a change, and the path of that where it is told."""
        if self.complete:
            return False, ""
        waits = self._reading == NOTHING
        return self._document.unfinished(
            between=waits and self._next == COMMA, named=waits and self._next in (COLON, VALUE)
        )

    @property
    def rest(self) -> str:
        """The words that come after the document, where there may be another."""
        return "".join(self._rest)

    @property
    def after_thoughts(self) -> bool:
        """Whether the words before the document end a thought that had not begun: what came before them was thought."""
        return self._talk is not None and self._talk.after_thoughts

    @property
    def open_path(self) -> str | None:
        """The file whose text is arriving, if one is."""
        return self._document.open_path or None

    def feed(self, chunk: str) -> list[TreeEvent]:
        """The events that `chunk` decides, in order. Raises `MalformedTree`, from then on at every call."""
        # The common case first: inside a file's text, and the whole piece belongs to it.
        if self._in_file:
            size = len(chunk)
            if chunk.isascii() and "\\" not in chunk and '"' not in chunk:
                self.characters += size
                self._append(chunk)
                return [FileText(self._path, chunk)] if size else []
            match = match_body(chunk)
            if match.end() == size > 0:  # type: ignore[union-attr]  # every part of it may be empty: it always matches
                self.characters += size
                if match.lastindex:  # type: ignore[union-attr]
                    self._looked_again += size
                    chunk = scan_string(chunk + '"', 0, False)[0]
                self._append(chunk)
                return [FileText(self._path, chunk)]
        return self._feed(chunk)

    def close(self) -> Draft:
        """The whole Draft. Raises `TruncatedTree` where the document has not ended, `MalformedTree` where it is none."""
        if self._error:
            raise self._error
        if not self.complete:
            raise TruncatedTree(self.characters - len(self._escape), self.partial())
        return self._draft()

    def partial(self) -> Draft:
        """What arrived so far, the open file included as far as it came."""
        draft = self._draft()
        if (path := self.open_path) is not None:
            draft.files.pop(path, None)
            draft.files[path] = "".join(self._parts)
            draft.open_path = path
        return draft

    def _draft(self) -> Draft:
        draft = self._document.draft
        return replace(
            draft,
            stack=list(draft.stack),
            files=self._document.files,
            edits=list(draft.edits),
            delete=list(draft.delete),
            run=dict(draft.run),
            notes=list(draft.notes),
            unread=list(draft.unread),
        )

    def _feed(self, chunk: str) -> list[TreeEvent]:
        if self._error:
            raise self._error
        document = self._document
        self._in_file = False
        if not self._unproven:
            document.events = []
        rest = chunk
        while rest:
            try:
                self.read(rest)
                rest, self._held_back = self._held_back, ""
                self.characters -= len(rest)
            except JsonFault as fault:
                rest = self._after(fault, rest)
        if self._unproven:
            return document.take_decided()
        self._in_file = self._reading == IS_STREAMED and not self._escape and self._quote == '"'
        self._append = self._parts.append
        self._path = document.open_path
        return document.events

    @property
    def _unproven(self) -> bool:
        """Whether what is being read may still turn out to be no document but words around one, or behind one."""
        doubtful = self._ended or (self._talk is not None and not self._talk.certain)
        return doubtful and self._in_root and self._document.changes == self._changes_before

    def _after(self, fault: JsonFault, chunk: str) -> str:
        """What of `chunk` is left to read after something that was no document. Raises `MalformedTree` where it was one."""
        document, unproven = self._document, self._unproven
        if unproven:
            document.forget()
            self._start_over()
        if self._talk is None or not unproven or (self._talk.certain and not document.changes):
            self._error = MalformedTree(fault.offset, fault.message, document.events)
            raise self._error
        self._failed += 1
        self._over = bool(document.changes) or self._failed > _MOST_FAILED
        self._talk.goes_on()
        # From the character at which it was seen, wherever the piece was cut.
        rest = chunk[self._at - self._base :]
        self.characters -= len(rest)
        return rest

    def _root_begins(self, character: str, position: int) -> None:
        self._document.remember()
        self._changes_before = self._document.changes
        super()._root_begins(character, position)

    def _root_ended(self, end: int) -> None:
        if self._document.changes > self._changes_before:
            self._changed = (self._changed or (self._root_at, 0))[0], end

    def _between(self, chunk: str, position: int) -> int:
        if self._talk is None:
            return super()._between(chunk, position)
        if self._over:
            self._rest.append(chunk[position:])
            return len(chunk)
        if self._ended and self._document.changes:
            # Another document may go on with it; anything else is talk.
            position = after_space(chunk, position)
            self._over = position < len(chunk) and chunk[position] not in "{,"
            if self._over:
                return self._between(chunk, position)
            return position if position == len(chunk) else super()._between(chunk, position)
        if self._begins:
            self._begins = False
        else:
            found = self._talk.feed(chunk[position:])
            if len(found) > len(chunk) - position:
                self._held_back, self._begins = found, True  # it begins in an earlier piece: read from there
            if not found or self._begins:
                return len(chunk)
            position = len(chunk) - len(found)
        self._root_begins(chunk[position], position)
        return position + 1
