"""Facts about OpenAI's models: which of them can write apps, their names, and what a request to them may contain.

Sources, read 2026-11-21: developers.openai.com/api/docs/models and the SDK's `ChatModel`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from builder.llm.conversation.model import Profile
from builder.llm.conversation.provider import MENU_SIZE

DEFAULT_OPENAI: Final = "gpt-6.1-sol"
"""The newest Sol that the pinned SDK's `ChatModel` type names; a test compares the two."""
CHEAP_OPENAI: Final = "gpt-6-luna"
"""A twentieth of the default model's price."""
MAX_OUTPUT: Final = 128_000
"""The most output tokens of models from GPT-5 on; older models allow fewer and say so."""
OLDEST: Final = 5
"""Generation from which a whole app fits into one answer."""
WITHOUT_TOOLS: Final = 6
"""Generation from which chat completions take no tools; Responses do."""

_DATED: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_NAME: Final = re.compile(r"gpt-(\d+(?:\.\d+)*)((?:-[a-z]+)*)")
_OTHER_PURPOSE: Final = frozenset({
    "audio", "chat", "codex", "cyber", "deep", "image", "instruct", "latest", "live", "oss", "preview", "pro",
    "realtime", "research", "rosalind", "search", "transcribe", "translate", "tts",
})  # fmt: skip
"""Words in the names of models that do not produce text, use another endpoint, or are not open to everybody."""

_BLIND: Final = re.compile(
    r"gpt-(oss|3)|o[13]-mini|deepseek-(chat|reasoner|v3|r1|coder)|codestral|codellama|qwen[\d.]*-coder|llama-?3\.[13]"
)
"""Models of OpenAI and of compatible servers that see no pictures, as their cards say."""


def openai_profile(name: str) -> Profile:
    """The facts about one model of OpenAI or of a compatible server, when it is called by chat completions."""
    rank = openai_rank(name)
    known = rank >= (OLDEST,)
    cheap = CHEAP_OPENAI if known and _DATED.sub("", name) != CHEAP_OPENAI else ""
    images = not _BLIND.search(name.rpartition("/")[2].lower())
    return Profile(
        MAX_OUTPUT, tools=rank < (WITHOUT_TOOLS,), thinking="effort" if known else None, images=images,
        checked="2026-11-21" if known else "", cheap=cheap,
    )  # fmt: skip


def openai_label(name: str) -> str:
    """ "gpt-6.1-sol" → "GPT-6.1 Sol"; a name of another form stays as it is."""
    found = _NAME.fullmatch(_DATED.sub("", name))
    if not found:
        return name
    return " ".join([f"GPT-{found[1]}", *(word.capitalize() for word in found[2].split("-") if word)])


def openai_rank(name: str) -> tuple[int, ...]:
    """The version in a name as numbers, to find the newest of a line; () for a name of another form."""
    found = _NAME.fullmatch(_DATED.sub("", name))
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def openai_menu(names: Iterable[str]) -> list[str]:
    """The models of `names` (newest first) that can write apps: the default, then the newest versions, at most
    `MENU_SIZE`.

    A dated name is left out when the same model is listed without the date.
    """
    offered = [*names]
    writers = [
        name
        for name in offered
        if _writes_apps(name) and (_DATED.sub("", name) == name or _DATED.sub("", name) not in offered)
    ]
    return sorted(writers, key=_order)[:MENU_SIZE]


def _writes_apps(name: str) -> bool:
    found = _NAME.fullmatch(_DATED.sub("", name))
    return found is not None and openai_rank(name) >= (OLDEST,) and _OTHER_PURPOSE.isdisjoint(found[2].split("-"))


def _order(name: str) -> tuple[bool, list[int]]:
    version = openai_rank(name)
    return name != DEFAULT_OPENAI, [-part for part in (*version, 0)[:2]]
