"""Models that answer with a Draft, by name: "anthropic:<name>", "openai:<name>", "starter:offline".

Three objects each: a *provider* is an authenticated client, a *model* turns its wire format into our events,
a *profile* holds the facts about one named model.
"""

from __future__ import annotations

from functools import lru_cache

from builder.generation.models.model import Model
from builder.generation.models.registry import MenuEntry, Models
from builder.generation.models.settings import ModelSettings

__all__ = ["MenuEntry", "Model", "Models", "get_model"]


@lru_cache
def _models() -> Models:
    return Models(ModelSettings())


def get_model(name: str) -> Model:
    """The model of that name with the environment's keys. Raises `BadInput` for an unknown name, `NoKey` without a key."""
    models = _models()
    return models.build(name, models.configured_key(name.partition(":")[0]))
