"""Which steps a project's turns have; a person switches off what a model cannot do, or what they do not want to pay."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

SETTING: Final = "steps"
MOST_MENDS: Final = 3
_VAGUE_WORDS: Final = 12
_LARGE_CHARACTERS: Final = 1_500
_LARGE_LINES: Final = 14


class StepChoices(BaseModel):
    """`questions`: ask back when a first request is vague. `plans`: plan large requests first. `checks`: look at the
    app after each change. `free_mends`: mend what is certain without a model. `mends`: how often a model may mend."""

    model_config = ConfigDict(extra="forbid")
    questions: bool = True
    plans: bool = True
    checks: bool = True
    free_mends: bool = True
    mends: Annotated[int, Field(ge=0, le=MOST_MENDS)] = MOST_MENDS


def is_vague(prompt: str) -> bool:
    """Whether a first request is so short that a question may be worth more than a guess."""
    return len(prompt.split()) < _VAGUE_WORDS


def is_large(prompt: str) -> bool:
    """Whether a request is long enough to be planned before it is built."""
    return len(prompt) > _LARGE_CHARACTERS or len(prompt.splitlines()) > _LARGE_LINES
