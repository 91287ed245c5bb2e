"""Finds the Draft in an answer that is text: fenced JSON, JSON with talk around it, or talk alone."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Final

from builder.generation.file_tree_stream import FileTreeStream, MalformedTree
from builder.generation.reading.talk import without_thoughts
from builder.llm.conversation.errors import ModelError, onward
from builder.texts import t

_CANDIDATES: Final = 20
_TIMES: Final = 3
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

    Raises `TextAnswer` where there is none: the person then reads what the model said.
    """
    stream = FileTreeStream(talk=True)
    with contextlib.suppress(MalformedTree):
        stream.feed(text)
    if stream.span:
        return text[slice(*stream.span)]
    if found := _document_in(text):
        return found
    raise TextAnswer(without_thoughts(text).strip() or text)


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
