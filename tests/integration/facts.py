"""Facts for a project's log, made up for tests of the log itself."""

from __future__ import annotations

from builder.generation.records import (
    FileClosedFact,
    FileDeletedFact,
    FileOpenedFact,
    GenerationFinishedFact,
    GenerationStartedFact,
)
from builder.generation.shapes import GenerationView, generation_shape
from builder.generation.tables import Generation


def numbered(n: int) -> FileDeletedFact:
    """One that can be told from another: its path is the number."""
    return FileDeletedFact(generation="", path=str(n))


def started(generation: str) -> GenerationStartedFact:
    return GenerationStartedFact(generation=_generation(generation, "running"))


def finished(generation: str) -> GenerationFinishedFact:
    return GenerationFinishedFact(generation=_generation(generation, "done"))


def opened(generation: str, path: str, at: int) -> FileOpenedFact:
    return FileOpenedFact(generation=generation, path=path, at=at)


def closed(generation: str, path: str, end: int) -> FileClosedFact:
    return FileClosedFact(generation=generation, path=path, end=end)


def _generation(generation: str, status: str) -> GenerationView:
    return generation_shape(Generation(id=generation, owner="owner", created_by="owner", project="p", status=status))
