"""The JSON of a generation, as the API and the event log carry it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from builder.base.errors import Remedy
from builder.generation.tables import Generation


class FileProgress(BaseModel):
    """A file of an answer; `closed`: all of it arrived."""

    path: str
    closed: bool


class TokenCounts(BaseModel):
    input: int
    output: int
    cache_read: int
    cache_write: int


class GenerationFault(BaseModel):
    """Why an answer ended before its end; `remedy`: the one step that a page offers."""

    code: str
    message: str
    remedy: Remedy


class ModelChange(BaseModel):
    """The model's label that was asked before, and the code of its failure."""

    instead_of: str
    because: str


class GenerationView(BaseModel):
    """`cost_usd` is null where the price of the model is not known; `calls`: how often the model was asked; `changed`:
    the last change of the model that writes, because another one failed before it began; `turn`: the one that it writes
    for."""

    id: str
    project: str
    status: Literal["queued", "running", "done", "stopped", "interrupted", "failed"]
    model: str
    model_label: str
    offline: bool
    prompt: str
    title: str
    summary: str
    files: list[FileProgress]
    tokens: TokenCounts
    cost_usd: float | None
    error: GenerationFault | None
    started_at: str | None
    finished_at: str | None
    version: str | None
    characters: int
    calls: int = 1
    changed: ModelChange | None = None
    turn: str | None = None


def generation_shape(generation: Generation) -> GenerationView:
    return GenerationView.model_validate(
        {
            **generation.model_dump(include=set(GenerationView.model_fields)),
            "calls": generation.resume.get("calls", 1),
            "changed": generation.resume.get("changed"),
            "tokens": {
                "input": generation.input_tokens,
                "output": generation.output_tokens,
                "cache_read": generation.cache_read,
                "cache_write": generation.cache_write,
            },
        }
    )
