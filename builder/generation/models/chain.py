"""Several models as one: where the first fails before anything has arrived, the next is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

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
from builder.llm.conversation.events import (
    AnswerEnded,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
    Usage,
)
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.model import Model, Profile
from builder.llm.failover import LONGEST_WAIT, PASSED_ON, Outages


class _Asked(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    def cost(self, usage: Usage) -> float | None: ...


M = TypeVar("M", bound=_Asked)


class Talker(Protocol):
    """A model for a conversation, or several as one: `Model`, but that it says when another one is asked. `name`,
    `label`, `profile` and `cost` are those of the one that is asked."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def profile(self) -> Profile: ...

    def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent | ModelChanged, None]:
        """As `Model.stream`."""
        ...

    def cost(self, usage: Usage) -> float | None: ...


class _Chain(Generic[M]):
    """`models` in the order in which they are asked; stands for the one that was asked last.

    Once something has arrived, a failure is that model's, and further requests go to it: two models' halves make no
    answer.
    """

    def __init__(self, models: Sequence[M], outages: Outages) -> None:
        self._left = [*models]
        self._outages = outages

    @property
    def name(self) -> str:
        return self._left[0].name

    @property
    def label(self) -> str:
        return self._left[0].label

    def cost(self, usage: Usage) -> float | None:
        return self._left[0].cost(usage)

    async def _ask(
        self, ask: Callable[[M, bool], AsyncGenerator[Any, None]], begins: tuple[type, ...]
    ) -> AsyncGenerator[Any, None]:
        """The events of the first that answers, which the first event of `begins` shows. `ask` gets a model, and whether
        another one could be asked instead."""
        while True:
            asked, *others = self._left
            because = self._outages.skips(asked.name) if others else ""
            if not because:
                began = False
                try:
                    async with aclosing(ask(asked, bool(others))) as events:
                        async for event in events:
                            if not began and isinstance(event, begins):
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


class ModelChain(_Chain[DraftModel]):
    """Satisfies `DraftModel`."""

    offline = False

    @property
    def images(self) -> bool:
        return all(model.images for model in self._left)

    def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        patient = replace(request, longest_wait=LONGEST_WAIT)
        return self._ask(
            lambda model, others: model.stream(patient if others else request),
            (JsonText, ProseText, ThoughtText, Finished),
        )


class TalkerChain(_Chain[Model]):
    """Satisfies `Talker`."""

    @property
    def profile(self) -> Profile:
        """What all of them can do."""
        profiles = [model.profile for model in self._left]
        tools, images = all(one.tools for one in profiles), all(one.images for one in profiles)
        return replace(profiles[0], tools=tools, images=images)

    def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent | ModelChanged, None]:
        patient = replace(options, longest_wait=LONGEST_WAIT)
        return self._ask(
            lambda model, others: model.stream(messages, tools, patient if others else options),
            (TextPiece, ToolInputPiece, ThinkingPiece, AnswerEnded),
        )
