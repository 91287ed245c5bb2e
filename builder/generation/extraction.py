"""Finds the Draft in an answer that is text: fenced JSON, JSON with talk around it, files and patches by themselves, or talk
alone."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from builder.generation.draft import Draft, Edit
from builder.generation.file_tree_stream import FileTreeStream, MalformedTree
from builder.generation.reading.talk import begins_a_line, without_thoughts
from builder.generation.reading.written_out import written_out
from builder.llm.conversation.errors import ModelError, onward
from builder.texts import t

_CANDIDATES: Final = 20
_TIMES: Final = 3
_MOST_OTHERS: Final = 50  # documents with words between them: each is looked for in all that follows
_PIECE: Final = 4_096
_BEGINS: Final = re.compile(r"""(?:\[\s{0,200}(?=\{))?\{\s{0,200}["']""")


class TextAnswer(ModelError):
    """The model talked instead of writing an app. The person sees what it said."""

    code = "text_answer"

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        super().__init__(detail=self.text[:2_000])

    def _sentence(self, provider: str, model: str, going_on: dict[str, str]) -> str:  # noqa: ARG002  # of the chat
        if self.text:
            return t("generation.text_answer", text=self.text[:4_000])
        return t("generation.text_answer_empty", **onward(False))


def json_in(text: str) -> str:
    """The Draft's JSON in `text`; where it breaks off, as far as it goes. What was only thought counts where no other is.
    Files and patches that stand there without any JSON are put into some.

    Raises `TextAnswer` where there is none: the person then reads what the model said.
    """
    found, rest = "", text
    for _ in range(_MOST_OTHERS):
        stream = _read(rest)
        if stream.span and (not found or stream.after_thoughts):
            found = rest[slice(*stream.span)]  # what came before the end of a thought was thought
        rest = stream.rest
        if not rest:
            break
    if found or (found := _document_in(text)):
        return found
    said = without_thoughts(text).strip() or text
    if found := written_out(said):
        return found
    raise TextAnswer(said)


def changes_beside(words: str, call: Draft) -> str:
    """What Drafts among `words` change of which `call`, the one that came as it should, says nothing, as a Draft's JSON;
    "" for nothing. They stand in lines of their own and not in thoughts; one that can be read in part only is left out."""
    files: dict[str, str] = {}
    edits, deleted = dict[Edit, None](), dict[str, None]()
    rest = without_thoughts(words) if "{" in words else ""
    for _ in range(_MOST_OTHERS):
        stream = _read(rest)
        if stream.span and stream.complete and begins_a_line(rest, stream.span[0]):
            found = stream.partial()
            if not found.unread:
                files |= found.files
                edits |= dict.fromkeys(found.edits)
                deleted |= dict.fromkeys(found.delete)
        rest = stream.rest
        if not rest:
            break
    told = {*call.files, *call.delete}
    known = {(edit.path, edit.find) for edit in call.edits}
    edited = {path for path, _ in known}
    more = {
        "files": {path: text for path, text in files.items() if path not in told | edited},
        "edits": [asdict(edit) for edit in edits if edit.path not in told and (edit.path, edit.find) not in known],
        "delete": [path for path in deleted if path not in told | edited],
    }
    return json.dumps(more, ensure_ascii=False) if any(more.values()) else ""


def _read(text: str) -> FileTreeStream:
    stream = FileTreeStream(talk=True)
    with contextlib.suppress(MalformedTree):
        stream.feed(text)
    return stream


def _document_in(text: str) -> str:
    """Wherever it begins, in thoughts too. All tries together read the text a few times at most."""
    truncated, left = "", _TIMES * len(text)
    for start in _starts(text):
        stream = FileTreeStream()
        with contextlib.suppress(MalformedTree):
            for at in range(start, min(len(text), start + left), _PIECE):
                stream.feed(text[at : at + _PIECE])
        left -= stream.characters
        if stream.span and stream.complete:
            return text[start:][slice(*stream.span)]
        if stream.span and not truncated and stream.span[1] == len(text) - start:
            truncated = text[start:]
    return truncated


def _starts(text: str) -> Iterator[int]:
    """Where a document may begin: at most some twenty places, each an object with a name in it or a list of such."""
    tried = itertools.islice(_BEGINS.finditer(text), _CANDIDATES)
    return (found.start() for found in tried)
