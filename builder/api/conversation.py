"""Prompts and the generations that answer them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.composition.writing import act
from builder.generation.asking import PromptOptions
from builder.generation.shapes import GenerationView, generation_shape
from builder.generation.turns.shapes import Mode, TurnView, turn_shape
from builder.projects.shapes import MessageView, message_shape

router = APIRouter(prefix="/projects/{project_id}", tags=["conversation"])


class NewMessage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    model: str = ""
    mode: Mode = "build"
    queue: bool = Field(default=False, description="Wait where the project is busy, instead of 409.")
    instead_of: str = Field(default="", description="The id of an earlier turn from which another way is gone.")
    thinking: bool = False


class MessageSent(BaseModel):
    """`message` and `generation` are null while nothing is written yet: the turn is queued, asks back or plans."""

    turn: TurnView
    message: MessageView | None
    generation: GenerationView | None


class GenerationAnswer(BaseModel):
    generation: GenerationView


class ArrivedText(BaseModel):
    text: str
    closed: bool


class GenerationText(GenerationView):
    """With the text that has arrived so far, by path, and the offset from which the stream continues, in code
    points. `thinking`: what the model has thought in its last call."""

    thinking: str
    text_files: dict[str, ArrivedText]
    offset: int


@router.post("/messages", status_code=202)
async def send_message(services: AppServices, actor: MayEdit, project_id: str, new: NewMessage) -> MessageSent:
    """Begins a turn; what was typed becomes a version first."""
    turn, steps = await services.turns.send(
        actor, project_id, new.text, new.model, mode=new.mode, queue=new.queue, instead_of=new.instead_of,
        options=PromptOptions(thinking=new.thinking),
    )  # fmt: skip
    message, generation = await services.turns.begun(turn.id)
    return MessageSent(
        turn=turn_shape(turn, steps),
        message=message_shape(message) if message else None,
        generation=generation_shape(generation) if generation else None,
    )


@router.get("/generations/{generation_id}")
async def get_generation(services: AppServices, actor: MayRead, project_id: str, generation_id: str) -> GenerationText:
    arrived = await services.generations.arrived(actor, generation_id, project_id)
    texts = {path: ArrivedText(text=file.text, closed=file.closed) for path, file in arrived.files.items()}
    thinking = str(arrived.generation.resume.get("thinking", ""))
    return GenerationText(
        **dict(generation_shape(arrived.generation)), thinking=thinking, text_files=texts, offset=arrived.offset
    )


@router.post("/generations/{generation_id}/stop")
async def stop_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    return GenerationAnswer(generation=generation_shape(await act(services, actor, project_id, generation_id, "stop")))


@router.post("/generations/{generation_id}/continue", status_code=202)
async def continue_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await act(services, actor, project_id, generation_id, "continue")
    return GenerationAnswer(generation=generation_shape(generation))


@router.post("/generations/{generation_id}/retry", status_code=202)
async def retry_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await act(services, actor, project_id, generation_id, "retry")
    return GenerationAnswer(generation=generation_shape(generation))
