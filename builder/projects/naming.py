"""What a project is called before anyone named it."""

from __future__ import annotations

from typing import Final

_CHARACTERS: Final = 48


def first_title(prompt: str) -> str:
    """The first words of the prompt, until its generation gives a title."""
    line = " ".join(prompt.split())
    if len(line) > _CHARACTERS:
        line = line[:_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
    return line[:1].upper() + line[1:]
