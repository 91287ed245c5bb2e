"""What the tests of each wire ask, and how they gather what is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from builder.llm.conversation.events import ModelEvent
from builder.llm.conversation.messages import CallOptions, Tool, user_message
from builder.llm.conversation.reply import Reply

WEATHER = Tool("weather", "The weather of a city.", {"type": "object", "properties": {"city": {"type": "string"}}})
CLOCK = Tool("clock", "The time.", {"type": "object"})
ASKED = [user_message("Shall I take a coat?")]
OPTIONS = CallOptions("chat", system="You are brief.", max_output_tokens=4_000)


async def pause(seconds: float) -> None:
    """Nobody waits in a test."""


async def read(events: AsyncIterator[ModelEvent], reply: Reply) -> None:
    """What arrives is in `reply` also where the answer breaks off."""
    async for event in events:
        reply.add(event)


def replied(events: Iterable[ModelEvent]) -> Reply:
    reply = Reply()
    for event in events:
        reply.add(event)
    return reply
