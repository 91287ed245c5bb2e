"""Teams, their members, and invitations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import MemberRole
from builder.accounts.memberships import Member
from builder.accounts.tables import Invitation
from builder.accounts.teams.invitations import Invited
from builder.accounts.teams.teams import TeamSeen
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller, OnePerson
from builder.api.requests import paging
from builder.api.requests.context import AppServices, MayAdministerMembers, MayOwn, MayRead, MayUse
from builder.api.requests.paging import PAGE, Cursor, Limit

router = APIRouter(tags=["teams"], responses=ACCOUNTS_OFF)
TOO_OFTEN: dict[int | str, dict[str, Any]] = {429: {"description": "Too often; `Retry-After` says how long to wait."}}
Name = Annotated[str, Path(max_length=64)]
Secret = Annotated[str, Path(max_length=200)]
GivenRole = Literal["admin", "editor", "commenter", "viewer"]


class TeamView(BaseModel):
    """`role`: the role of whoever asks. `kind`: a person's own place is `personal`, and has the person's id."""

    id: str
    name: str
    kind: Literal["personal", "team"]
    role: MemberRole
    members: int


class TeamList(BaseModel):
    teams: list[TeamView]


class TeamAnswer(BaseModel):
    team: TeamView


class TeamName(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)


class MemberView(BaseModel):
    """`account`: the person's id."""

    account: str
    username: str
    name: str
    role: MemberRole
    since: str


class MemberAnswer(BaseModel):
    member: MemberView


class MemberList(BaseModel):
    members: list[MemberView]
    next: str | None


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: MemberRole


