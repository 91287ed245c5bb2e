"""How the OpenAPI description of a route states content that is not JSON."""

from __future__ import annotations

from typing import Any


def content(*types: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with text or bytes of these media types."""
    return {200: {"description": "Successful Response", "content": _schemas(types)}}


def body(*types: str) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes such bytes."""
    return {"requestBody": {"content": _schemas(types), "required": True}}


def _schemas(types: tuple[str, ...]) -> dict[str, Any]:
    text, raw = {"type": "string"}, {"type": "string", "format": "binary"}
    return {one: {"schema": text if one.startswith("text/") else raw} for one in types}
