"""Finds the Draft in an answer that is text: fenced JSON, JSON with talk around it, or talk alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from builder.generation.file_tree_stream import FileTreeStream, MalformedTree
from builder.llm.conversation.errors import ModelError, onward
from builder.texts import t

_CANDIDATES: Final = 20


class TextAnswer(ModelError):
    """The model talked instead of writing an app. The person sees what it said."""

    code = "text_answer"

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        super().__init__(detail=self.text[:2_000])

    def _sentence(self, provider: str, model: str, kept: bool) -> str:  # noqa: ARG002  # the same for all
        if self.text:
            return t("generation.text_answer", text=self.text[:4_000])
        return t("generation.text_answer_empty", **onward(False))


def json_in(text: str) -> str:
    """The Draft's JSON in `text`; where it breaks off, as far as it goes.

    Raises `TextAnswer` where there is none: the person then reads what the model said.
    """
    truncated = ""
    for start in _starts(text):
        stream = FileTreeStream()
        end = len(text)
        try:
            stream.feed(text[start:])
        except MalformedTree as fault:
            end = start + fault.offset
        if stream.complete and not stream.partial().empty:
            return text[start:end]
        if not truncated and end == len(text) and not stream.partial().empty:
            truncated = text[start:]
    if truncated:
        return truncated
    raise TextAnswer(text)


def _starts(text: str) -> Iterator[int]:
    """Where a JSON object may begin: at most some twenty places, each at the start of an object with a name in it."""
    start, tried = text.find("{"), 0
    while start >= 0 and tried < _CANDIDATES:
        if text[start + 1 : start + 200].lstrip().startswith('"'):
            tried += 1
            yield start
        start = text.find("{", start + 1)
