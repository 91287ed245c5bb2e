"""What stands around a model and does something beside its calls."""

from __future__ import annotations

from builder.llm.conversation.events import Usage
from builder.llm.conversation.model import Model, Profile


class AroundModel:
    """Is called what the model is called and costs what it costs; `stream` is what differs."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def label(self) -> str:
        return self._model.label

    @property
    def profile(self) -> Profile:
        return self._model.profile

    def cost(self, usage: Usage) -> float | None:
        return self._model.cost(usage)
