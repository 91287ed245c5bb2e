"""The interface of a model: a conversation in, a stream of events out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from builder.llm.conversation.events import ModelEvent, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool


@dataclass(frozen=True, slots=True)
class Profile:
    """Facts about a named model. `max_output` is in tokens.

    `tools`: whether it takes tools. `eager_tools`: whether a tool's input arrives while it is being written, however
    long it is. `forced_tool`: whether it can be forced to call one tool. `no_thinking` and `thinking`: the API's values
    for an answer without thinking (or with the least there is) and with it; None leaves the field out. `images`: whether
    it sees pictures; where that is not known, the API is left to say. `checked`: the day (ISO 8601) on which these facts
    were read, "" for a model that nothing is known of. `cheap` names a model of the same provider that costs a small part
    of it, "" where there is none.
    """

    max_output: int = 64_000
    tools: bool = True
    eager_tools: bool = False
    forced_tool: bool = False
    no_thinking: Literal["disabled", "between_tools", "minimal", "low", "none", "least"] | None = None
    thinking: Literal["adaptive", "enabled", "effort", "high", "dynamic"] | None = None
    images: bool = True
    checked: str = ""
    cheap: str = ""


class Model(Protocol):
    """A named model, ready to answer. `name` is "provider:model", `label` what the person reads."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def profile(self) -> Profile: ...

    def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        """Answer the last message; ends after `AnswerEnded`. Raises `ModelError`; closing the generator ends the request."""
        ...

    def cost(self, usage: Usage) -> float | None:
        """USD for `usage`, None when the price is unknown."""
        ...
