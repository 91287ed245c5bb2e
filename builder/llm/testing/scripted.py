"""A model that gives prepared answers, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from builder.llm.conversation.events import ModelEvent, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.model import Profile

Step = ModelEvent | Exception | asyncio.Event
"""One step: an event is passed on, an exception is raised, an `asyncio.Event` is awaited."""


@dataclass(slots=True)
class ScriptedModel:
    """Gives one answer of `answers` per request, and repeats the last one. Satisfies `Model`.

    `price` is USD for an output token, None for unknown; `requests` holds the requests.
    """

    answers: Sequence[Sequence[Step]]
    name: str = "scripted:model"
    label: str = "Scripted"
    profile: Profile = field(default_factory=Profile)
    price: float | None = 0.001
    requests: list[tuple[Sequence[ModelMessage], Sequence[Tool], CallOptions]] = field(default_factory=list)

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append((messages, tools, options))
        for step in self.answers[min(len(self.requests), len(self.answers)) - 1]:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
                continue
            yield step
            await asyncio.sleep(0)  # lets the reader take each piece separately

    def cost(self, usage: Usage) -> float | None:
        return None if self.price is None else self.price * usage.output_tokens
