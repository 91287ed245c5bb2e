"""A conversation as the body of a request for content: ai.google.dev/api/generate-content."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

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

UNSIGNED: Final = "skip_thought_signature_validator"
"""Stands for the signature of a call that another model made: ai.google.dev/gemini-api/docs/thought-signatures."""
_OF_CALL: Final = "gemini:call:"
_OF_TEXT: Final = "gemini:text:"
_BUDGETS: Final = {"none": 0, "least": 128, "dynamic": -1}
"""Tokens of thinking, for models that take a budget instead of a level."""


def parameters(
    profile: Profile, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
) -> dict[str, Any]:
    """The body. There is no option for a single call (`one_call`).

    Raises ValueError for a tool call in `messages` whose input is no JSON object.
    """
    names = {part.id: part.name for message in messages for part in message.parts if isinstance(part, ToolCall)}
    config: dict[str, Any] = {"maxOutputTokens": min(options.max_output_tokens, profile.max_output)}
    if options.stop:
        config["stopSequences"] = [*options.stop]
    if options.json and not tools:
        config["responseMimeType"] = "application/json"
    if thinking := _thinking(profile, asked_for=options.thinking):
        config["thinkingConfig"] = thinking
    asked: dict[str, Any] = {"contents": [_content(message, names) for message in messages], "generationConfig": config}
    if options.system:
        # The same in every request and first in it, so that the provider's implicit cache finds it.
        asked["systemInstruction"] = {"parts": [{"text": options.system}]}
    if tools:
        asked["tools"] = [{"functionDeclarations": [_tool(tool) for tool in tools]}]
        if options.tool:
            asked["toolConfig"] = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": [options.tool]}}
    return asked


def kept(signature: str, *, of_call: bool) -> str:
    """The API's signature of a part as that of a `ThinkingPart`, which stands before a call and behind a text."""
    return f"{_OF_CALL if of_call else _OF_TEXT}{signature}"


def _thinking(profile: Profile, *, asked_for: bool) -> dict[str, Any] | None:
    value = profile.thinking if asked_for else profile.no_thinking
    if value is None:
        return None
    amount = {"thinkingBudget": _BUDGETS[value]} if value in _BUDGETS else {"thinkingLevel": value}
    return {**amount, "includeThoughts": True} if asked_for else amount


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": dict(tool.schema)}


def _content(message: ModelMessage, names: Mapping[str, str]) -> dict[str, Any]:
    if message.role == "assistant":
        return {"role": "model", "parts": [*_answered(message)]}
    # The results of one step of calls come first and together; their pictures follow.
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    shown = [part for part in message.parts if isinstance(part, (TextPart, ImagePart))]
    pictures = [image for result in results for image in result.images]
    parts = [*(_result(result, names) for result in results), *(_shown(part) for part in (*pictures, *shown))]
    return {"role": "user", "parts": parts}


def _answered(message: ModelMessage) -> Iterator[dict[str, Any]]:
    signature, signed = "", False
    for part in message.parts:
        match part:
            case ThinkingPart(_, kept_before) if kept_before.startswith(_OF_CALL):
                signature = kept_before.removeprefix(_OF_CALL)
            case ThinkingPart(_, kept_before) if kept_before.startswith(_OF_TEXT):
                yield {"text": "", "thoughtSignature": kept_before.removeprefix(_OF_TEXT)}
            case ToolCall(call, name):
                written = {"functionCall": {"id": call, "name": name, "args": part.values()}}
                # Of the calls of one answer only the first is signed.
                if seal := signature or ("" if signed else UNSIGNED):
                    written["thoughtSignature"] = seal  # type: ignore[assignment]  # a text beside an object
                signature, signed = "", True
                yield written
            case TextPart(text):
                yield {"text": text}


def _result(result: ToolResult, names: Mapping[str, str]) -> dict[str, Any]:
    response = {"error" if result.failed else "result": result.text}
    return {"functionResponse": {"id": result.call, "name": names.get(result.call, result.call), "response": response}}


def _shown(part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"text": part.text}
    return {"inlineData": {"mimeType": part.type, "data": base64.b64encode(part.data).decode()}}


def arguments(call: Mapping[str, Any]) -> str:
    """The input of a function call as JSON text."""
    return json.dumps(call.get("args") or {}, ensure_ascii=False)
