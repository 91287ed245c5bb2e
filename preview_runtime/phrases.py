"""Messages for a person, without the words: those belong to the code that knows the person's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, Union

LANGUAGE_COOKIE: Final = "sayso_language"
"""Holds the language that a person chose, on the builder's host and, once they entered, on a preview's."""

Value: TypeAlias = Union[str, int, "Phrase", "tuple[Phrase, ...]"]
"""Numbers are formatted as in the language; several phrases are joined by semicolons."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, or a part of one: `key` names its text in the catalogue, `values` fill it. Text that a tool or a
    person wrote is a value and stays as it is."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """For the log."""
        return " ".join([self.key, *(f"{name}={value!s}" for name, value in self.values.items())])


def verbatim(text: str) -> Phrase:
    """Text without a key: words of a tool, or text that is in the person's language already."""
    return Phrase("phrase.verbatim", {"text": text})


Say: TypeAlias = Callable[[str | Phrase], None]
"""Called with progress as it happens: a line of a tool's output, or a phrase of ours."""

Speak: TypeAlias = Callable[[Phrase], str]
"""Turns a phrase into words in the language of the present request."""
