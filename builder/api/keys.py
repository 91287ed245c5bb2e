"""The person's Claude key: set, ask whether it is set, take away. The key itself never comes back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, SecretStr

from builder.api.requests.context import AppServices, MayAdminister

router = APIRouter(prefix="/keys", tags=["keys"])


class Key(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: SecretStr


@router.get("/anthropic")
async def key_state(services: AppServices, actor: MayAdminister) -> dict[str, Any]:
    return asdict(services.credentials.state(actor))


@router.put("/anthropic")
async def put_key(services: AppServices, actor: MayAdminister, body: Key) -> dict[str, Any]:
    """Tests the key with one call that costs nothing, then keeps it encrypted."""
    return asdict(await services.credentials.put(actor, body.key.get_secret_value()))


@router.delete("/anthropic")
async def delete_key(services: AppServices, actor: MayAdminister) -> dict[str, Any]:
    return asdict(await services.credentials.remove(actor))
