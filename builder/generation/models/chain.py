"""Several models as one: where the first fails before anything has arrived, the next is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from builder.generation.models.model import (
    DraftEvent,
    DraftModel,
    Finished,
    JsonText,
    ModelChanged,
    ModelRequest,
    ProseText,
    ThoughtText,
)
from builder.llm.conversation.events import Usage
from builder.llm.failover import LONGEST_WAIT, PASSED_ON, Outages


class ModelChain:
    """`models` in the order in which they are asked. Satisfies `DraftModel`, as the model that was asked last.

    Once something has arrived, a failure is that model's, and further requests go to it: two models' halves make no app.
    """

    offline = False

    def __init__(self, models: Sequence[DraftModel], outages: Outages) -> None:
        self._left = [*models]
        self._outages = outages

    @property
    def name(self) -> str:
        return self._left[0].name

    @property
    def label(self) -> str:
        return self._left[0].label

    @property
    def images(self) -> bool:
        return all(model.images for model in self._left)

    def cost(self, usage: Usage) -> float | None:
        return self._left[0].cost(usage)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        while True:
            asked, *others = self._left
            because = self._outages.skips(asked.name) if others else ""
            if not because:
                began = False
                patient = replace(request, longest_wait=LONGEST_WAIT) if others else request
                try:
                    async with aclosing(asked.stream(patient)) as events:
                        async for event in events:
                            if not began and isinstance(event, (JsonText, ProseText, ThoughtText, Finished)):
                                began, self._left = True, [asked]
                                self._outages.answered(asked.name)
                            yield event
                    return
                except PASSED_ON as fault:
                    if not began:
                        self._outages.failed(asked.name, fault.code)
                    if began or not others:
                        raise
                    because = fault.code
            # Told before the next one is it, so that what the first has used is counted at its price.
            yield ModelChanged(others[0].name, others[0].label, because, asked.label)
            self._left = others
