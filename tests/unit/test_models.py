"""Which models there are, what they cost, and what the tool tells them."""

from __future__ import annotations

from typing import get_args

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.errors import BadInput
from builder.generation.models import Models, errors, get_model
from builder.generation.models.model import Usage
from builder.generation.models.profile import DEFAULT_CLAUDE, claude_label, claude_profile, claude_rank
from builder.settings import Settings


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


def models(key: str = "", **settings: str) -> Models:
    async def keys(actor: object, provider: str) -> str:
        return key if provider == "anthropic" else ""

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


@pytest.mark.parametrize("name", ["", "claude", "anthropic:", "google:gemini", "starter:other"])
async def test_an_unknown_name_is_said_to_be_unknown(name: str) -> None:
    with pytest.raises(BadInput):
        await models("k").get(LOCAL_OWNER, name)


@pytest.mark.parametrize("name", ["anthropic:claude-sonnet-5-5", "openai:gpt"])
async def test_a_model_without_its_key_asks_for_the_key(name: str) -> None:
    with pytest.raises(errors.NoKey) as caught:
        await models().get(LOCAL_OWNER, name)
    assert caught.value.remedy == "key"


def test_get_model_knows_the_offline_demo() -> None:
    assert get_model("starter:offline").offline


def test_every_failure_has_its_own_plain_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ModelError)]
    made = [kind("words") if kind is errors.TextAnswer else kind("Claude", "Claude Sonnet 5.5") for kind in kinds]
    sentences = {error.message for error in made if type(error) is not errors.ModelError}
    assert len(sentences) == len(kinds) - 1
    assert all(error.message.endswith((".", "words")) for error in made)
    assert "30 seconds" in errors.RateLimited(retry_after=30).message
