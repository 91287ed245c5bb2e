"""The events of a model's answer, as it arrives. A closed union: its readers can name every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ending = Literal["end", "tool_use", "stop_sequence", "max_tokens", "refusal", "context", "paused"]
"""Why a model stopped: it is done; it wants tools called; it wrote a text of `stop`; it reached its limit; it declined;
its context is full; it paused and has to be asked to continue."""


@dataclass(slots=True)
class TextPiece:
    """A piece of the answer's text. `refusal`: the text says why the model does not answer."""

    text: str
    refusal: bool = False


@dataclass(slots=True)
class ToolInputPiece:
    """A piece of the JSON that is a tool call's input. The first piece of a call may be empty: it announces the call."""

    call: str
    name: str
    text: str


@dataclass(slots=True)
class ThinkingPiece:
    """A piece of the model's thinking. `signature` comes last, at the end of that thinking; see `ThinkingPart`."""

    text: str = ""
    signature: str = ""
    sealed: str = ""


@dataclass(slots=True)
class Usage:
    """Tokens so far; cumulative, so the last one counts. `input_tokens` excludes both cache figures."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0


@dataclass(slots=True)
class Waiting:
    """The request was not accepted, and is sent again after `seconds`; nothing of an answer has arrived.

    `reason` is the code of the `ModelError` that it would have been, `provider` the name that a person reads.
    """

    reason: str
    seconds: float
    provider: str


@dataclass(slots=True)
class AnswerEnded:
    """The model stopped; nothing follows. `detail` is for the log."""

    ending: Ending
    detail: str = ""


ModelEvent = TextPiece | ToolInputPiece | ThinkingPiece | Usage | Waiting | AnswerEnded
