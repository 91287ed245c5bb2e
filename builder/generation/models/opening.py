"""A request as the first message of a conversation."""

from __future__ import annotations

from builder.generation.models.model import ModelRequest
from builder.llm.conversation.messages import ModelMessage, TextPart


def opening(request: ModelRequest) -> ModelMessage:
    """What is likely to be the same next time is marked for the provider's cache."""
    *stable, last = request.blocks
    return ModelMessage("user", (*(TextPart(text, cache=True) for text in stable), TextPart(last)))
