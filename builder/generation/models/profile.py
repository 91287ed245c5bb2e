"""Facts about named models: what a request to them may say, and what their tokens cost.

Sources, read 2026-11-21: prices and cache rates from platform.claude.com/docs/en/about-claude/pricing and the model
pages; forced tool use and thinking from "What's new in Claude Sonnet 5.5" and "… Opus 5.5" there. A model that is not
in the table is asked in the way every model accepts, and its cost is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from builder.generation.models.model import Usage

DEFAULT_CLAUDE: Final = "claude-sonnet-5-5"
"""The newest Sonnet that the pinned SDK's `Model` type names; a test compares the two."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens.

    Above `long_input` input tokens of a request, what is read costs `long_factor` times as much and what is written
    `long_output_factor` times, the whole request.
    """

    input: float
    output: float
    cache_write: float
    cache_read: float
    long_input: int = 0
    long_factor: float = 1.0
    long_output_factor: float = 1.0

    def cost(self, usage: Usage) -> float:
        read = usage.input_tokens + usage.cache_read + usage.cache_write
        long = bool(self.long_input) and read > self.long_input
        total = (
            usage.input_tokens * self.input + usage.cache_write * self.cache_write + usage.cache_read * self.cache_read
        ) * (self.long_factor if long else 1.0)
        total += usage.output_tokens * self.output * (self.long_output_factor if long else 1.0)
        return total / 1_000_000


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model. `max_output` and `context` are tokens.

    `forced_tool`: whether `tool_choice` may name the tool (the 5.1 and 5.5 generations answer 400).
    `thinking`: the type that lets the answer begin at once; None leaves the field out.
    """

    max_output: int = 64_000
    context: int = 200_000
    forced_tool: bool = False
    thinking: Literal["disabled", "between_tools"] | None = None
    price: Price | None = None


_SONNET_4: Final = Price(3, 15, 3.75, 0.30)
_OPUS: Final = Price(5, 25, 6.25, 0.50)
_CLAUDE: Final[dict[str, Profile]] = {
    "claude-sonnet-5-5": Profile(128_000, 1_000_000, thinking="between_tools", price=Price(2, 10, 2.50, 0.10)),
    "claude-opus-5-5": Profile(128_000, 1_000_000, price=Price(4, 20, 5, 0.20)),
    "claude-haiku-5-5": Profile(128_000, 1_000_000, price=Price(0.10, 0.50, 0.125, 0.01, 100_000, 5, 5)),
    "claude-fable-5-1": Profile(128_000, 1_000_000, price=Price(10, 50, 12.50, 0.25)),
    "claude-mythos-5-1": Profile(128_000, 1_000_000, price=Price(10, 50, 12.50, 0.25)),
    "claude-fable-5": Profile(128_000, 1_000_000, price=Price(10, 50, 12.50, 1)),
    "claude-mythos-5": Profile(128_000, 1_000_000, price=Price(10, 50, 12.50, 1)),
    "claude-opus-5": Profile(128_000, 1_000_000, price=_OPUS),
    "claude-sonnet-5": Profile(
        128_000, 1_000_000, forced_tool=True, thinking="disabled", price=Price(2, 10, 2.50, 0.20)
    ),
    "claude-opus-4-8": Profile(price=_OPUS),
    "claude-opus-4-7": Profile(price=_OPUS),
    "claude-opus-4-6": Profile(forced_tool=True, price=_OPUS),
    "claude-opus-4-5": Profile(forced_tool=True, price=_OPUS),
    "claude-sonnet-4-6": Profile(forced_tool=True, price=_SONNET_4),
    "claude-sonnet-4-5": Profile(forced_tool=True, price=_SONNET_4),
    "claude-haiku-4-5": Profile(forced_tool=True, price=Price(1, 5, 1.25, 0.10)),
}
_DATED: Final = re.compile(r"-\d{8}$")


def claude_profile(name: str) -> Profile:
    """The facts about one Claude model, with or without the date in its name."""
    return _CLAUDE.get(_DATED.sub("", name), Profile())


def claude_label(name: str) -> str:
    """ "claude-sonnet-5-5" → "Claude Sonnet 5.5"."""
    words = _DATED.sub("", name).split("-")
    numbers = [word for word in words if word.isdigit()]
    named = " ".join(word.capitalize() for word in words if not word.isdigit())
    return f"{named} {'.'.join(numbers)}".strip()


def claude_rank(name: str) -> tuple[int, ...]:
    """The version in a name as numbers, to find the newest of a line."""
    return tuple(int(word) for word in _DATED.sub("", name).split("-") if word.isdigit())
