"""Prompts that are no prompts: too long, not text, full of what nobody sees."""

from __future__ import annotations

import re
from typing import Final

from builder.base.errors import BadInput
from builder.texts import t

MAX_PROMPT_BYTES: Final = 100_000
LONGEST_WORD: Final = 2_000
"""Characters of one word, with nothing that a person would put between words."""
MOST_UNSEEN: Final = 40
"""Invisible characters that a text may have: emoji and some scripts need a few."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
_FLAG: Final = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f")
_SMUGGLED: Final = re.compile("[\U000e0000-\U000e007f\U000e0100-\U000e01ef]")
_TAGS: Final = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f|[\U000e0000-\U000e007f]+")
_UNSEEN: Final = re.compile("[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u3164\ufeff\uffa0]")
_RUN: Final = re.compile(r"[\w+/=%-]+")
_SAME: Final = re.compile(r"([^\w\s])\1*+")


def flood(text: str) -> str:
    """The rule that `text` breaks, "" for none."""
    if _CONTROL.search(text):
        return "flood.control"
    if len(text.encode()) > MAX_PROMPT_BYTES:
        return "flood.long"
    if not text.isascii():
        unseen = sum(1 for _ in _UNSEEN.finditer(text))
        smuggled = sum(1 for _ in _SMUGGLED.finditer(_FLAG.sub("", text)))
        if smuggled or unseen > MOST_UNSEEN:
            return "flood.unseen"
    if any(len(word) > LONGEST_WORD for word in text.split()) and (
        any(len(run[0]) > LONGEST_WORD for run in _RUN.finditer(text))
        or any(len(run[0]) > LONGEST_WORD for run in _SAME.finditer(text))
    ):
        return "flood.word"
    return ""


def without_smuggled(text: str) -> str:
    """`text` without invisible letters that models read (Unicode's tags); flags keep theirs."""
    return _TAGS.sub(lambda run: run[0] if _FLAG.fullmatch(run[0]) else "", text) if not text.isascii() else text


def clean_prompt(prompt: str) -> str:
    """The prompt as it is kept. Raises `BadInput` where it is empty or a flood."""
    rule = flood(prompt)
    if rule == "flood.control":
        raise BadInput(t("generation.prompt_binary"), code="prompt_binary")
    text = prompt.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise BadInput(t("generation.prompt_empty"), code="prompt_empty")
    if rule == "flood.long":
        limit = f"{MAX_PROMPT_BYTES // 1000} kB"
        raise BadInput(t("generation.prompt_long", limit=limit), code="prompt_long", detail=f"{len(text)} characters")
    if rule:
        raise BadInput(t("safety.flood"), code="flood", detail=rule)
    return text
