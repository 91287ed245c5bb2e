"""What an answer costs, with the prices of its day."""

from __future__ import annotations

import pytest

from builder.llm.conversation import prices
from builder.llm.conversation.events import Usage
from builder.llm.conversation.prices import Price, price


def test_cost_counts_cached_tokens_at_their_own_rate() -> None:
    sonnet = price("anthropic:claude-sonnet-5-5")
    assert sonnet is not None
    assert sonnet.cost(Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000)) == pytest.approx(2 + 10 + 0.10 + 2.50)
    haiku = price("anthropic:claude-haiku-5-5")
    assert haiku is not None
    assert haiku.cost(Usage(200_000, 0)) == pytest.approx(0.10)


def test_a_date_in_a_models_name_does_not_matter_and_an_unknown_model_has_no_price() -> None:
    assert price("anthropic:claude-sonnet-4-5-20250929") == price("anthropic:claude-sonnet-4-5") is not None
    assert price("openai:gpt-6.1-sol-2026-09-29") == price("openai:gpt-6.1-sol") is not None
    assert price("anthropic:claude-something-9") is None
    assert price("openai:gpt-4o") is None
    assert price("other:claude-sonnet-5-5") is None


def test_a_long_request_to_openai_costs_more_for_what_is_read_and_what_is_written() -> None:
    sol = price("openai:gpt-6.1-sol")
    assert sol is not None
    assert sol.cost(Usage(100_000, 10_000)) == pytest.approx(0.2 + 0.1)
    assert sol.cost(Usage(272_000, 10_000, 1_000)) == pytest.approx(2 * (0.544 + 0.0001) + 1.5 * 0.1)


def test_geminis_price_follows_the_promotion_and_the_prompts_length() -> None:
    today, later = (price("google:gemini-3.8-flash", day) for day in ("2026-12-31", "2027-01-01"))
    assert today is not None
    assert later is not None
    assert today.cost(Usage(1_000_000, 1_000_000, 1_000_000)) == pytest.approx(0.75 + 3.75 + 0.075)
    assert later.cost(Usage(1_000_000, 1_000_000, 1_000_000)) == pytest.approx(1.50 + 7.50 + 0.15)
    pro = price("google:gemini-2.5-pro")
    assert pro is not None
    assert pro.cost(Usage(100_000, 10_000)) == pytest.approx(0.125 + 0.1)
    assert pro.cost(Usage(300_000, 10_000)) == pytest.approx(0.75 + 0.15)


def test_a_price_holds_from_its_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = Price(1, 1, 1, 1), Price(2, 2, 2, 2)
    monkeypatch.setattr(prices, "PRICES", {"2026-01-01": {"a:x": first, "a:y": first}, "2026-06-01": {"a:x": later}})
    assert [price("a:x", day) for day in ("2025-12-31", "2026-05-31", "2026-06-01", "2027-01-01")] == [
        first,
        first,
        later,
        later,
    ]
    assert price("a:y", "2027-01-01") == first


def test_the_days_of_the_table_are_in_order() -> None:
    assert [*prices.PRICES] == sorted(prices.PRICES)
