"""The ways into one's own account beside the password: providers and passkeys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from builder.accounts.tables import Passkey
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller, OnePerson, ProvenPerson
from builder.api.accounts.providers import PasskeyOptions, ProviderName
from builder.api.requests.context import MayUse
from builder.base.errors import Json

router = APIRouter(prefix="/me", tags=["accounts"], responses=ACCOUNTS_OFF)
_UNPROVEN: dict[int | str, dict[str, Any]] = {429: {"description": "Too often; `Retry-After` says how long to wait."}}
PasskeyId = Annotated[str, Path(max_length=64)]


class IdentityView(BaseModel):
    provider: str
    email: str
    created_at: str


class IdentityList(BaseModel):
    identities: list[IdentityView]


class PasskeyView(BaseModel):
    """`synced`: it is kept on several devices of the person."""

    id: str
    name: str
    synced: bool
    created_at: str
    last_used_at: str | None


class PasskeyList(BaseModel):
    passkeys: list[PasskeyView]


class PasskeyWanted(BaseModel):
    """`password`: of the account; where it has none, one has to have signed in within ten minutes."""

    model_config = ConfigDict(extra="forbid")
    password: SecretStr = SecretStr("")


class NewPasskey(BaseModel):
    """`credential`: what `navigator.credentials.create` gave, as JSON."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)
    credential: dict[str, Json]


class PasskeyName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)


@router.get("/identities")
async def my_identities(actor: OnePerson, _: MayUse, people: AppPeople) -> IdentityList:
    """The accounts with providers that let one in. One is tied by `GET /auth/oauth/{provider}/start`."""
    rows = await people.identities.list(actor.id)
    return IdentityList(
        identities=[IdentityView(provider=one.provider, email=one.email, created_at=one.created_at) for one in rows]
    )


@router.delete("/identities/{provider}", status_code=204, response_class=Response)
async def remove_identity(actor: ProvenPerson, _: MayUse, people: AppPeople, provider: ProviderName) -> None:
    """The provider lets one in no more. 401 `prove_again`, `sign_in_again`; 409 `last_way`."""
    await people.identities.remove(actor.id, provider)


@router.get("/passkeys")
async def my_passkeys(actor: OnePerson, _: MayUse, people: AppPeople) -> PasskeyList:
    """One's passkeys, the newest first."""
    return PasskeyList(passkeys=[_shape(row) for row in await people.passkeys.list(actor.id)])


@router.post("/passkeys/options", responses=_UNPROVEN)
async def new_passkey_options(
    actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller, body: PasskeyWanted, response: Response
) -> PasskeyOptions:
    """What a browser needs to make a passkey. 401 `wrong_credentials`, `sign_in_again`."""
    response.headers["Cache-Control"] = "no-store"
    await people.entering.prove(actor.id, body.password.get_secret_value(), client, actor.session)
    return PasskeyOptions(options=await people.passkeys.options(actor.id))


@router.post("/passkeys", status_code=201)
async def add_passkey(actor: OnePerson, _: MayUse, people: AppPeople, body: NewPasskey) -> PasskeyView:
    """Keep it. 422 `wrong_passkey`; 409 `passkey_there`, `too_many`."""
    return _shape(await people.passkeys.add(actor.id, body.name, body.credential))


@router.patch("/passkeys/{passkey_id}")
async def rename_passkey(
    actor: OnePerson, _: MayUse, people: AppPeople, passkey_id: PasskeyId, body: PasskeyName
) -> PasskeyView:
    """Another name."""
    return _shape(await people.passkeys.rename(actor.id, passkey_id, body.name))


@router.delete("/passkeys/{passkey_id}", status_code=204, response_class=Response)
async def remove_passkey(actor: ProvenPerson, _: MayUse, people: AppPeople, passkey_id: PasskeyId) -> None:
    """It lets one in no more. 401 `prove_again`, `sign_in_again`; 409 `last_way`."""
    await people.passkeys.remove(actor.id, passkey_id)


def _shape(row: Passkey) -> PasskeyView:
    return PasskeyView(
        id=row.id, name=row.name, synced=row.synced, created_at=row.created_at, last_used_at=row.last_used_at
    )
