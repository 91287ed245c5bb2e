"""What a model or a tool says to people and to the log, beside the files that it writes: cleaned, and counted."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, Final

from builder.base.settings import ROOT
from builder.safety.sanitising.sanitiser import Sanitiser
from builder.safety.verdicts import Category

_PROMPTS: Final = ("system", "servers")


@cache
def _system() -> str:
    folder = ROOT / "templates" / "prompts"
    return "\n".join((folder / f"{name}.jinja").read_text(encoding="utf-8") for name in _PROMPTS)


class CleanTalk:
    """`counts`: what was taken out so far, by category; `characters`: of all that was said."""

    def __init__(self) -> None:
        self.counts: Counter[Category] = Counter()
        self.characters = 0
        self._seen: set[str] = set()

    def clean(self, text: str) -> str:
        """`text` as it may be shown; one that was said before is not counted again."""
        sanitiser = self.stream()
        cleaned = sanitiser.feed(text) + sanitiser.end()
        if text not in self._seen:
            self._seen.add(text)
            self.heard(sanitiser, len(text))
        return cleaned

    def stream(self) -> Sanitiser:
        """For text that comes in pieces; `heard` counts it at its end."""
        return Sanitiser(_system())

    def heard(self, stream: Sanitiser, characters: int) -> None:
        self.counts.update(stream.counts)
        self.characters += characters


def shown(text: str) -> str:
    """`text` as it may be shown, where nobody counts."""
    return CleanTalk().clean(text)


def cleaned(value: Any) -> Any:
    """A JSON value with every text as it may be shown."""
    match value:
        case str():
            return shown(value) if value else value
        case list():
            return [cleaned(one) for one in value]
        case dict():
            return {key: cleaned(one) for key, one in value.items()}
    return value
