"""What there is to choose from before a project exists: models, starters."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayReadWorkspace, signed_in
from builder.base.errors import NotFound
from builder.composition.starters import missing_starters
from builder.llm.language_models import MenuEntry
from builder.projects.starters import STARTERS, find_starter, list_starters
from builder.texts import t

router = APIRouter(tags=["catalogues"])


class ModelMenu(BaseModel):
    """`default`: the model that is used when a request names none."""

    models: list[MenuEntry]
    default: str


class StarterEntry(BaseModel):
    """`server`: the runtime that its server needs; `unavailable`: why it cannot run here, null where it can."""

    name: str
    title: str
    description: str
    stack: list[str]
    screenshot: str | None
    prompt: str
    server: str | None
    unavailable: str | None


class StarterList(BaseModel):
    starters: list[StarterEntry]


@router.get("/models")
async def models(services: AppServices, actor: MayReadWorkspace) -> ModelMenu:
    return ModelMenu(models=await services.models.menu(actor), default=await services.models.default(actor))


@router.get("/starters", dependencies=[signed_in])
async def starters(services: AppServices) -> StarterList:
    found = await asyncio.to_thread(list_starters)
    python = services.browser_python.there
    missing = await asyncio.to_thread(missing_starters, services.engines, found, python=python)
    return StarterList(
        starters=[
            StarterEntry(
                name=starter.name,
                title=starter.title,
                description=starter.description,
                stack=starter.stack,
                screenshot=f"/api/v1/starters/{starter.name}/screenshot.webp" if starter.has_screenshot else None,
                prompt=starter.prompt,
                server=starter.server or None,
                unavailable=missing.get(starter.name),
            )
            for starter in found
        ]
    )


@router.get(
    "/starters/{name}/screenshot.webp",
    response_class=Response,
    responses=content("image/webp"),
    dependencies=[signed_in],
)
async def screenshot(name: str) -> Response:
    starter = await asyncio.to_thread(find_starter, name)
    if not starter.has_screenshot:
        raise NotFound(t("starter.no_screenshot"))
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    # Sent whole: FileResponse answers an invalid range with an error shape of its own.
    picture = await asyncio.to_thread((STARTERS / starter.name / "screenshot.webp").read_bytes)
    return Response(picture, media_type="image/webp", headers=headers)
