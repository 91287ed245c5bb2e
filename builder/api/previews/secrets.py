"""The variables and secrets of a project's server. No answer holds a value."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, MayConfigure, MayReadTalk
from builder.projects.vault.vault import SecretName

router = APIRouter(prefix="/projects/{project_id}/secrets", tags=["preview"])


class SecretNames(BaseModel):
    secrets: list[SecretName]


class SecretValue(BaseModel):
    """`live`: servers of live links get it too."""

    model_config = ConfigDict(extra="forbid")
    value: str = Field(max_length=20_000)
    live: bool = False


@router.get("")
async def get_secrets(services: AppServices, actor: MayReadTalk, project_id: str) -> SecretNames:
    return SecretNames(secrets=await services.vault.names(actor, project_id))


@router.put("/{variable}")
async def put_secret(
    services: AppServices, actor: MayConfigure, project_id: str, variable: str, secret: SecretValue
) -> SecretNames:
    """Set one. The project's server is ended: it gets the value when it starts again."""
    await services.vault.put(actor, project_id, variable, secret.value, live=secret.live)
    await services.servers.stop(actor, project_id)
    return SecretNames(secrets=await services.vault.names(actor, project_id))


@router.delete("/{variable}")
async def delete_secret(services: AppServices, actor: MayConfigure, project_id: str, variable: str) -> SecretNames:
    """Remove one for good. The project's server is ended."""
    await services.vault.delete(actor, project_id, variable)
    await services.servers.stop(actor, project_id)
    return SecretNames(secrets=await services.vault.names(actor, project_id))
