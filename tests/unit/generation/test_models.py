"""Which models write apps, by name and by key."""

from __future__ import annotations

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import BadInput
from builder.composition.settings import Settings
from builder.generation.extraction import TextAnswer
from builder.generation.models import Models, get_model
from builder.llm.conversation import errors
from builder.llm.language_models import LanguageModels
from builder.llm.wires.claude import DEFAULT_CLAUDE
from builder.llm.wires.gpt import DEFAULT_OPENAI


def models(key: str = "", openai: str = "", **given: str) -> Models:
    async def keys(actor: object, provider: str) -> str:
        return {"anthropic": key, "openai": openai}.get(provider, "")

    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    return Models(settings, LanguageModels(settings, keys))


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


@pytest.mark.parametrize("name", ["", "claude", "anthropic:", "nobody:gemini", "starter:other"])
async def test_an_unknown_name_is_said_to_be_unknown(name: str) -> None:
    with pytest.raises(BadInput):
        await models("k").get(LOCAL_OWNER, name)


@pytest.mark.parametrize("name", ["anthropic:claude-sonnet-5-5", "openai:gpt"])
async def test_a_model_without_its_key_asks_for_the_key(name: str) -> None:
    with pytest.raises(errors.NoKey) as caught:
        await models().get(LOCAL_OWNER, name)
    assert caught.value.remedy == "key"
    assert ("No OpenAI key" if name.startswith("openai:") else "No Claude key") in caught.value.message
    assert "under Keys" in caught.value.message


def test_get_model_knows_the_offline_demo_and_the_providers() -> None:
    assert get_model("starter:offline").offline
    with pytest.raises(BadInput):
        get_model("nobody:gemini")
    with pytest.raises(errors.NoKey, match="ANTHROPIC_API_KEY"):
        Models(Settings(_env_file=None)).configured("anthropic:claude-sonnet-5-5")  # type: ignore[call-arg]


def test_an_answer_in_words_has_a_sentence_of_its_own() -> None:
    assert TextAnswer("Which colour?").message.endswith("Which colour?")
    assert TextAnswer(" ").message.endswith(".")
