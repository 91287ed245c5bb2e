"""A conversation as the body of a request for a chat completion: developers.openai.com/api/docs/api-reference/chat."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    TextPart,
    Tool,
    ToolCall,
    ToolResult,
)
from builder.llm.conversation.model import Profile


def parameters(
    model: str, profile: Profile, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
) -> dict[str, Any]:
    """The arguments of `chat.completions.create`."""
    # The system message is the same in every request, so that the provider's cache finds it.
    system = [{"role": "system", "content": options.system}] if options.system else []
    asked: dict[str, Any] = {
        "model": model,
        "messages": [*system, *(entry for message in messages for entry in _entries(message))],
        "max_completion_tokens": min(options.max_output_tokens, profile.max_output),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if options.json:
        asked["response_format"] = {"type": "json_object"}
    if options.stop:
        asked["stop"] = [*options.stop]
    if options.thinking:
        asked["reasoning_effort"] = "high"
    if tools:
        asked["tools"] = [_tool(tool) for tool in tools]
        if options.tool:
            asked["tool_choice"] = {"type": "function", "function": {"name": options.tool}}
        if options.one_call:
            asked["parallel_tool_calls"] = False
    return asked


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    return {"type": "function", "function": function}


def _entries(message: ModelMessage) -> Iterator[dict[str, Any]]:
    """One message may become several here: each tool result is a message of its own, and its pictures go into a message
    of the user.

    A model's thinking is not sent: this API does not accept it.
    """
    if message.role == "assistant":
        yield _answer(message)
        return
    shown: list[TextPart | ImagePart] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            text = f"Error: {part.text}" if part.failed else part.text
            yield {"role": "tool", "tool_call_id": part.call, "content": text}
            shown.extend(part.images)
        elif isinstance(part, (TextPart, ImagePart)):
            shown.append(part)
    texts = [part.text for part in shown if isinstance(part, TextPart)]
    if shown and len(texts) == len(shown):  # a plain text is what every server of this API accepts
        yield {"role": "user", "content": "".join(texts)}
    elif shown:
        yield {"role": "user", "content": [_block(part) for part in shown]}


def _answer(message: ModelMessage) -> dict[str, Any]:
    text = "".join(part.text for part in message.parts if isinstance(part, TextPart))
    answer: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls := [part for part in message.parts if isinstance(part, ToolCall)]:
        answer["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.input}}
            for call in calls
        ]
    return answer


def _block(part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    address = f"data:{part.type};base64,{base64.b64encode(part.data).decode()}"
    return {"type": "image_url", "image_url": {"url": address}}
