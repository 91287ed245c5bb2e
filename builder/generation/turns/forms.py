"""What a model fills in beside the files of an app: questions back to the person, and a plan."""

from __future__ import annotations

import json
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from builder.base.errors import Json
from builder.projects.walks.walk import Walk

MOST_QUESTIONS: Final = 3
MOST_CHOICES: Final = 5
MOST_ITEMS: Final = 30
_STEPS: Final = "The check as steps of a walk."


def _cut(most: int) -> BeforeValidator:
    """A model that writes too much of something has still written the first of it."""
    return BeforeValidator(lambda value: value[:most] if isinstance(value, (str, list)) else value)


Line = Annotated[str, _cut(300)]
Words = Annotated[str, _cut(2_000)]


class Form(BaseModel):
    """Fields that nobody asked for are passed over."""

    model_config = ConfigDict(extra="ignore")


class Question(Form):
    """A question to the person. `answer` is a choice or words of their own, "" for one that was left open."""

    question: Line
    choices: Annotated[list[Line], _cut(MOST_CHOICES)] = Field(default_factory=list)
    answer: Words = ""


class Understanding(Form):
    """`large`: the request is better planned before it is built."""

    questions: Annotated[list[Question], _cut(MOST_QUESTIONS)] = Field(default_factory=list)
    large: bool = False


class PlanItem(Form):
    name: Line
    what: Words = ""


class PlannedCheck(Form):
    """`how`: what is done and then seen, in the person's words. `steps`: the same as steps of a walk, where there are
    any. The step that writes the app reads `how` and never `steps`."""

    title: Line
    how: Words = ""
    steps: Annotated[list[dict[str, Json]], _cut(100)] = Field(default_factory=list, description=_STEPS)


class AppPlan(Form):
    """What is going to be built, and what will be checked. The person may change every line of it."""

    title: Line = ""
    summary: Words = ""
    pages: Annotated[list[PlanItem], _cut(MOST_ITEMS)] = Field(default_factory=list)
    data: Annotated[list[PlanItem], _cut(MOST_ITEMS)] = Field(default_factory=list)
    api: Annotated[list[PlanItem], _cut(MOST_ITEMS)] = Field(default_factory=list)
    checks: Annotated[list[PlannedCheck], _cut(MOST_ITEMS)] = Field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.pages or self.data or self.api or self.checks)

    @property
    def words(self) -> str:
        """All that it says, a line each."""
        items = (line for item in (*self.pages, *self.data, *self.api) for line in (item.name, item.what))
        checks = (line for check in self.checks for line in (check.title, check.how))
        return "\n".join((self.title, self.summary, *items, *checks))


class BetterPrompt(Form):
    """`prompt`: the person's request, said so that it can be built as it is meant."""

    prompt: Annotated[str, _cut(20_000)]


def walk_of(check: PlannedCheck) -> Walk | None:
    """The check as a walk; None where it has no steps, or none that a walk can have."""
    if not check.steps:
        return None
    try:
        return Walk.model_validate_json(json.dumps({"title": check.title[:120], "steps": check.steps}))
    except ValidationError:
        return None
