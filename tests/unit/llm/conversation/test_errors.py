"""What a person reads when a model fails."""

from __future__ import annotations

from builder.llm.conversation import errors


def test_every_failure_has_its_own_plain_sentence() -> None:
    every = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ModelError)]
    kinds = [kind for kind in every if not kind.__subclasses__()]
    made = [kind("Claude", "Claude Sonnet 5.5") for kind in kinds]
    assert len(made) > 12
    assert len({error.message for error in made}) == len(kinds)
    assert all(error.message.endswith(".") for error in made)
    assert "30 seconds" in errors.RateLimited(retry_after=30).message


def test_a_key_that_no_page_changes_is_put_right_in_its_setting_or_another_model_is_chosen() -> None:
    for kind in (errors.NoKey, errors.BadKey):
        assert kind("Claude").remedy == "key"
        assert kind("OpenAI", setting="OPENAI_API_KEY").remedy == "model"
        assert "Claude" in kind("Claude").message
        assert "API_KEY" not in kind("Claude").message
        assert "OPENAI_API_KEY" in kind("OpenAI", setting="OPENAI_API_KEY").message
