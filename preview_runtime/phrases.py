"""What a person is to be told, without the words: those belong to whoever knows the person's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

Value: TypeAlias = Union[str, int, "Phrase", "tuple[Phrase, ...]"]
"""Numbers are said as the language writes them; several phrases one after the other, with semicolons between."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, or a part of one: `key` names its text in the catalogue, `values` fill it. What a tool or a person
    wrote is a value and stays as it is."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """For the log."""
        return " ".join([self.key, *(f"{name}={value!s}" for name, value in self.values.items())])


def verbatim(text: str) -> Phrase:
    """Text that has no key: words of a tool, or such as somebody else has put into the person's language."""
    return Phrase("phrase.verbatim", {"text": text})


Say: TypeAlias = Callable[[str | Phrase], None]
"""Is given what goes on as it happens: a line that a tool wrote, or a phrase of ours."""

Speak: TypeAlias = Callable[[Phrase], str]
"""Puts a phrase into the words of whoever asks at this moment."""
