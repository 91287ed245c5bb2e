"""Requests to a model: messages of text, pictures, tool calls and their results, and the tools it may call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "assistant"]
ImageType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text. `cache`: what is sent up to its end is likely to be sent again, so that a provider may keep it."""

    text: str
    cache: bool = False


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture; `data` are its file's bytes."""

    data: bytes
    type: ImageType


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    """A model's thinking before its answer. Some models accept their earlier answer only together with it, unchanged.

    `signature` is the provider's signature of `text`; `sealed` is encrypted thinking that the provider does not show.
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
        """The input read. Raises ValueError when it is no JSON object, as in an answer that was cut off."""
        read = json.loads(self.input)
        if not isinstance(read, dict):
            raise ValueError(f"the input of {self.name} is no object")
        return read


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a tool; `call` is the id of its `ToolCall`. With `failed`, `text` says what went wrong."""

    call: str
    text: str = ""
    images: tuple[ImagePart, ...] = ()
    failed: bool = False


Part = TextPart | ImagePart | ThinkingPart | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message of a conversation. Tool results belong to the user's messages, thinking and tool calls to the
    assistant's."""

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
    """The purpose of a call, and the form of its answer.

    `operation` ("generate"), `project` and `reference` (a generation's id, for one) are for the usage log. `tool` is
    the tool that the model has to call; the API forces the call if it can. With `one_call` the model calls at most one
    tool. `json` asks the API for one JSON object if it has an option for that; the messages have to say so as well.
    With `thinking` the model may think before it answers, if it can. `stop` are texts that end the answer. With
    `goes_on` the next call will begin with the same messages: a provider that has to be asked to keeps what it has read.
    `longest_wait`: seconds after which a request that was refused for a while may be sent again at the latest; a
    provider that asks for more gets no second request.
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
    longest_wait: float = 30.0
    goes_on: bool = False


def user_message(text: str, *images: ImagePart) -> ModelMessage:
    """A message of the user: pictures first, as models read them best, then `text`."""
    return ModelMessage("user", (*images, TextPart(text)))
