"""A walk: what a person does with the app, and what they see of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from builder.projects.walks.steps import WalkStep
from builder.projects.walks.target import WalkPart


class Walk(WalkPart):
    """`title`: what it shows, in the person's words. It begins at the app's first page, with nothing stored."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    steps: Annotated[list[WalkStep], Field(min_length=1, max_length=100)]


def walk_schema() -> dict[str, Any]:
    """The JSON Schema of a file in walks/."""
    return Walk.model_json_schema()
