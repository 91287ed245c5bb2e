"""Facts about Gemini models: which of them can write apps, their names, and what a request to them may contain.

Sources, read 2026-11-24: ai.google.dev/gemini-api/docs/openai (the newest Flash), copies of Google's model and pricing
pages (docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking, vercel.com/ai-gateway/models, the model cost map of
LiteLLM) for the levels of thinking and the 65,536 output tokens.

A function call's arguments arrive whole: `streamFunctionCallArguments` is "not supported in Gemini API" (google-genai
3.6.1, `FunctionCallingConfig`). So no profile has `eager_tools`, and a Draft is asked for as JSON text, which streams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from builder.llm.conversation.model import Profile
from builder.llm.conversation.provider import MENU_SIZE

DEFAULT_GEMINI: Final = "gemini-3.8-flash"
CHEAP_GEMINI: Final = "gemini-3.5-flash-lite"
OLDEST: Final = (2, 5)
"""Version from which a whole app fits into one answer."""

_UNKNOWN: Final = Profile(65_536, forced_tool=True, thinking="high", no_thinking="low", cheap=CHEAP_GEMINI)
_ANY: Final = replace(_UNKNOWN, checked="2026-11-24")
_MINIMAL: Final = replace(_ANY, no_thinking="minimal")
_BUDGET: Final = replace(_ANY, thinking="dynamic", no_thinking="none")
_GEMINI: Final[dict[str, Profile]] = {
    "gemini-3.8-flash": _ANY,
    "gemini-3.7-flash": _ANY,
    "gemini-3.1-pro-preview": _ANY,
    "gemini-3.6-flash": _MINIMAL,
    "gemini-3.5-flash": _MINIMAL,
    CHEAP_GEMINI: replace(_MINIMAL, cheap=""),
    "gemini-3.1-flash-lite": replace(_MINIMAL, cheap=""),
    "gemini-3-flash-preview": _MINIMAL,
    "gemini-2.5-pro": replace(_BUDGET, no_thinking="least"),
    "gemini-2.5-flash": _BUDGET,
    "gemini-2.5-flash-lite": replace(_BUDGET, cheap=""),
}
_NAME: Final = re.compile(r"gemini-(\d+(?:\.\d+)*)-((?:pro|flash|flash-lite)(?:-preview)?)")


def gemini_profile(name: str) -> Profile:
    """The facts about one Gemini model; a model that is not in the table gets what the newest take."""
    return _GEMINI.get(name, _UNKNOWN)


def gemini_label(name: str) -> str:
    """ "gemini-3.8-flash" → "Gemini 3.8 Flash"; a name of another form stays as it is."""
    found = _NAME.fullmatch(name)
    return " ".join(["Gemini", found[1], *(word.capitalize() for word in found[2].split("-"))]) if found else name


def gemini_rank(name: str) -> tuple[int, ...]:
    """The version in a name as numbers; () for a name of another form."""
    found = _NAME.fullmatch(name)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def gemini_menu(names: Sequence[str]) -> list[str]:
    """The models of `names` that can write apps: the default, then the newest versions, at most `MENU_SIZE`."""
    writers = [name for name in names if gemini_rank(name) >= OLDEST]
    order = sorted(writers, key=lambda name: (name != DEFAULT_GEMINI, [-part for part in gemini_rank(name)], name))
    return order[:MENU_SIZE]
