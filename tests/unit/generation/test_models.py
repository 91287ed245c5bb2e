"""Which models there are, what they cost, and what the tool tells them."""

from __future__ import annotations

from typing import get_args

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import BadInput
from builder.composition.settings import Settings
from builder.generation.models import Models, errors, get_model
from builder.generation.models.model import Usage
from builder.generation.models.openai_profile import (
    DEFAULT_OPENAI,
    MENU_SIZE,
    openai_label,
    openai_menu,
    openai_price,
    openai_rank,
)
from builder.generation.models.profile import DEFAULT_CLAUDE, claude_label, claude_profile, claude_rank


def sdk_names() -> list[str]:
    from anthropic.types.model import Model

    return [name for part in get_args(Model) for name in get_args(part)]


def test_the_default_is_the_newest_sonnet_the_sdk_names() -> None:
    sonnets = [name for name in sdk_names() if name.startswith("claude-sonnet-")]
    assert max(sonnets, key=claude_rank) == DEFAULT_CLAUDE


def test_profiles_are_of_models_the_sdk_names_and_dates_do_not_matter() -> None:
    assert claude_profile("claude-sonnet-4-5-20250929") == claude_profile("claude-sonnet-4-5")
    assert claude_profile("claude-sonnet-4-5").price is not None
    assert claude_profile("claude-something-9").price is None
    assert not claude_profile("claude-something-9").forced_tool


def test_cost_counts_cached_tokens_at_their_own_rate() -> None:
    price = claude_profile("claude-sonnet-5-5").price
    assert price is not None
    assert price.cost(Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000)) == pytest.approx(2 + 10 + 0.10 + 2.50)
    haiku = claude_profile("claude-haiku-5-5").price
    assert haiku is not None
    assert haiku.cost(Usage(200_000, 0)) == pytest.approx(0.10)


def test_labels_read_like_names() -> None:
    assert claude_label("claude-sonnet-5-5") == "Claude Sonnet 5.5"
    assert claude_label("claude-haiku-4-5-20251001") == "Claude Haiku 4.5"


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
    assert all(openai_price(name) for name in offered)
    assert openai_menu(["gpt-5.2-2025-12-11"]) == ["gpt-5.2-2025-12-11"]  # the same without a date is not there
    assert openai_menu(["gpt-5.2-2025-12-11", "gpt-5.2"]) == ["gpt-5.2"]


@pytest.mark.parametrize(
    "name",
    ["gpt-4.1", "gpt-3.5-turbo", "o3", "gpt-audio-mini", "gpt-5.5-pro", "gpt-5-codex", "gpt-6-cyber", "gpt-6-rosalind",
     "gpt-5.2-chat-latest", "gpt-image-2", "gpt-oss-120b", "dall-e-3", "text-embedding-3-small", "ft:gpt-6-luna:x", ""],
)  # fmt: skip
def test_what_cannot_write_apps_is_not_in_the_menu(name: str) -> None:
    assert openai_menu([name]) == []


def test_a_long_request_to_openai_costs_more_for_what_is_read_and_what_is_written() -> None:
    price = openai_price("gpt-6.1-sol-2026-09-29")
    assert price is not None
    assert price.cost(Usage(100_000, 10_000)) == pytest.approx(0.2 + 0.1)
    assert price.cost(Usage(272_000, 10_000, 1_000)) == pytest.approx(2 * (0.544 + 0.0001) + 1.5 * 0.1)
    assert openai_price("gpt-4o") is None


def models(key: str = "", openai: str = "", **settings: str) -> Models:
    async def keys(actor: object, provider: str) -> str:
        return {"anthropic": key, "openai": openai}.get(provider, "")

    return Models(Settings(_env_file=None, **settings), keys)  # type: ignore[call-arg, arg-type]


async def test_without_a_key_the_offline_demo_answers_and_the_menu_says_so() -> None:
    assert await models().default(LOCAL_OWNER) == "starter:offline"
    menu = await models().menu(LOCAL_OWNER)
    assert [(entry["name"], entry["offline"]) for entry in menu] == [("starter:offline", True)]
    assert (await models().get(LOCAL_OWNER, "starter:offline")).offline


async def test_with_a_key_claude_answers() -> None:
    assert await models("k").default(LOCAL_OWNER) == f"anthropic:{DEFAULT_CLAUDE}"
    assert await models("k", model="anthropic:claude-opus-5").default(LOCAL_OWNER) == "anthropic:claude-opus-5"
    model = await models("k").get(LOCAL_OWNER, "anthropic:claude-opus-5")
    assert (model.name, model.label, model.offline) == ("anthropic:claude-opus-5", "Claude Opus 5", False)


async def test_with_an_openai_key_alone_openai_answers_and_not_the_demo() -> None:
    assert await models(openai="k").default(LOCAL_OWNER) == f"openai:{DEFAULT_OPENAI}"
    assert await models("k", openai="k").default(LOCAL_OWNER) == f"anthropic:{DEFAULT_CLAUDE}"
    assert await models(openai="k", model="starter:offline").default(LOCAL_OWNER) == "starter:offline"
    from_settings = Models(Settings(_env_file=None, openai_api_key="k"))  # type: ignore[call-arg, arg-type]
    assert await from_settings.default(LOCAL_OWNER) == f"openai:{DEFAULT_OPENAI}"


@pytest.mark.parametrize("name", ["", "claude", "anthropic:", "google:gemini", "starter:other"])
async def test_an_unknown_name_is_said_to_be_unknown(name: str) -> None:
    with pytest.raises(BadInput):
        await models("k").get(LOCAL_OWNER, name)


@pytest.mark.parametrize("name", ["anthropic:claude-sonnet-5-5", "openai:gpt"])
async def test_a_model_without_its_key_asks_for_the_key(name: str) -> None:
    with pytest.raises(errors.NoKey) as caught:
        await models().get(LOCAL_OWNER, name)
    assert caught.value.remedy == "key"
    assert ("OPENAI_API_KEY" if name.startswith("openai:") else "Claude key") in caught.value.message


def test_get_model_knows_the_offline_demo() -> None:
    assert get_model("starter:offline").offline


def test_every_failure_has_its_own_plain_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ModelError)]
    made = [kind("words") if kind is errors.TextAnswer else kind("Claude", "Claude Sonnet 5.5") for kind in kinds]
    sentences = {error.message for error in made if type(error) is not errors.ModelError}
    assert len(sentences) == len(kinds) - 1
    assert all(error.message.endswith((".", "words")) for error in made)
    assert "30 seconds" in errors.RateLimited(retry_after=30).message
