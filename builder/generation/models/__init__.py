"""Models that answer with a Draft, by name: "anthropic:<name>", "openai:<name>", "starter:offline"."""

from __future__ import annotations

from functools import lru_cache

from builder.generation.models.model import DraftModel
from builder.generation.models.registry import Models
from builder.llm.conversation.settings import ModelSettings

__all__ = ["DraftModel", "Models", "get_model"]


@lru_cache
def _models() -> Models:
    return Models(ModelSettings())


def get_model(name: str) -> DraftModel:
    """The model of that name with the environment's keys, for programs without a server: its calls are in no usage log.

    Raises `BadInput` for an unknown name, `NoKey` without a key.
    """
    return _models().configured(name)
