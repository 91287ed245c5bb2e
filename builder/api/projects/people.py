"""Who has access to a project, and the team it belongs to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import MemberRole
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller
from builder.api.projects.projects import ProjectAnswer
from builder.api.requests.context import AppServices, MayInvite, MayReadTalk
from builder.api.teams.members import (
    TOO_OFTEN,
    GivenRole,
    InvitationMade,
    InvitationView,
    MemberView,
    NewInvitation,
    invitation_shape,
    made_shape,
    member_shape,
)
from builder.projects.shapes import project_shape

router = APIRouter(prefix="/projects/{project_id}", tags=["teams"], responses=ACCOUNTS_OFF)
Name = Annotated[str, Path(max_length=64)]


class ProjectPeopleView(BaseModel):
    """`account` and `role`: of whoever asks; `owner`: the person whose own project it is, null for a team's, whose `team` name
    and `members` are given instead. `invitations`: those that are open, for whoever may invite."""

    account: str
    role: MemberRole
    owner: MemberView | None
    team: str
    members: list[MemberView]
    collaborators: list[MemberView]
    invitations: list[InvitationView]


class CollaboratorRole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: GivenRole


class Target(BaseModel):
    """`team`: the id of a team, or one's own."""

    model_config = ConfigDict(extra="forbid")
    team: str = Field(max_length=64)


@router.get("/collaborators")
async def project_people(actor: MayReadTalk, _: AppPeople, services: AppServices, project_id: str) -> ProjectPeopleView:
    """Everybody with access."""
    seen = await services.collaborators.people(actor, project_id)
    return ProjectPeopleView(
        account=actor.id,
        role=seen.role,
        owner=member_shape(seen.owner) if seen.owner else None,
        team=seen.team,
        members=[member_shape(one) for one in seen.members],
        collaborators=[member_shape(one) for one in seen.collaborators],
        invitations=[invitation_shape(one) for one in seen.invited],
    )


@router.post("/collaborators", status_code=201, responses=TOO_OFTEN)
async def invite_collaborator(
    actor: MayInvite,
    people: AppPeople,
    services: AppServices,
    client: FromCaller,
    project_id: str,
    body: NewInvitation,
) -> InvitationMade:
    """Invite somebody to this project alone. The answer does not say whether an address has an account."""
    whom = body.email.strip() or body.username
    if whom:
        people.entering.limits.mail(client.address, f"join:{whom.casefold()}")
    return made_shape(await services.collaborators.invite(actor, project_id, whom, MemberRole(body.role)))


@router.patch("/collaborators/{account_id}", status_code=204, response_class=Response)
async def change_collaborator(
    actor: MayInvite, _: AppPeople, services: AppServices, project_id: str, account_id: Name, body: CollaboratorRole
) -> None:
    await services.collaborators.change(actor, project_id, account_id, MemberRole(body.role))


@router.delete("/collaborators/{account_id}", status_code=204, response_class=Response)
async def remove_collaborator(
    actor: MayInvite, _: AppPeople, services: AppServices, project_id: str, account_id: Name
) -> None:
    """Remove somebody, or leave."""
    await services.collaborators.remove(actor, project_id, account_id)


@router.delete("/invitations/{invitation_id}", status_code=204, response_class=Response)
async def withdraw_project_invitation(
    actor: MayInvite, _: AppPeople, services: AppServices, project_id: str, invitation_id: Name
) -> None:
    await services.collaborators.withdraw(actor, project_id, invitation_id)


@router.post("/move")
async def move_project(
    actor: MayInvite, _: AppPeople, services: AppServices, project_id: str, body: Target
) -> ProjectAnswer:
    """Give the project to another team, in which one may make projects. Its servers are ended, their data stay; the
    token of its Git repository is forgotten. 409 `busy` while a model writes in it."""
    project = await services.move_project(actor, project_id, body.team)
    return ProjectAnswer(project=project_shape(project, services.settings))
