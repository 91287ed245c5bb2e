"""What a model answers, as it arrives. A closed union: whoever reads it can name every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ending = Literal["end", "tool_use", "stop_sequence", "max_tokens", "refusal", "context", "paused"]
"""Why a model stopped: done; to have tools called; a text of `stop`; its limit; it declined; its context is full; to be
asked to go on."""


@dataclass(slots=True)
class TextPiece:
    """A piece of what the model says. `refusal`: it says why it does not answer."""

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
    """A piece of what the model thinks. `signature` comes last, with the end of that thinking; see `ThinkingPart`."""

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
class AnswerEnded:
    """The model stopped; nothing follows. `detail` is for the log."""

    ending: Ending
    detail: str = ""


ModelEvent = TextPiece | ToolInputPiece | ThinkingPiece | Usage | AnswerEnded
