"""The person's provider keys: set one, ask whether one is set, remove one. No answer ever holds the key itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, SecretStr

from builder.api.requests.context import AppServices, MayAdminister
from builder.llm.credentials import KeyState

router = APIRouter(prefix="/keys", tags=["keys"])


class Key(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: SecretStr


class KeyView(BaseModel):
    """`hint`: the key's last four characters; `since`: when it was set, or this server started with it."""

    set: bool
    source: Literal["environment", "stored"] | None
    hint: str
    since: str | None


class ProviderKey(KeyView):
    """`key_page`: where a person gets a key; `key_begins`: how one begins, "" where keys differ; `credit_page`: where
    what it spends is paid for.
    """

    provider: str
    label: str
    key_page: str
    key_begins: str
    credit_page: str


class ProviderKeys(BaseModel):
    keys: list[ProviderKey]


@router.get("")
async def key_states(services: AppServices, actor: MayAdminister) -> ProviderKeys:
    """All providers, in the order of the menu of models."""
    return ProviderKeys(
        keys=[
            ProviderKey(
                provider=provider.name,
                label=provider.label,
                key_page=provider.key_page,
                key_begins=provider.key_begins,
                credit_page=provider.credit_page or provider.key_page,
                **asdict(state),
            )
            for provider, state in services.credentials.states(actor)
        ]
    )


@router.get("/{provider}")
async def key_state(services: AppServices, actor: MayAdminister, provider: str) -> KeyView:
    return _view(services.credentials.state(actor, provider))


@router.put("/{provider}")
async def put_key(services: AppServices, actor: MayAdminister, provider: str, body: Key) -> KeyView:
    """Tests the key with one call that costs nothing, then keeps it encrypted."""
    return _view(await services.credentials.put(actor, body.key.get_secret_value(), provider))


@router.delete("/{provider}")
async def delete_key(services: AppServices, actor: MayAdminister, provider: str) -> KeyView:
    return _view(await services.credentials.remove(actor, provider))


def _view(state: KeyState) -> KeyView:
    return KeyView(**asdict(state))
