"""The JSON of turns and steps, as the API and the event log carry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from builder.base.comparing import DiffLine
from builder.base.events import Fact
from builder.generation.aside.set_aside import Choice
from builder.generation.shapes import GenerationFault, ModelChange, TokenCounts
from builder.generation.tables import Turn, TurnStep
from builder.generation.turns.forms import AppPlan, Question
from preview_runtime.engines import FaultKind

Mode = Literal["auto", "build", "plan", "discuss"]
"""`build` writes at once; `plan` plans first; `discuss` changes no file; `auto` asks back or plans where that helps."""
StepKind = Literal["understand", "plan", "discuss", "write", "free_mend", "check", "mend"]
StepStatus = Literal["running", "done", "stopped", "interrupted", "failed"]
TurnStatus = Literal["queued", "running", "asking", "planned", "deciding", "done", "stopped", "interrupted", "failed"]
Outcome = Literal["", "shown", "runs", "unseen", "faulty"]
"""What a turn that made a version came to. `shown`: the app painted, its walks passed, and nothing was wrong; `runs`: the
same, but no walk was walked: what it does was not tried; `unseen`: nobody looked; `faulty`: something is still wrong."""
Short = Annotated[str, Field(max_length=400)]
Long = Annotated[str, Field(max_length=4_000)]


class SeenFault(BaseModel):
    """A fault as a page saw it. `line` and `column` count from 1, 0 where they are not known."""

    model_config = ConfigDict(extra="forbid")
    kind: FaultKind
    message: Long
    code: Short = ""
    path: Short = ""
    line: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    column: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    detail: Long = ""


class FailedWalk(BaseModel):
    """A walk that does not walk. `step` counts from 1; `what` was there instead of what it expects."""

    model_config = ConfigDict(extra="forbid")
    path: Short
    title: Short = ""
    step: Annotated[int, Field(ge=0, le=1_000)] = 0
    what: Long = ""


class CheckReport(BaseModel):
    """What a page saw of a version. `walked`: the number of walks that passed, null where they were not walked;
    `not_walked` says why. `different`: how many of them, and of the strolls, showed something else than before. `log`: what
    the app and its server warned of or failed at since the version before, the last lines of it."""

    model_config = ConfigDict(extra="forbid")
    version: Annotated[str, Field(max_length=16)]
    painted: bool
    phase: Short = ""
    faults: Annotated[list[SeenFault], Field(max_length=20)] = Field(default_factory=list)
    walked: Annotated[int, Field(ge=0, le=1_000)] | None = None
    not_walked: Long = ""
    failed_walks: Annotated[list[FailedWalk], Field(max_length=100)] = Field(default_factory=list)
    different: Annotated[int, Field(ge=0, le=1_000)] = 0
    log: Annotated[list[Short], Field(max_length=40)] = Field(default_factory=list)


class MendView(BaseModel):
    """What was mended without a model; `says` is a sentence."""

    path: str
    code: str
    says: str


class StepView(BaseModel):
    """`cost_usd` is null where the price of the model is not known. `seen`: what a check came to, null where nobody
    looked. `mends`: what was mended without a model. `walks`: those of before that the request changed or took out. `attempt`: which mend by a model it is, from 1. `changed`: the last
    change of the model that was asked for words, because another one failed before it began."""

    id: str
    number: int
    kind: StepKind
    status: StepStatus
    model: str
    model_label: str
    tokens: TokenCounts
    cost_usd: float | None
    generation: str | None
    version: str | None
    seen: CheckReport | None = None
    mends: list[MendView] = Field(default_factory=list)
    walks: list[str] = Field(default_factory=list)
    attempt: int = 0
    changed: ModelChange | None = None
    started_at: str
    finished_at: str | None


class TurnView(BaseModel):
    """`base`: the version before it, to which it can be taken back. `tokens` and `cost_usd` are those of all its steps;
    `cost_usd` is null where the price of one is not known."""

    id: str
    project: str
    prompt: str
    mode: Mode
    model: str
    status: TurnStatus
    outcome: Outcome
    base: str | None
    version: str | None
    questions: list[Question]
    plan: AppPlan | None
    error: GenerationFault | None
    followed_by: str | None
    steps: list[StepView]
    tokens: TokenCounts
    cost_usd: float | None
    created_at: str
    finished_at: str | None


class DisputedFile(BaseModel):
    """A file that was shortened unasked; `reason` is a sentence. `lines`: the project's own beside it, null where they
    cannot be compared; `is_new`: the project has none. `choice`: "mine" or "new", "" while that is open."""

    path: str
    reason: str
    choice: Choice
    is_new: bool
    lines: list[DiffLine] | None


class DecisionView(BaseModel):
    """What a turn waits for that is `deciding`. `head`: the version that it is compared with; `others`: what else the
    answer changes, which comes with it."""

    head: str | None
    files: list[DisputedFile]
    others: list[str]


class TurnChangedFact(Fact):
    """A turn began, went on, or ended."""

    kind: ClassVar = "turn_changed"
    turn: TurnView


def step_shape(step: TurnStep) -> StepView:
    return StepView.model_validate(
        {
            **step.model_dump(include=set(StepView.model_fields)),
            **{
                name: step.detail[name]
                for name in ("seen", "mends", "walks", "attempt", "changed")
                if name in step.detail
            },
            "tokens": _tokens([step]),
        }
    )


def turn_shape(turn: Turn, steps: Sequence[TurnStep]) -> TurnView:
    """`steps`: its own, in order."""
    unknown = any(step.model and step.cost_usd is None and step.finished_at for step in steps)
    return TurnView.model_validate(
        {
            **turn.model_dump(include=set(TurnView.model_fields)),
            "steps": [step_shape(step) for step in steps],
            "tokens": _tokens(steps),
            "cost_usd": None if unknown else round(sum(step.cost_usd or 0.0 for step in steps), 6),
        }
    )


def _tokens(steps: Sequence[TurnStep]) -> TokenCounts:
    return TokenCounts(
        input=sum(step.input_tokens for step in steps),
        output=sum(step.output_tokens for step in steps),
        cache_read=sum(step.cache_read for step in steps),
        cache_write=sum(step.cache_write for step in steps),
    )
