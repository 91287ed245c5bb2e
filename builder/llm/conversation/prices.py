"""Prices of tokens: one table for all providers, by the day from which a price is valid.

A price change is a further date with the models it affects; a day without a row uses the last row before it. A model
that is not in the table has no known price. Sources, read 2026-11-21: Claude's prices and cache rates from
platform.claude.com/docs/en/about-claude/pricing and the model pages; OpenAI's from
developers.openai.com/api/docs/models (prices of Astra and the 5.6 line, the 272,000-token rule, 1.25 times the input
price for cache writes) and copies of its model pages for the later ones (w3cschool.cn/openai_api, docs.litellm.ai/blog,
docs.laozhang.ai). Google's, read 2026-11-24, from copies of ai.google.dev/gemini-api/docs/pricing (api-evangelist/deepmind
of 2026-10-07, LiteLLM's cost map): 3.6 to 3.8 Flash at half price through 2026-12-31; Pro by the length of the prompt
from 200,000 tokens on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from builder.base.ids import now
from builder.llm.conversation.events import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens.

    For a request with more than `long_input` input tokens, all of its input costs `long_factor` times as much and all
    of its output `long_output_factor` times.
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


def _gpt(read: float, written: float, cached: float) -> Price:
    return Price(read, written, read * 1.25, cached, 272_000, 2, 1.5)


def _gemini(read: float, written: float) -> Price:
    """What is cached costs a tenth; Google's implicit cache writes at no price of its own."""
    return Price(read, written, read, read / 10)


READ: Final = "2026-11-24"
"""The day on which prices were last read; later days of the table are announced changes."""
_OPUS: Final = Price(5, 25, 6.25, 0.50)
_SONNET_4: Final = Price(3, 15, 3.75, 0.30)
PRICES: Final[dict[str, Mapping[str, Price]]] = {
    "2026-11-21": {
        "anthropic:claude-sonnet-5-5": Price(2, 10, 2.50, 0.10),
        "anthropic:claude-opus-5-5": Price(4, 20, 5, 0.20),
        "anthropic:claude-haiku-5-5": Price(0.10, 0.50, 0.125, 0.01, 100_000, 5, 5),
        "anthropic:claude-fable-5-1": Price(10, 50, 12.50, 0.25),
        "anthropic:claude-mythos-5-1": Price(10, 50, 12.50, 0.25),
        "anthropic:claude-fable-5": Price(10, 50, 12.50, 1),
        "anthropic:claude-mythos-5": Price(10, 50, 12.50, 1),
        "anthropic:claude-opus-5": _OPUS,
        "anthropic:claude-sonnet-5": Price(2, 10, 2.50, 0.20),
        "anthropic:claude-opus-4-8": _OPUS,
        "anthropic:claude-opus-4-7": _OPUS,
        "anthropic:claude-opus-4-6": _OPUS,
        "anthropic:claude-opus-4-5": _OPUS,
        "anthropic:claude-sonnet-4-6": _SONNET_4,
        "anthropic:claude-sonnet-4-5": _SONNET_4,
        "anthropic:claude-haiku-4-5": Price(1, 5, 1.25, 0.10),
        "openai:gpt-6.1-sol": _gpt(2, 10, 0.10),
        "openai:gpt-6.1-terra": _gpt(1, 5, 0.05),
        "openai:gpt-6-astra": _gpt(10, 50, 1),
        "openai:gpt-6-sol": _gpt(2, 10, 0.20),
        "openai:gpt-6-luna": _gpt(0.10, 0.50, 0.01),
        "openai:gpt-5.6": _gpt(4, 20, 0.40),
        "openai:gpt-5.6-sol": _gpt(4, 20, 0.40),
        "openai:gpt-5.6-terra": _gpt(2, 12, 0.20),
        "openai:gpt-5.6-luna": _gpt(0.20, 1.20, 0.02),
        "google:gemini-3.8-flash": _gemini(0.75, 3.75),
        "google:gemini-3.7-flash": _gemini(0.75, 3.75),
        "google:gemini-3.6-flash": _gemini(0.75, 3.75),
        "google:gemini-3.5-flash": _gemini(1.50, 9),
        "google:gemini-3.5-flash-lite": _gemini(0.30, 2.50),
        "google:gemini-3.1-pro-preview": Price(2, 12, 2, 0.20, 200_000, 2, 1.5),
        "google:gemini-3.1-flash-lite": _gemini(0.25, 1.50),
        "google:gemini-3-flash-preview": _gemini(0.50, 3),
        "google:gemini-2.5-pro": Price(1.25, 10, 1.25, 0.125, 200_000, 2, 1.5),
        "google:gemini-2.5-flash": _gemini(0.30, 2.50),
        "google:gemini-2.5-flash-lite": _gemini(0.10, 0.40),
    },
    "2027-01-01": {
        "google:gemini-3.8-flash": _gemini(1.50, 7.50),
        "google:gemini-3.7-flash": _gemini(1.50, 7.50),
        "google:gemini-3.6-flash": _gemini(1.50, 7.50),
    },
}
"""First day of validity (ISO 8601) → "provider:model" → price, oldest day first."""
_DATED: Final = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")


def price(name: str, day: str = "") -> Price | None:
    """The price of "provider:model", with or without a date in its name, on `day` (ISO 8601; "": today).

    Before the first known day, the price of that first day; None when no price is known.
    """
    plain, day = _DATED.sub("", name), day or now()[:10]
    found: Price | None = None
    for since, prices in PRICES.items():
        if found is None or since <= day:
            found = prices.get(plain, found)
    return found
