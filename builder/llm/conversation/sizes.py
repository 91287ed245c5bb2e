"""The approximate size of a conversation, before a provider has counted it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from builder.llm.conversation.events import Usage
from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    Part,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCall,
    ToolResult,
)
from builder.llm.conversation.model import Profile

CHARACTERS_PER_TOKEN: Final = 3.2
"""Code in English; measured by Anthropic's tokenizers at 3 to 3.5. The size of the prompt and the reserved amount
depend on it."""
IMAGE_TOKENS: Final = 1_600
"""The most tokens of a picture after the provider has scaled it down:
platform.claude.com/docs/en/build-with-claude/vision."""


def most_of(messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions, profile: Profile) -> Usage:
    """About the most that a call may cost."""
    characters = len(options.system) + sum(_size(part) for message in messages for part in message.parts)
    characters += sum(len(tool.description) + len(json.dumps(dict(tool.schema))) for tool in tools)
    pictures = sum(_pictures(part) for message in messages for part in message.parts)
    read = round(characters / CHARACTERS_PER_TOKEN) + pictures * IMAGE_TOKENS
    written = min(options.max_output_tokens, profile.max_output)
    return Usage(0, written, cache_write=read) if options.goes_on else Usage(read, written)


def _size(part: Part) -> int:
    match part:
        case TextPart(text) | ToolResult(_, text):
            return len(text)
        case ThinkingPart(text, signature, sealed):
            return len(text) + len(signature) + len(sealed)
        case ToolCall(_, name, given):
            return len(name) + len(given)
        case ImagePart():
            return 0


def _pictures(part: Part) -> int:
    return 1 if isinstance(part, ImagePart) else len(part.images) if isinstance(part, ToolResult) else 0
