"""A request as the first message of a conversation."""

from __future__ import annotations

from builder.generation.models.model import ModelRequest
from builder.llm.conversation.messages import ModelMessage, TextPart


def opening(request: ModelRequest, *, sees: bool = True) -> ModelMessage:
    """What is likely to be the same next time is marked for the provider's cache. Without `sees` it has no pictures."""
    *stable, last = request.blocks
    pictures = request.images if sees else ()
    return ModelMessage("user", (*(TextPart(text, cache=True) for text in stable), *pictures, TextPart(last)))
