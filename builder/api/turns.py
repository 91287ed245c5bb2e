"""Turns: what a message sets off, step by step."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import Action
from builder.api.requests.context import AppServices, ClientAddress, MayConfigure, MayEdit, MayRead, MayReadTalk
from builder.composition.conversation import look_at
from builder.generation.aside.set_aside import Choice
from builder.generation.tools.open_pages import PageAnswer
from builder.generation.turns.choices import StepChoices
from builder.generation.turns.forms import MOST_QUESTIONS, AppPlan, Line
from builder.generation.turns.shapes import CheckReport, DecisionView, TurnView, turn_shape
from preview_runtime.file_tree import MAX_FILES

router = APIRouter(prefix="/projects/{project_id}", tags=["turns"])


class TurnAnswer(BaseModel):
    turn: TurnView


class TurnList(BaseModel):
    turns: list[TurnView]


class Answers(BaseModel):
    """In the order of the questions; "" leaves one open, and so does a shorter list."""

    model_config = ConfigDict(extra="forbid")
    answers: Annotated[list[Line], Field(max_length=MOST_QUESTIONS)] = Field(default_factory=list)


class AgreedPlan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    plan: AppPlan


class FileChoices(BaseModel):
    """Path → what becomes of the file: `mine` stays, `new` comes, "" is open again."""

    model_config = ConfigDict(extra="forbid")
    choices: Annotated[dict[str, Choice], Field(max_length=MAX_FILES)]


class Decided(BaseModel):
    """`head`: the version that was compared with."""

    model_config = ConfigDict(extra="forbid")
    head: Annotated[str, Field(max_length=16)] | None


class CheckTaken(BaseModel):
    """`taken`: false where nobody waits for it any more."""

    taken: bool


@router.get("/turns")
async def list_turns(services: AppServices, actor: MayReadTalk, project_id: str) -> TurnList:
    """Oldest first."""
    return TurnList(turns=[turn_shape(*turn) for turn in await services.turns.all(actor, project_id)])


@router.get("/turns/{turn_id}")
async def get_turn(services: AppServices, actor: MayReadTalk, project_id: str, turn_id: str) -> TurnAnswer:
    return TurnAnswer(turn=turn_shape(*await services.turns.get(actor, project_id, turn_id)))


@router.post("/turns/{turn_id}/answers", status_code=202)
async def answer_questions(
    services: AppServices, actor: MayEdit, project_id: str, turn_id: str, given: Answers, client: ClientAddress
) -> TurnAnswer:
    """Answers what the turn asks, or skips it, and goes on."""
    if words := "\n".join(given.answers).strip():
        await look_at(services, actor, project_id, words, sure=True, client=client)
    return TurnAnswer(turn=turn_shape(*await services.turns.answer(actor, project_id, turn_id, given.answers)))


@router.post("/turns/{turn_id}/plan", status_code=202)
async def build_plan(
    services: AppServices, actor: MayEdit, project_id: str, turn_id: str, agreed: AgreedPlan, client: ClientAddress
) -> TurnAnswer:
    """Has the plan built, as the person left it."""
    if not agreed.plan.empty:
        await look_at(services, actor, project_id, agreed.plan.words, sure=True, client=client)
    return TurnAnswer(turn=turn_shape(*await services.turns.build(actor, project_id, turn_id, agreed.plan)))


@router.get("/turns/{turn_id}/decision", responses={409: {}})
async def get_decision(services: AppServices, actor: MayReadTalk, project_id: str, turn_id: str) -> DecisionView:
    """What was shortened unasked, beside what the project has. 409 `turn_not_waiting`."""
    return await services.turns.decision(actor, project_id, turn_id)


@router.put("/turns/{turn_id}/decision", status_code=204)
async def choose_files(
    services: AppServices, actor: MayEdit, project_id: str, turn_id: str, chosen: FileChoices
) -> Response:
    """Keeps what the person wants of each file so far."""
    await services.turns.choose_files(actor, project_id, turn_id, chosen.choices)
    return Response(status_code=204)


@router.post("/turns/{turn_id}/decision", status_code=202)
async def decide(services: AppServices, actor: MayEdit, project_id: str, turn_id: str, decided: Decided) -> TurnAnswer:
    """Takes the answer as it was decided, and goes on. 409 `undecided`, `changed_meanwhile`."""
    return TurnAnswer(turn=turn_shape(*await services.turns.decide(actor, project_id, turn_id, decided.head)))


@router.post("/turns/{turn_id}/start", status_code=202)
async def start_turn(services: AppServices, actor: MayEdit, project_id: str, turn_id: str) -> TurnAnswer:
    """Begins a turn that was queued."""
    return TurnAnswer(turn=turn_shape(*await services.turns.start(actor, project_id, turn_id)))


@router.post("/turns/{turn_id}/stop")
async def stop_turn(services: AppServices, actor: MayEdit, project_id: str, turn_id: str) -> TurnAnswer:
    """Ends it, or takes it out of the queue; what was made is kept."""
    return TurnAnswer(turn=turn_shape(*await services.turns.stop(actor, project_id, turn_id)))


@router.post("/turns/{turn_id}/continue", status_code=202)
async def continue_turn(services: AppServices, actor: MayEdit, project_id: str, turn_id: str) -> TurnAnswer:
    """Goes on where it broke off."""
    return TurnAnswer(turn=turn_shape(*await services.turns.continue_(actor, project_id, turn_id)))


@router.post("/turns/{turn_id}/take-back", status_code=204)
async def take_back_turn(services: AppServices, actor: MayEdit, project_id: str, turn_id: str) -> Response:
    """Brings the project back to what it was before the turn, as a version of its own."""
    await services.turns.take_back(actor, project_id, turn_id)
    return Response(status_code=204)


@router.post("/check")
async def report_check(services: AppServices, actor: MayEdit, project_id: str, report: CheckReport) -> CheckTaken:
    """What a page saw of a version. What it says can only end a wait: it is the app that says it."""
    return CheckTaken(taken=await services.turns.seen(actor, project_id, report))


@router.post("/looks/{look_id}")
async def answer_look(
    services: AppServices, actor: MayEdit, project_id: str, look_id: str, answer: PageAnswer
) -> CheckTaken:
    """What a page saw that was asked by a `page_asked` event. It goes to the model that asked, as the app's words."""
    await services.store.get(actor, project_id, Action.EDIT)
    return CheckTaken(taken=services.open_pages.answered(project_id, look_id, answer))


@router.get("/steps")
async def get_steps(services: AppServices, actor: MayRead, project_id: str) -> StepChoices:
    return await services.turns.choices(actor, project_id)


@router.put("/steps")
async def choose_steps(
    services: AppServices, actor: MayConfigure, project_id: str, choices: StepChoices
) -> StepChoices:
    """Which steps the project's turns have."""
    return await services.turns.choose(actor, project_id, choices)
