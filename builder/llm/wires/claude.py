"""Facts about Claude models: what a request to them may contain, and how they are named and chosen.

Sources, read 2026-11-21: forced tool use and thinking from "What's new in Claude Sonnet 5.5" and "… Opus 5.5" at
platform.claude.com and the SDK's `ThinkingConfigParam`. A model that is not in the table gets requests that every model
accepts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from builder.llm.conversation.model import Profile

DEFAULT_CLAUDE: Final = "claude-sonnet-5-5"
"""The newest Sonnet that the pinned SDK's `Model` type names; a test compares the two."""

CHEAP_CLAUDE: Final = "claude-haiku-5-5"
"""A twentieth of the default model's price."""

_UNKNOWN: Final = Profile(eager_tools=True, thinking="adaptive")
_ANY: Final = replace(_UNKNOWN, checked="2026-11-21", cheap=CHEAP_CLAUDE)
_LARGE: Final = replace(_ANY, max_output=128_000)
_FORCED: Final = replace(_ANY, forced_tool=True)
_BEFORE_ADAPTIVE: Final = replace(_FORCED, thinking="enabled")
_CLAUDE: Final[dict[str, Profile]] = {
    "claude-sonnet-5-5": replace(_LARGE, no_thinking="between_tools"),
    "claude-opus-5-5": _LARGE,
    CHEAP_CLAUDE: replace(_LARGE, cheap=""),
    "claude-fable-5-1": _LARGE,
    "claude-mythos-5-1": _LARGE,
    "claude-fable-5": _LARGE,
    "claude-mythos-5": _LARGE,
    "claude-opus-5": _LARGE,
    "claude-sonnet-5": replace(_LARGE, forced_tool=True, no_thinking="disabled"),
    "claude-opus-4-6": _FORCED,
    "claude-opus-4-5": _BEFORE_ADAPTIVE,
    "claude-sonnet-4-6": _FORCED,
    "claude-sonnet-4-5": _BEFORE_ADAPTIVE,
    "claude-haiku-4-5": _BEFORE_ADAPTIVE,
}
_DATED: Final = re.compile(r"-\d{8}$")


def claude_profile(name: str) -> Profile:
    """The facts about one Claude model, with or without the date in its name."""
    return _CLAUDE.get(_DATED.sub("", name), _UNKNOWN)


def claude_label(name: str) -> str:
    """ "claude-sonnet-5-5" → "Claude Sonnet 5.5"."""
    words = _DATED.sub("", name).split("-")
    numbers = [word for word in words if word.isdigit()]
    named = " ".join(word.capitalize() for word in words if not word.isdigit())
    return f"{named} {'.'.join(numbers)}".strip()


def claude_rank(name: str) -> tuple[int, ...]:
    """The version in a name as numbers, to find the newest of a line."""
    return tuple(int(word) for word in _DATED.sub("", name).split("-") if word.isdigit())


def claude_menu(names: Sequence[str]) -> list[str]:
    """The Claude models of `names`: the default first, then the newest versions."""
    ours = [name for name in names if name.startswith("claude")]
    return sorted(ours, key=lambda name: (name != DEFAULT_CLAUDE, [-part for part in claude_rank(name)]))
