"""Completion of what is typed: what a model is asked, and what of its answer is a suggestion."""

from __future__ import annotations

from typing import Final

from builder.generation.assist.unfenced import unfenced
from builder.generation.prompts.frames import mark_for
from builder.generation.prompts.request import template
from builder.safety.sanitising.secrets import without_secrets

MOST_PREFIX: Final = 8_000
MOST_SUFFIX: Final = 4_000
"""Characters before and behind the cursor."""
NOTHING: Final = "<nothing/>"
"""What a model says that is not sure."""


def completion_words(prefix: str, suffix: str, language: str, path: str) -> str:
    before, behind = without_secrets(path, prefix), without_secrets(path, suffix)
    mark = mark_for((before, behind, language, path))
    return template("assist/completed").render(prefix=before, suffix=behind, language=language, path=path, mark=mark)


def suggestion(answer: str, prefix: str, suffix: str) -> str:
    """What is put at the cursor; "" for nothing. A model likes to say the line's beginning again, or its end."""
    if NOTHING in answer:
        return ""
    text = unfenced(answer)
    begun = prefix.rpartition("\n")[2]
    if begun.strip() and text.startswith(begun):
        text = text[len(begun) :]
    elif begun.strip() and text.startswith(begun.lstrip()):
        text = text[len(begun.lstrip()) :]
    rest = suffix.partition("\n")[0]
    if rest.strip() and text.rstrip().endswith(rest.rstrip()):
        text = text.rstrip()[: -len(rest.rstrip())]
    elif suffix.strip() and (said := text.strip()) and suffix.lstrip().startswith(said):
        return ""  # it is there already
    return text.rstrip() if text.strip() else ""
