"""A conversation as the body of a request for a response: the SDK's `ResponseCreateParams`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCall,
    ToolResult,
)
from builder.llm.conversation.model import Profile


def parameters(
    model: str, profile: Profile, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
) -> dict[str, Any]:
    """The arguments of `responses.create`. There is no `stop`: `ResponsesModel` refuses a call that sets it."""
    asked: dict[str, Any] = {
        "model": model,
        "input": [item for message in messages for item in _items(message)],
        "max_output_tokens": min(options.max_output_tokens, profile.max_output),
        "stream": True,
        # The provider stores nothing, so a model's thinking comes to us encrypted and is sent back with the next
        # request.
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }
    if options.system:
        asked["instructions"] = options.system
    if options.json:
        asked["text"] = {"format": {"type": "json_object"}}
    if options.thinking:
        asked["reasoning"] = {"effort": "high", "summary": "auto"}
    if tools:
        asked["tools"] = [_tool(tool) for tool in tools]
        if options.tool:
            asked["tool_choice"] = {"type": "function", "name": options.tool}
        if options.one_call:
            asked["parallel_tool_calls"] = False
    return asked


def kept(item: dict[str, Any]) -> str:
    """A reasoning item as the signature of a `ThinkingPart`; "" when it has no encrypted content and so cannot be sent
    back."""
    return json.dumps(item, ensure_ascii=False) if item.get("encrypted_content") else ""


def _tool(tool: Tool) -> dict[str, Any]:
    # A strict schema allows no free keys, and the `files` of a Draft have them.
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.schema),
        "strict": False,
    }


def _items(message: ModelMessage) -> Iterator[dict[str, Any]]:
    """One message may become several items: calls, results and thinking are separate items, in the order they came."""
    shown: list[TextPart | ImagePart] = []
    for part in message.parts:
        match part:
            case ToolCall(call, name, given):
                yield {"type": "function_call", "call_id": call, "name": name, "arguments": given}
            case ToolResult(call):
                yield {"type": "function_call_output", "call_id": call, "output": _output(part)}
            case ThinkingPart(_, signature):
                if item := _reasoning(signature):
                    yield item
            case TextPart(text) if message.role == "assistant":
                yield {"role": "assistant", "content": text}
            case TextPart() | ImagePart():
                shown.append(part)
    if shown:
        yield {"role": "user", "content": [_block(part) for part in shown]}


def _reasoning(signature: str) -> dict[str, Any] | None:
    """The item stored in `kept`. The signature of another provider is no item of ours and is left out."""
    try:
        item = json.loads(signature)
    except ValueError:
        return None
    return item if isinstance(item, dict) and item.get("type") == "reasoning" else None


def _output(result: ToolResult) -> str | list[dict[str, Any]]:
    text = f"Error: {result.text}" if result.failed else result.text
    if not result.images:
        return text
    parts: list[TextPart | ImagePart] = [TextPart(text)] if text else []
    return [_block(part) for part in (*parts, *result.images)]


def _block(part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "input_text", "text": part.text}
    address = f"data:{part.type};base64,{base64.b64encode(part.data).decode()}"
    return {"type": "input_image", "image_url": address, "detail": "auto"}
