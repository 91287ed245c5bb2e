"""A project as a graph of its files, folders or symbols."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from builder.api.requests.context import AppServices, MayRead
from builder.generation.graph.shapes import Level, ProjectGraph

router = APIRouter(prefix="/projects/{project_id}", tags=["files"])


@router.get("/graph")
async def project_graph(
    services: AppServices,
    actor: MayRead,
    project_id: str,
    level: Level = "file",
    focus: Annotated[str, Query(max_length=300)] = "",
    depth: Annotated[int, Query(ge=0, le=10)] = 1,
) -> ProjectGraph:
    """Of the files as they are typed. `focus`: a path or the id of a node; only what is `depth` steps from it is sent."""
    return await services.graphs.read(actor, project_id, level, focus, depth)
