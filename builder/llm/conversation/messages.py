"""What is said to a model: messages of text, pictures, tool calls and their results, and the tools it may call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "assistant"]
ImageType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture; `data` are its file's bytes."""

    data: bytes
    type: ImageType


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    """What a model thought before it answered. Some models take their answer back only with it, unchanged.

    `signature` is the provider's seal on `text`; `sealed` is thinking that the provider does not show.
    """

    text: str = ""
    signature: str = ""
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's call of a tool. `input` is its JSON, as the model wrote it."""

    id: str
    name: str
    input: str = "{}"

    def values(self) -> dict[str, Any]:
        """The input read. Raises ValueError where it is no JSON object, as in an answer that was cut off."""
        read = json.loads(self.input)
        if not isinstance(read, dict):
            raise ValueError(f"the input of {self.name} is no object")
        return read


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave; `call` is the id of its `ToolCall`. With `failed`, `text` says what went wrong."""

    call: str
    text: str = ""
    images: tuple[ImagePart, ...] = ()
    failed: bool = False


Part = TextPart | ImagePart | ThinkingPart | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message of a conversation. Results of tools are the user's, thinking and calls the assistant's."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a model may call; `schema` is the JSON Schema of its input, an object."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a call is for, and how it is to be answered.

    `operation` ("generate"), `project` and `reference` (a generation's id, for one) are for the usage log. `tool` is
    the one that the model is to call, which is forced where it may be; with `one_call` it calls one at most. `json`
    asks for one JSON object where the API has a way to; the messages have to say so as well. With `thinking` the model
    may think before it answers, where it can. `stop` are texts that end the answer.
    """

    operation: str
    project: str | None = None
    reference: str | None = None
    system: str = ""
    tool: str = ""
    one_call: bool = False
    json: bool = False
    thinking: bool = False
    max_output_tokens: int = 64_000
    stop: tuple[str, ...] = ()


def user_message(text: str, *images: ImagePart) -> ModelMessage:
    """A message of the user: pictures first, as models read them best, then `text`."""
    return ModelMessage("user", (*images, TextPart(text)))
