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
    parts = [part for message in messages for part in message.parts]
    size = _size(options.system) + sum(_size(text) for part in parts for text in _texts(part))
    size += sum(_size(tool.description) + _size(json.dumps(dict(tool.schema))) for tool in tools)
    read = round(size / CHARACTERS_PER_TOKEN) + sum(map(_pictures, parts)) * IMAGE_TOKENS
    written = min(options.max_output_tokens, profile.max_output)
    # What a provider may keep for the next call costs more than what it only reads.
    kept = options.goes_on or bool(options.system) or any(isinstance(part, TextPart) and part.cache for part in parts)
    return Usage(0, written, cache_write=read) if kept else Usage(read, written)


def tokens_of(text: str) -> int:
    """About the tokens that `text` takes."""
    return round(_size(text) / CHARACTERS_PER_TOKEN)


def _size(text: str) -> float:
    """Its length as that of English: the characters of other scripts take a token each, or more than one."""
    if text.isascii():
        return len(text)
    plain = len(text.encode("ascii", "ignore"))
    return plain + (len(text.encode("utf-8", "replace")) - plain) / 2 * CHARACTERS_PER_TOKEN


def _texts(part: Part) -> tuple[str, ...]:
    match part:
        case TextPart(text) | ToolResult(_, text):
            return (text,)
        case ThinkingPart(text, signature, sealed):
            return text, signature, sealed
        case ToolCall(_, name, given):
            return name, given
        case ImagePart():
            return ()


def _pictures(part: Part) -> int:
    return 1 if isinstance(part, ImagePart) else len(part.images) if isinstance(part, ToolResult) else 0
