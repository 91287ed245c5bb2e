"""A model that answers what it was told to, piece by piece."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder.accounts.actor import Actor
from builder.generation.models.model import Finished, JsonText, Model, ModelEvent, ModelRequest, ProseText, Usage

Step = ModelEvent | Exception | asyncio.Event
"""An event is handed on, an exception raised, an `asyncio.Event` waited for."""


def answer(
    draft: Mapping[str, Any] | str, *, chunk: int = 20, cut: int | None = None, usage: Usage | None = None
) -> list[Step]:
    """The steps of an answer whose JSON arrives in pieces of `chunk` characters, up to `cut`; the end is left off then."""
    text = draft if isinstance(draft, str) else json.dumps(draft)
    text = text[:cut]
    steps: list[Step] = [JsonText(text[at : at + chunk]) for at in range(0, len(text), chunk)]
    return [*steps, usage or Usage(1_000, len(text) // 4), *([] if cut else [Finished("end")])]


def prose(text: str) -> list[Step]:
    """The steps of an answer that is talk."""
    return [ProseText(text), Usage(1_000, len(text) // 4), Finished("end")]


@dataclass(slots=True)
class ScriptedModel:
    """Gives one answer of `answers` per request, the last one again and again. Satisfies `Model`."""

    answers: Sequence[Sequence[Step]]
    name: str = "scripted:model"
    label: str = "Scripted"
    offline: bool = False
    price: float | None = 0.001
    requests: list[ModelRequest] = field(default_factory=list)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        for step in self.answers[min(len(self.requests), len(self.answers)) - 1]:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
                continue
            yield step
            await asyncio.sleep(0)  # lets the reader take each piece by itself

    def cost(self, usage: Usage) -> float | None:
        return None if self.price is None else self.price * usage.output_tokens


class ScriptedModels:
    """A registry that holds one model under every name. Satisfies the service's `ModelSource`."""

    def __init__(self, model: ScriptedModel) -> None:
        self.model = model

    async def get(self, actor: Actor, name: str) -> Model:  # noqa: ARG002  # every name is the same model
        return self.model

    async def default(self, actor: Actor) -> str:  # noqa: ARG002
        return self.model.name
