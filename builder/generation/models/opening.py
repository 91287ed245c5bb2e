"""A request as the first message of a conversation."""

from __future__ import annotations

from builder.generation.models.model import ModelRequest
from builder.llm.conversation.messages import ModelMessage, user_message


def opening(request: ModelRequest) -> ModelMessage:
    return user_message(request.user)
