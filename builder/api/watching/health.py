"""Whether Sayso lives, and whether it can do its work."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from builder import __version__
from builder.api.requests.context import AppServices, for_everybody
from builder.composition.operation.watching import PartState

router = APIRouter(prefix="/health", tags=["watching"])


class Health(BaseModel):
    ok: Literal[True]
    name: Literal["sayso"]
    version: str


class HealthPart(BaseModel):
    """`needed`: without it Sayso is not ready. `off`: it is not set up."""

    state: PartState
    needed: bool
    milliseconds: int


class Readiness(BaseModel):
    """`missing`: the needed parts that are down."""

    ready: bool
    missing: list[str]
    parts: dict[str, HealthPart]


@router.get("", dependencies=[for_everybody])
async def health() -> Health:
    return Health(ok=True, name="sayso", version=__version__)


@router.get("/live", dependencies=[for_everybody])
async def live() -> Health:
    """A process that answers lives; nothing is looked at."""
    return Health(ok=True, name="sayso", version=__version__)


@router.get("/ready", dependencies=[for_everybody], responses={503: {"model": Readiness}})
async def ready(services: AppServices, response: Response) -> Readiness:
    """503 where a needed part is down. The log has why."""
    seen = await services.watching.health()
    missing = [name for name, part in seen.items() if part.needed and part.state == "down"]
    response.status_code = 503 if missing else 200
    response.headers["Cache-Control"] = "no-store"
    parts = {
        name: HealthPart(state=part.state, needed=part.needed, milliseconds=part.milliseconds)
        for name, part in seen.items()
    }
    return Readiness(ready=not missing, missing=missing, parts=parts)
