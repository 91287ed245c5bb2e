"""File contents in JSON: text as it is, bytes as `{"base64": …}`."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from builder.base.errors import BadInput
from builder.texts import t


class Base64(BaseModel):
    model_config = ConfigDict(extra="forbid")
    base64: str


WireFile = str | Base64


def to_wire(content: str | bytes) -> WireFile:
    return content if isinstance(content, str) else Base64(base64=base64.b64encode(content).decode())


def from_base64(path: str, text: str) -> bytes:
    """Raises BadInput when the value is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # covers binascii.Error; text that is not ASCII raises ValueError itself
        raise BadInput(t("api.base64", path=path[:100])) from error


def from_wire(files: Mapping[str, WireFile]) -> dict[str, str | bytes]:
    return {
        path: content if isinstance(content, str) else from_base64(path, content.base64)
        for path, content in files.items()
    }
