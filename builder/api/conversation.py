"""Prompts and the generations that answer them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from builder.accounts.actor import Actor
from builder.api.requests.context import AppServices, CurrentActor
from builder.base.errors import NotFound
from builder.base.tables import Generation
from builder.composition.services import Services
from builder.projects.shapes import generation_shape, message_shape
from builder.texts import t

router = APIRouter(prefix="/projects/{project_id}", tags=["conversation"])


class NewMessage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    model: str = ""


@router.post("/messages", status_code=202)
async def send_message(services: AppServices, actor: CurrentActor, project_id: str, new: NewMessage) -> dict[str, Any]:
    """Starts a generation; what was typed becomes a version first."""
    generation = await services.generations.start(actor, project_id, new.text, new.model)
    message = await services.store.message_of(actor, generation.id)
    return {"message": message_shape(message), "generation": generation_shape(generation)}


@router.get("/generations/{generation_id}")
async def get_generation(
    services: AppServices, actor: CurrentActor, project_id: str, generation_id: str
) -> dict[str, Any]:
    """The generation with the text that arrived so far, and the offset from where the stream goes on."""
    await _mine(services, actor, project_id, generation_id)
    arrived = await services.generations.arrived(actor, generation_id)
    texts = {path: {"text": file.text, "closed": file.closed} for path, file in arrived.files.items()}
    return generation_shape(arrived.generation) | {"text_files": texts, "offset": arrived.offset}


@router.post("/generations/{generation_id}/stop")
async def stop(services: AppServices, actor: CurrentActor, project_id: str, generation_id: str) -> dict[str, Any]:
    await _mine(services, actor, project_id, generation_id)
    return {"generation": generation_shape(await services.generations.stop(actor, generation_id))}


@router.post("/generations/{generation_id}/continue", status_code=202)
async def go_on(services: AppServices, actor: CurrentActor, project_id: str, generation_id: str) -> dict[str, Any]:
    await _mine(services, actor, project_id, generation_id)
    return {"generation": generation_shape(await services.generations.continue_(actor, generation_id))}


@router.post("/generations/{generation_id}/retry", status_code=202)
async def retry(services: AppServices, actor: CurrentActor, project_id: str, generation_id: str) -> dict[str, Any]:
    await _mine(services, actor, project_id, generation_id)
    return {"generation": generation_shape(await services.generations.retry(actor, generation_id))}


async def _mine(services: Services, actor: Actor, project_id: str, generation_id: str) -> Generation:
    await services.store.get(actor, project_id)
    generation = await services.generations.get(actor, generation_id)
    if generation.project != project_id:
        raise NotFound(t("generation.not_found"))
    return generation
