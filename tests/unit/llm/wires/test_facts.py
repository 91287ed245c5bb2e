"""What is known of named models: which are the usual ones, what they are called, what they may be asked."""

from __future__ import annotations

from typing import get_args

import pytest

from builder.composition.settings import Settings
from builder.llm.conversation.prices import PRICES, READ, price
from builder.llm.conversation.provider import MENU_SIZE
from builder.llm.providers import PROVIDERS
from builder.llm.wires.claude import DEFAULT_CLAUDE, claude_label, claude_menu, claude_profile, claude_rank
from builder.llm.wires.gemini.models import DEFAULT_GEMINI, gemini_label, gemini_menu
from builder.llm.wires.gpt import DEFAULT_OPENAI, openai_label, openai_menu, openai_profile, openai_rank


def sdk_names() -> list[str]:
    from anthropic.types.model import Model

    return [name for part in get_args(Model) for name in get_args(part)]


def test_the_default_is_the_newest_sonnet_the_sdk_names() -> None:
    sonnets = [name for name in sdk_names() if name.startswith("claude-sonnet-")]
    assert max(sonnets, key=claude_rank) == DEFAULT_CLAUDE


def test_profiles_are_of_models_the_sdk_names_and_dates_do_not_matter() -> None:
    assert claude_profile("claude-sonnet-4-5-20250929") == claude_profile("claude-sonnet-4-5")
    assert claude_profile("claude-sonnet-4-5").forced_tool
    assert not claude_profile("claude-something-9").forced_tool


def test_labels_read_like_names() -> None:
    assert claude_label("claude-sonnet-5-5") == "Claude Sonnet 5.5"
    assert claude_label("claude-haiku-4-5-20251001") == "Claude Haiku 4.5"


def test_claudes_menu_has_claudes_with_the_default_first() -> None:
    assert claude_menu(["claude-opus-5", "other-model", "claude-sonnet-4-6", DEFAULT_CLAUDE]) == [
        DEFAULT_CLAUDE,
        "claude-opus-5",
        "claude-sonnet-4-6",
    ]


def openai_sdk_names() -> list[str]:
    from openai.types.chat_model import ChatModel

    return [*get_args(ChatModel)]


def test_openais_default_is_the_newest_sol_the_sdk_names() -> None:
    sols = [name for name in openai_sdk_names() if name.endswith("-sol")]
    assert max(sols, key=openai_rank) == DEFAULT_OPENAI


def test_openais_labels_read_like_names() -> None:
    assert openai_label("gpt-6.1-sol") == "GPT-6.1 Sol"
    assert openai_label("gpt-5.4-mini-2026-03-17") == "GPT-5.4 Mini"
    assert openai_label("gpt-5.6") == "GPT-5.6"
    assert openai_label("llama-9:70b") == "llama-9:70b"


def test_openais_menu_has_the_newest_models_that_write_apps() -> None:
    offered = openai_menu(openai_sdk_names())
    assert offered[0] == DEFAULT_OPENAI
    assert len(offered) == MENU_SIZE
    assert {name.rpartition("-")[0] for name in offered} == {"gpt-6.1", "gpt-6", "gpt-5.6"}
    assert all(price(f"openai:{name}") for name in offered)
    assert openai_menu(["gpt-5.2-2025-12-11"]) == ["gpt-5.2-2025-12-11"]  # the same without a date is not there
    assert openai_menu(["gpt-5.2-2025-12-11", "gpt-5.2"]) == ["gpt-5.2"]


@pytest.mark.parametrize(
    "name",
    ["gpt-4.1", "gpt-3.5-turbo", "o3", "gpt-audio-mini", "gpt-5.5-pro", "gpt-5-codex", "gpt-6-cyber", "gpt-6-rosalind",
     "gpt-5.2-chat-latest", "gpt-image-2", "gpt-oss-120b", "dall-e-3", "text-embedding-3-small", "ft:gpt-6-luna:x", ""],
)  # fmt: skip
def test_what_cannot_write_apps_is_not_in_the_menu(name: str) -> None:
    assert openai_menu([name]) == []


def test_chat_completions_give_tools_to_all_but_openais_newest() -> None:
    assert not openai_profile("gpt-6.1-sol").tools
    assert openai_profile("gpt-5.6-sol").tools
    assert openai_profile("llama-9:70b").tools


@pytest.mark.parametrize("name", [*PROVIDERS])
def test_a_providers_row_is_complete(name: str) -> None:
    row = PROVIDERS[name]
    assert row.name == name
    assert {row.key_setting, row.address_setting} <= {*Settings.model_fields, ""}
    assert row.key_page.startswith("https://")
    assert row.credit_page.startswith("https://")
    assert row.key_begins
    assert row.menu([row.usual]) == [row.usual]
    assert row.configured_key(Settings(_env_file=None, **{row.key_setting: "k-1"})) == "k-1"  # type: ignore[arg-type, call-arg]
    assert row.configured_key(Settings(_env_file=None)) == ""  # type: ignore[call-arg]


def test_geminis_menu_has_the_newest_models_that_write_apps() -> None:
    listed = ["gemini-2.5-flash", "gemini-2.0-flash", "gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-3-pro-image",
              "gemini-flash-latest", "gemini-2.5-flash-native-audio", "gemma-4-31b-it", "gemini-3.5-flash-lite",
              "gemini-robotics-er-2-preview", "gemini-2.5-computer-use-preview-10-2025"]  # fmt: skip
    assert gemini_menu(listed) == [
        DEFAULT_GEMINI, "gemini-3.5-flash-lite", "gemini-3.1-pro-preview", "gemini-2.5-flash",
    ]  # fmt: skip
    assert all(price(f"google:{name}") for name in gemini_menu(listed))


def test_geminis_labels_read_like_names() -> None:
    assert gemini_label("gemini-3.8-flash") == "Gemini 3.8 Flash"
    assert gemini_label("gemini-3.5-flash-lite") == "Gemini 3.5 Flash Lite"
    assert gemini_label("gemini-flash-latest") == "gemini-flash-latest"


@pytest.mark.parametrize("name", sorted({name for prices in PRICES.values() for name in prices}))
def test_the_facts_of_a_priced_model_are_as_fresh_as_its_price(name: str) -> None:
    """A newer price means that its model's page was read: then its profile, if it has one, has to be looked at as well."""
    provider, _, model = name.partition(":")
    priced = max(day for day, prices in PRICES.items() if name in prices and day <= READ)
    checked = PROVIDERS[provider].profile(model).checked
    assert checked >= priced or not checked


def test_of_an_unknown_model_nothing_is_known_and_nothing_claimed() -> None:
    assert [PROVIDERS[name].profile("something-9").checked for name in ("anthropic", "openai")] == ["", ""]
    assert PROVIDERS["google"].profile("gemini-9-ultra").checked == ""
