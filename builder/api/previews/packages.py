"""npm packages for the instant engine."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, signed_in
from preview_runtime.dependencies.dependency_set import DependencySet

router = APIRouter(tags=["packages"])


class PackagesBody(BaseModel):
    """Packages by name and range, and the specifiers the project imports."""

    model_config = ConfigDict(extra="forbid")
    dependencies: dict[str, str] = Field(default_factory=dict, max_length=500)
    specifiers: list[str] = Field(default_factory=list, max_length=2_000)


@router.post("/dependencies", dependencies=[signed_in])
async def resolve_dependencies(services: AppServices, wanted: PackagesBody) -> DependencySet:
    return await services.dependencies.resolve(wanted.dependencies, wanted.specifiers)