class NewInvitation(BaseModel):
    """By `email` or `username`; with neither, the link is for whoever gets it."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field("", max_length=255)
    username: str = Field("", max_length=30)
    role: GivenRole


class InvitationView(BaseModel):
    """`email`: "" for a link that is handed on."""

    id: str
    email: str
    role: MemberRole
    created_at: str
    expires_at: str


class InvitationList(BaseModel):
    invitations: list[InvitationView]


class InvitationMade(BaseModel):
    """`link`: no other answer ever has it. `mailed`: whether a letter brings it."""

    invitation: InvitationView
    link: str
    mailed: bool


class OfferView(BaseModel):
    """What an invitation leads to, and who made it. `email`: who alone can accept it, "" for whoever has the link."""

    team: str | None
    project: str | None
    name: str
    by: str
    role: MemberRole
    email: str
    expires_at: str


class OfferAnswer(BaseModel):
    invitation: OfferView


class InvitationTaken(BaseModel):
    team: str | None
    project: str | None


@router.get("/teams")
async def list_teams(actor: MayUse, _: AppPeople, services: AppServices) -> TeamList:
    """One's own place, then one's teams."""
    return TeamList(teams=[_team(one) for one in await services.teams.list(actor)])


@router.post("/teams", status_code=201)
async def create_team(actor: OnePerson, _: MayUse, services: AppServices, body: TeamName) -> TeamAnswer:
    return TeamAnswer(team=_team(await services.teams.create(actor, body.name)))


@router.get("/teams/{team_id}")
async def get_team(actor: MayRead, _: AppPeople, services: AppServices, team_id: Name) -> TeamAnswer:
    return TeamAnswer(team=_team(await services.teams.get(actor, team_id)))


@router.patch("/teams/{team_id}")
async def rename_team(
    actor: MayAdministerMembers, _: AppPeople, services: AppServices, team_id: Name, body: TeamName
) -> TeamAnswer:
    return TeamAnswer(team=_team(await services.teams.rename(actor, team_id, body.name)))


@router.delete("/teams/{team_id}", status_code=204, response_class=Response)
async def delete_team(actor: MayOwn, _: AppPeople, services: AppServices, team_id: Name) -> None:
    """409 `team_not_empty` while it has projects."""
    await services.teams.delete(actor, team_id)


@router.get("/teams/{team_id}/members")
async def list_members(
    actor: MayRead, _: AppPeople, services: AppServices, team_id: Name, limit: Limit = PAGE, cursor: Cursor = ""
) -> MemberList:
    """Those who came first first."""
    behind = paging.place_of(cursor, "since")
    found = await services.memberships.list(actor.within(team_id), limit=limit + 1, behind=behind)
    last = found[limit - 1] if len(found) > limit else None
    more = paging.cursor("since", (last.since, last.id)) if last else None
    return MemberList(members=[member_shape(one) for one in found[:limit]], next=more)


@router.patch("/teams/{team_id}/members/{account_id}", status_code=204, response_class=Response)
async def change_member(
    actor: MayAdministerMembers, _: AppPeople, services: AppServices, team_id: Name, account_id: Name, body: NewRole
) -> None:
    """Give a member another role. `owner` hands the team on: its owner does that, and becomes an admin. 409 `team_owner`
    where the team would have none."""
    await services.memberships.change(actor.within(team_id), account_id, body.role)


@router.delete("/teams/{team_id}/members/{account_id}", status_code=204, response_class=Response)
async def remove_member(
    actor: MayAdministerMembers, _: AppPeople, services: AppServices, team_id: Name, account_id: Name
) -> None:
    """Remove a member, or leave. 409 `team_owner` for the owner."""
    await services.memberships.remove(actor.within(team_id), account_id)


@router.get("/teams/{team_id}/invitations")
async def list_invitations(
    actor: MayAdministerMembers, _: AppPeople, services: AppServices, team_id: Name
) -> InvitationList:
    """Those that are still open."""
    found = await services.teams.invited(actor, team_id)
    return InvitationList(invitations=[invitation_shape(one) for one in found])


@router.post("/teams/{team_id}/invitations", status_code=201, responses=TOO_OFTEN)
async def invite_member(
    actor: MayAdministerMembers,
    people: AppPeople,
    services: AppServices,
    client: FromCaller,
    team_id: Name,
    body: NewInvitation,
) -> InvitationMade:
    """Invite somebody. The answer does not say whether an address has an account."""
    whom = body.email.strip() or body.username
    if whom:
        people.entering.limits.mail(client.address, f"join:{whom.casefold()}")
    return made_shape(await services.teams.invite(actor, team_id, whom, MemberRole(body.role)))


@router.delete("/teams/{team_id}/invitations/{invitation_id}", status_code=204, response_class=Response)
async def withdraw_invitation(
    actor: MayAdministerMembers, _: AppPeople, services: AppServices, team_id: Name, invitation_id: Name
) -> None:
    await services.teams.withdraw(actor, team_id, invitation_id)


@router.get("/invitations/{secret}")
async def look_at_invitation(actor: MayUse, __: AppPeople, services: AppServices, secret: Secret) -> OfferAnswer:
    """What the link of an invitation leads to. 404 `invitation_over`."""
    offer = await services.offer(actor, secret)
    row, place = offer.row, offer.place
    return OfferAnswer(
        invitation=OfferView(
            team=place.team,
            project=place.project,
            name=place.name,
            by=offer.by,
            role=MemberRole(row.role),
            email=row.email,
            expires_at=row.expires_at,
        )
    )


@router.post("/invitations/{secret}/accept")
async def accept_invitation(actor: OnePerson, _: MayUse, services: AppServices, secret: Secret) -> InvitationTaken:
    """403 `other_address` for somebody else than it was sent to."""
    row = await services.invitations.accept(actor, secret)
    return InvitationTaken(team=row.team, project=row.project)


@router.post("/invitations/{secret}/decline", status_code=204, response_class=Response)
async def decline_invitation(actor: OnePerson, _: MayUse, services: AppServices, secret: Secret) -> None:
    await services.invitations.decline(actor, secret)


def member_shape(member: Member) -> MemberView:
    return MemberView(
        account=member.id, username=member.username, name=member.name, role=member.role, since=member.since
    )


def invitation_shape(row: Invitation) -> InvitationView:
    return InvitationView(
        id=row.id,
        email=row.email,
        role=MemberRole(row.role),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def made_shape(made: Invited) -> InvitationMade:
    return InvitationMade(invitation=invitation_shape(made.row), link=made.link, mailed=made.mailed)


def _team(seen: TeamSeen) -> TeamView:
    return TeamView(
        id=seen.id, name=seen.name, kind="personal" if seen.personal else "team", role=seen.role, members=seen.members
    )
