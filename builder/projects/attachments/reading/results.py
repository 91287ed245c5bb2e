"""What the reader of an attached file finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

MOST_CHARACTERS: Final = 40_000
"""The most text of one file that is kept for a model: about 12,000 tokens."""

AttachmentKind = Literal["picture", "pdf", "page", "design", "table", "json", "text"]
NoteCode = Literal["cut", "pages", "no_file", "secret", "still"]


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """What a person should know: only a part of the text is kept (`cut`), not all pages were read (`pages`), the file is
    too large for a project (`no_file`) or holds a private key (`secret`), only the first picture of several is used (`still`)."""

    code: NoteCode
    values: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttachmentReading:
    """`text`: what a model reads, at most `MOST_CHARACTERS` of `whole` characters. `picture`: a PNG or JPEG without
    metadata. `file`: what the app gets as a file, with its `ending`."""

    kind: AttachmentKind
    text: str = ""
    whole: int = 0
    notes: tuple[ReadingNote, ...] = ()
    picture: bytes = b""
    file: bytes = b""
    ending: str = ""


def of_text(
    kind: AttachmentKind, text: str, notes: tuple[ReadingNote, ...] = (), *, file: bytes = b"", ending: str = ""
) -> AttachmentReading:
    """A reading of `text`, cut to what is kept."""
    kept = text[:MOST_CHARACTERS]
    if len(kept) < len(text):
        notes = (ReadingNote("cut", {"kept": len(kept), "whole": len(text)}), *notes)
    return AttachmentReading(kind, kept, len(text), notes, file=file, ending=ending)


class Unreadable(Exception):
    """The file is refused; `code` says why: `binary` (not of a kind that is read), `zip`, `picture` (damaged),
    `picture_large` (too many pixels), `pdf`, `pdf_locked`, `pdf_empty`, `empty`, `too_heavy`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail
