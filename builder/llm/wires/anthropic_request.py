"""A conversation as the body of a request to the Messages API: platform.claude.com/docs/en/api/messages."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final

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

_EPHEMERAL: Final = {"cache_control": {"type": "ephemeral"}}
_LEAST_BUDGET: Final = 1_024
_MOST_BUDGET: Final = 16_000
"""The thinking budget in tokens, for models that take one: the API's minimum, and the amount for a hard task."""
_MOST_MARKS: Final = 3
"""Of the cache, in the messages: a request takes four, and one ends the system prompt."""


def parameters(
    model: str,
    profile: Profile,
    messages: Sequence[ModelMessage],
    tools: Sequence[Tool],
    options: CallOptions,
    *,
    plain: bool = False,
) -> dict[str, Any]:
    """The arguments of `messages.create`. `plain` leaves out the fields that only some models accept.

    Raises ValueError for a tool call in `messages` whose input is no JSON object.
    """
    most = min(options.max_output_tokens, profile.max_output)
    asked: dict[str, Any] = {
        "model": model,
        "max_tokens": most,
        "messages": [{"role": message.role, "content": _content(message)} for message in messages],
        "stream": True,
    }
    if options.system:
        # Tools and the system prompt are the same in every request: one cache entry, tool definitions first.
        asked["system"] = [{"type": "text", "text": options.system, "cache_control": {"type": "ephemeral"}}]
    if options.goes_on:
        asked["messages"] = _kept(asked["messages"])
    _cap_marks(asked["messages"])
    if options.stop:
        asked["stop_sequences"] = [*options.stop]
    thinking = None if plain else _thinking(profile, most, asked_for=options.thinking)
    if thinking:
        asked["thinking"] = thinking
    if tools:
        asked["tools"] = [_tool(tool) for tool in tools]
        # A model that thinks first cannot be forced to call a tool.
        forced = bool(options.tool) and profile.forced_tool and not options.thinking and not plain
        asked["tool_choice"] = {"type": "tool", "name": options.tool} if forced else {"type": "auto"}
        if options.one_call:
            asked["tool_choice"]["disable_parallel_tool_use"] = True
    return asked


def _kept(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same messages, cached to the end of the first and to that of the last: the API looks for an earlier entry at
    most 20 blocks before such a place, and the answers to a dozen calls are more."""
    whole = [{**message, "content": _blocks(message["content"])} for message in messages]
    first = whole[0]["content"]
    if not any("cache_control" in block for block in first):
        first[-1] |= _EPHEMERAL
    whole[-1]["content"][-1] |= _EPHEMERAL
    return whole


def _cap_marks(messages: list[dict[str, Any]]) -> None:
    """The last ones stay: behind them the least is read anew."""
    blocks = (block for message in messages if isinstance(message["content"], list) for block in message["content"])
    for block in [block for block in blocks if "cache_control" in block][:-_MOST_MARKS]:
        del block["cache_control"]


def _blocks(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else [{**block} for block in content]


def _thinking(profile: Profile, most: int, *, asked_for: bool) -> dict[str, Any] | None:
    if not asked_for:
        return {"type": profile.no_thinking} if profile.no_thinking else None
    if profile.thinking == "enabled":
        budget = min(most // 2, _MOST_BUDGET)
        return {"type": "enabled", "budget_tokens": budget} if budget >= _LEAST_BUDGET else None
    return {"type": profile.thinking, "display": "summarized"} if profile.thinking else None


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.schema,
        "eager_input_streaming": True,
    }


def _content(message: ModelMessage) -> str | list[dict[str, Any]]:
    if len(message.parts) == 1 and isinstance(only := message.parts[0], TextPart) and not only.cache:
        return only.text
    # Tool results have to come before all other parts of a message.
    return [_block(part) for part in sorted(message.parts, key=lambda part: not isinstance(part, ToolResult))]


def _block(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text, cache):
            return {"type": "text", "text": text} | ({"cache_control": {"type": "ephemeral"}} if cache else {})
        case ImagePart(data, kind):
            encoded = base64.b64encode(data).decode()
            return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": encoded}}
        case ThinkingPart(_, _, sealed) if sealed:
            return {"type": "redacted_thinking", "data": sealed}
        case ThinkingPart(text, signature):
            return {"type": "thinking", "thinking": text, "signature": signature}
        case ToolCall(call, name):
            return {"type": "tool_use", "id": call, "name": name, "input": part.values()}
        case ToolResult(call, text, images, failed):
            said = [_block(TextPart(text))] if text else []
            shown = [*said, *(_block(image) for image in images)]
            return {"type": "tool_result", "tool_use_id": call, "content": shown, "is_error": failed}
