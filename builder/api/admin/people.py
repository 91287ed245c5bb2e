"""People: found, invited, suspended, given a role, signed out, deleted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.tables import Account
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople
from builder.api.requests import paging
from builder.api.requests.context import AppServices, MayOversee
from builder.api.requests.paging import PAGE, Cursor, Limit
from builder.composition.administration.people import OnePersonSeen, PeopleQuery

router = APIRouter(prefix="/admin/users", tags=["admin"], responses=ACCOUNTS_OFF)
AccountId = Annotated[str, Path(max_length=64)]


class PersonView(BaseModel):
    """`projects`: how many; what they are is nobody's business."""

    id: str
    email: str
    email_verified: bool
    username: str
    name: str
    role: Literal["member", "admin"]
    state: Literal["active", "suspended", "deleted"]
    created_at: str
    last_login_at: str | None
    last_active_at: str | None
    projects: int


class PersonPage(BaseModel):
    people: list[PersonView]
    next: str | None


class PersonInFull(BaseModel):
    """`bytes`: of the newest versions' files. `month_usd`: what models cost this month."""

    person: PersonView
    second_factor: bool
    sessions: int
    tokens: int
    bytes: int
    month_usd: float


class PersonInvited(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: str = Field(max_length=255)


class HandedLink(BaseModel):
    """`link` is null where a letter brings it; otherwise hand it on. It works once."""

    sent: bool
    link: str | None


class PersonChange(BaseModel):
    """What is null stays as it is. `reason` is for the audit chain."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["active", "suspended"] | None = None
    role: Literal["member", "admin"] | None = None
    reason: str = Field("", max_length=300)


class PersonRemoval(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=300)


@router.get("")
async def admin_people(
    _: MayOversee,
    __: AppPeople,
    services: AppServices,
    q: Annotated[str, Query(max_length=255, description="The beginning of an address or username, or an id.")] = "",
    state: Literal["", "active", "suspended", "deleted"] = "",
    role: Literal["", "member", "admin"] = "",
    order: Literal["created", "active"] = "created",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> PersonPage:
    """Who has an account: who came, or was active, last comes first."""
    wanted = PeopleQuery(q, state, role, order)
    found = await services.administration.people.page(wanted, behind=paging.place_of(cursor, order), limit=limit + 1)
    more = None
    if len(found) > limit:
        last = found[limit - 1][0]
        more = paging.cursor(order, (last.created_at if order == "created" else last.last_active_at or "", last.id))
    return PersonPage(people=[_view(account, count) for account, count in found[:limit]], next=more)


@router.post("", status_code=201)
async def admin_invite(
    actor: MayOversee, _: AppPeople, services: AppServices, body: PersonInvited, response: Response
) -> HandedLink:
    """Invite somebody: by a letter, or by a link to hand on. 409 `email_taken`."""
    return _handed(await services.administration.people.invite(body.email, actor.id), response)


@router.get("/{account_id}")
async def admin_person(_: MayOversee, __: AppPeople, services: AppServices, account_id: AccountId) -> PersonInFull:
    """One person, and how much of everything they have."""
    return _in_full(await services.administration.people.one(account_id))


@router.patch("/{account_id}")
async def admin_change_person(
    actor: MayOversee, _: AppPeople, services: AppServices, account_id: AccountId, body: PersonChange
) -> PersonInFull:
    """Suspend somebody (their sessions, sockets, servers and live links end), let them in again, or set their role. 409
    `last_admin`."""
    people = services.administration.people
    await people.change(account_id, state=body.state, role=body.role, by=actor.id, reason=body.reason)
    return _in_full(await people.one(account_id))


@router.delete("/{account_id}", status_code=204, response_class=Response)
async def admin_remove_person(
    actor: MayOversee, _: AppPeople, services: AppServices, account_id: AccountId, body: PersonRemoval
) -> None:
    """Delete an account: everything of it ends, and after 30 days it is gone with its projects. 409 `last_admin`."""
    await services.administration.people.remove(account_id, actor.id, body.reason)


@router.delete("/{account_id}/sessions", status_code=204, response_class=Response)
async def admin_end_sessions(actor: MayOversee, _: AppPeople, services: AppServices, account_id: AccountId) -> None:
    """Sign somebody out everywhere."""
    await services.administration.people.end_sessions(account_id, actor.id)


@router.delete("/{account_id}/codes", status_code=204, response_class=Response)
async def admin_end_codes(actor: MayOversee, _: AppPeople, services: AppServices, account_id: AccountId) -> None:
    """Ask somebody for no code any more, who lost their app and their recovery codes."""
    await services.administration.people.codes_off(account_id, actor.id)


@router.post("/{account_id}/password-link", status_code=201)
async def admin_password_link(
    actor: MayOversee, _: AppPeople, services: AppServices, account_id: AccountId, response: Response
) -> HandedLink:
    """A link for a new password: sent, or to hand on."""
    return _handed(await services.administration.people.password_link(account_id, actor.id), response)


def _handed(link: str | None, response: Response) -> HandedLink:
    response.headers["Cache-Control"] = "no-store"
    return HandedLink(sent=link is None, link=link)


def _view(account: Account, projects: int) -> PersonView:
    shown = account.model_dump(include=set(PersonView.model_fields))
    return PersonView(email_verified=account.email_verified_at is not None, projects=projects, **shown)


def _in_full(seen: OnePersonSeen) -> PersonInFull:
    figures = {name: value for name, value in asdict(seen).items() if name in PersonInFull.model_fields}
    return PersonInFull(person=_view(seen.account, seen.projects), **figures)
