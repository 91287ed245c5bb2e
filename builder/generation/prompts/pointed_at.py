"""The part of the running app that a request is about."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PointedAt(BaseModel):
    """Where what the person points at is written: `line` to `end_line` of a file, from 1. `tag`: the name of the element or
    component; `text`: how it is written, or the beginning of that."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: str = Field(max_length=400)
    line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    tag: str = Field("", max_length=100)
    text: str = Field("", max_length=2_000)
