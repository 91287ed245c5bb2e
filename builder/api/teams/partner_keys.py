"""Partner keys: for programs of a team."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.tables import PartnerKey
from builder.accounts.teams.partner_keys import MOST_ORIGINS, MOST_PER_MINUTE, USUAL_PER_MINUTE, KeyWish
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople
from builder.api.requests.context import MayAdministerTeam

router = APIRouter(prefix="/teams/{team_id}/keys", tags=["teams"], responses=ACCOUNTS_OFF)
KeyId = Annotated[str, Path(max_length=16)]
KeyScope = Literal["projects:read", "projects:write", "projects:manage", "run", "share"]
Scopes = Annotated[list[KeyScope], Field(max_length=20)]
PerMinute = Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)]
Origins = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MOST_ORIGINS)]


class NewPartnerKey(BaseModel):
    """`days`: how long it works; null for as long as it is not removed. `origins`: pages elsewhere whose scripts may use
    it, such as `https://shop.example`."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)
    scopes: Scopes
    per_minute: PerMinute = USUAL_PER_MINUTE
    origins: Origins = []
    days: int | None = Field(90, ge=1, le=366)


class PartnerKeyChange(BaseModel):
    """What is not given stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=100)
    scopes: Scopes | None = None
    per_minute: PerMinute | None = None
    origins: Origins | None = None


class PartnerKeyView(BaseModel):
    """`prefix`: how the key begins. `per_minute`: how many requests it may send."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    per_minute: int
    origins: list[str]
    created_by: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class PartnerKeyList(BaseModel):
    keys: list[PartnerKeyView]


class PartnerKeyMade(BaseModel):
    """`secret`: the key itself. No other answer ever has it."""

    key: PartnerKeyView
    secret: str


@router.get("")
async def list_partner_keys(actor: MayAdministerTeam, people: AppPeople) -> PartnerKeyList:
    """The newest first; at most 50."""
    return PartnerKeyList(keys=[_view(row) for row in await people.keys.of(actor)])


@router.post("", status_code=201)
async def create_partner_key(
    actor: MayAdministerTeam, people: AppPeople, new: NewPartnerKey, response: Response
) -> PartnerKeyMade:
    """A key for programs of the team, sent as `Authorization: Bearer …`. It does in the team what its scopes say."""
    wish = KeyWish(new.name, new.scopes, new.per_minute, new.origins, new.days)
    row, secret = await people.keys.create(actor, wish)
    response.headers["Cache-Control"] = "no-store"
    return PartnerKeyMade(key=_view(row), secret=secret)


@router.patch("/{key_id}")
async def change_partner_key(
    actor: MayAdministerTeam, people: AppPeople, key_id: KeyId, change: PartnerKeyChange
) -> PartnerKeyView:
    return _view(await people.keys.change(actor, key_id, **change.model_dump()))


@router.delete("/{key_id}", status_code=204, response_class=Response)
async def remove_partner_key(actor: MayAdministerTeam, people: AppPeople, key_id: KeyId) -> None:
    """It opens nothing any more."""
    await people.keys.remove(actor, key_id)


def _view(row: PartnerKey) -> PartnerKeyView:
    return PartnerKeyView.model_validate(row.model_dump(include=set(PartnerKeyView.model_fields)))
