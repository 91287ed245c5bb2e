"""What a file is, by its content; its name decides only between a table and plain text."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from builder.projects.attachments.reading.results import AttachmentReading, Unreadable, of_text

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENCODINGS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(data: bytes, name: str) -> AttachmentReading:
    """What is in it. Raises Unreadable. The libraries for a kind are imported where they are needed: all take half a
    second."""
    from builder.projects.attachments.reading import pictures

    if not data.strip():
        raise Unreadable("empty")
    if pictures.looks_like_picture(data):
        return pictures.read_picture(data)
    if data.startswith(b"%PDF-"):
        from builder.projects.attachments.reading.pdf import read_pdf

        return read_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        raise Unreadable("zip")
    return _read_text(_decoded(data), name)


def _decoded(data: bytes) -> str:
    encoding = next((one for mark, one in _ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what spreadsheets in the West write
    if _CONTROL.search(text):
        raise Unreadable("binary")
    return text


def _read_text(text: str, name: str) -> AttachmentReading:
    from builder.projects.attachments.reading import tables

    if text.lstrip()[:1] in ("{", "["):
        value = _json(text)
        if value is not None:
            return _read_json(text, value)
    if text.lstrip()[:1] == "<":
        from builder.projects.attachments.reading import pages

        if pages.looks_like_page(text):
            return pages.read_page(text)
    if separator := tables.separator_of(text, name):
        return tables.read_table(text, separator)
    return of_text("text", text)


def _json(text: str) -> Any:
    """None where it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_json(text: str, value: Any) -> AttachmentReading:
    from builder.projects.attachments.reading import designs, json_data

    roots = designs.documents_of(value)
    return designs.read_design(roots) if roots else json_data.read_json(text, value)
