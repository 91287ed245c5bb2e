"""What may be sent as a prompt."""

from __future__ import annotations

from typing import Final

from builder.errors import BadInput
from builder.texts import t

MAX_PROMPT_BYTES: Final = 100_000
_TITLE_CHARACTERS: Final = 48
_CONTROLS: Final = frozenset(map(chr, range(32))) - {"\t", "\n", "\r"}


def checked_prompt(text: str) -> str:
    """The prompt without white space around it. Raises BadInput when it is empty, too long or not text."""
    clean = text.strip()
    if not clean:
        raise BadInput(t("prompt.empty"), code="prompt_empty")
    if any(character in _CONTROLS or character == "\ufffd" or "\ud800" <= character <= "\udfff" for character in clean):
        raise BadInput(t("prompt.binary"), code="prompt_binary")
    if len(clean.encode()) > MAX_PROMPT_BYTES:
        raise BadInput(t("prompt.long", kilobytes=MAX_PROMPT_BYTES // 1000), code="prompt_long")
    return clean


def first_title(prompt: str) -> str:
    """What a project is called until its generation names it: the prompt's first words."""
    line = " ".join(prompt.split())
    if len(line) > _TITLE_CHARACTERS:
        line = line[:_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
    return line[:1].upper() + line[1:]
