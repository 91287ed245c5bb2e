"""An answer gathered from its events, so that it can be added to the conversation."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import replace

from builder.llm.conversation.events import (
    AnswerEnded,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
    Usage,
    Waiting,
)
from builder.llm.conversation.messages import ModelMessage, Part, TextPart, ThinkingPart, ToolCall

_Open = TextPiece | ToolInputPiece | ThinkingPiece


class Reply:
    """A model's answer so far. `usage` and `ended` are None until their events arrive."""

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.ended: AnswerEnded | None = None
        self._parts: list[Part] = []
        self._open: _Open | None = None
        self._pieces: list[str] = []

    def add(self, event: ModelEvent) -> None:
        match event:
            case Usage():
                self.usage = replace(event)
            case AnswerEnded():
                self.ended = event
            case Waiting():
                pass
            case _:
                if not _goes_on(self._open, event):
                    self._close()
                    self._open = replace(event)
                elif isinstance(event, ThinkingPiece) and isinstance(self._open, ThinkingPiece):
                    self._open.signature += event.signature
                self._pieces.append(event.text)

    @property
    def message(self) -> ModelMessage:
        """The assistant's message, as it is sent with the next request."""
        self._close()
        return ModelMessage("assistant", tuple(self._parts))

    @property
    def text(self) -> str:
        """All text of the answer, without the thinking."""
        return "".join(part.text for part in self.message.parts if isinstance(part, TextPart))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls of the answer, in order."""
        return tuple(part for part in self.message.parts if isinstance(part, ToolCall))

    def _close(self) -> None:
        text, self._pieces, now, self._open = "".join(self._pieces), [], self._open, None
        match now:
            case TextPiece() if text:
                self._parts.append(TextPart(text))
            case ToolInputPiece(call, name):
                self._parts.append(ToolCall(call, name, text or "{}"))
            case ThinkingPiece(_, signature, sealed):
                self._parts.append(ThinkingPart(text, signature, sealed))


def _goes_on(now: _Open | None, event: _Open) -> bool:
    """Whether `event` belongs to the part that is being gathered."""
    if isinstance(now, ToolInputPiece) and isinstance(event, ToolInputPiece):
        return now.call == event.call
    if isinstance(now, ThinkingPiece) and isinstance(event, ThinkingPiece):
        return not now.signature and not now.sealed and not event.sealed
    return isinstance(now, TextPiece) and isinstance(event, TextPiece)


async def gathered(events: AsyncIterable[ModelEvent]) -> Reply:
    """The whole answer. Raises what reading `events` raises."""
    reply = Reply()
    async for event in events:
        reply.add(event)
    return reply
