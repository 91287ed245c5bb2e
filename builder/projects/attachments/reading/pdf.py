"""The text of a PDF. Nothing in it is run or fetched."""

from __future__ import annotations

import io
import logging
from typing import Final

from pypdf import PdfReader

from builder.projects.attachments.reading.results import (
    MOST_CHARACTERS,
    AttachmentReading,
    ReadingNote,
    Unreadable,
    of_text,
)

MOST_PAGES: Final = 300


def read_pdf(data: bytes) -> AttachmentReading:
    """Its pages in order, until there is as much text as is kept. Raises Unreadable."""
    logging.disable()  # pypdf tells of each oddity
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("pdf_locked")
        pages, texts, length, read = len(reader.pages), [], 0, 0
        for page in reader.pages:
            if read == MOST_PAGES or length > MOST_CHARACTERS:
                break
            read += 1
            text = page.extract_text().strip()
            if text:
                texts.append(f"[page {read}]\n{text}")
                length += len(text)
    except Unreadable:
        raise
    except MemoryError:
        raise
    except Exception as error:  # a damaged PDF makes its reader raise anything
        raise Unreadable("pdf", repr(error)) from error
    if not texts:
        raise Unreadable("pdf_empty", f"{read} pages")
    notes = (ReadingNote("pages", {"read": read, "pages": pages}),) if read < pages else ()
    return of_text("pdf", f"{pages} pages\n\n" + "\n\n".join(texts), notes)
