"""Prompts and the generations that answer them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from builder.accounts.access import Action
from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.generation.shapes import GenerationView, generation_shape
from builder.projects.shapes import MessageView, message_shape

router = APIRouter(prefix="/projects/{project_id}", tags=["conversation"])


class NewMessage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    model: str = ""
    sure: bool = False


class MessageSent(BaseModel):
    """`notice`: what the person should know about what they sent, "" for nothing."""

    message: MessageView
    generation: GenerationView
    notice: str


class GenerationAnswer(BaseModel):
    generation: GenerationView


class ArrivedText(BaseModel):
    text: str
    closed: bool


class GenerationText(GenerationView):
    """With the text that has arrived so far, by path, and the offset from which the stream continues, in code
    points."""

    text_files: dict[str, ArrivedText]
    offset: int


@router.post("/messages", status_code=202)
async def send_message(services: AppServices, actor: MayEdit, project_id: str, new: NewMessage) -> MessageSent:
    """Starts a generation; what was typed becomes a version first.

    422 `blocked` where the text asks for what no app needs; 409 `sure_needed` where it has to be sent with `sure`."""
    project = await services.store.get(actor, project_id, Action.EDIT)
    looked = await services.guard.look(actor.within(project.owner), new.text, project=project_id, sure=new.sure)
    generation, message = await services.generations.ask(actor, project_id, looked.text, new.model)
    return MessageSent(message=message_shape(message), generation=generation_shape(generation), notice=looked.notice)


@router.get("/generations/{generation_id}")
async def get_generation(services: AppServices, actor: MayRead, project_id: str, generation_id: str) -> GenerationText:
    arrived = await services.generations.arrived(actor, generation_id, project_id)
    texts = {path: ArrivedText(text=file.text, closed=file.closed) for path, file in arrived.files.items()}
    return GenerationText(**dict(generation_shape(arrived.generation)), text_files=texts, offset=arrived.offset)


@router.post("/generations/{generation_id}/stop")
async def stop_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    return GenerationAnswer(
        generation=generation_shape(await services.generations.stop(actor, generation_id, project_id))
    )


@router.post("/generations/{generation_id}/continue", status_code=202)
async def continue_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await services.generations.continue_(actor, generation_id, project_id=project_id)
    return GenerationAnswer(generation=generation_shape(generation))


@router.post("/generations/{generation_id}/retry", status_code=202)
async def retry_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await services.generations.retry(actor, generation_id, project_id=project_id)
    return GenerationAnswer(generation=generation_shape(generation))
