"""Who has access to one project, beside its team: collaborators, with a role each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, allowed_to, role_of
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.memberships import Member, members
from builder.accounts.tables import Account, Collaborator, Invitation, Team
from builder.accounts.teams.invitations import Invitations, Invited, Place, pending
from builder.base.db import Database
from builder.base.errors import BadInput, NotFound
from builder.projects.rows import project_and_roles, project_of, subject_of
from builder.projects.tables import Project
from builder.texts import t


@dataclass(frozen=True, slots=True)
class ProjectPeople:
    """Everybody with access to a project: `owner` is the person whose own it is, None for a team's; `team` the team's
    name and its `members`. `invited`: nothing for those who may not invite."""

    project: Project
    role: MemberRole
    owner: Member | None
    team: str
    members: Sequence[Member]
    collaborators: Sequence[Member]
    invited: Sequence[Invitation]


class Collaborators:
    """The collaborators of all projects."""

    def __init__(self, db: Database, invitations: Invitations, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed(person)` is called after a person's role has changed."""
        self._db, self._invitations, self._changed = db, invitations, changed

    async def role(self, actor: Actor, project_id: str) -> MemberRole:
        """The actor's own role in a project. Raises NotFound."""
        async with self._db.reader() as session:
            project, roles = await project_and_roles(session, actor, project_id, Action.READ)
        return role_of(actor, subject_of(project, roles)) or MemberRole.VIEWER

    async def allows(self, actor: Actor, project_id: str, action: Action) -> bool:
        """Whether the actor's role in a project allows this. Raises NotFound."""
        async with self._db.reader() as session:
            project, roles = await project_and_roles(session, actor, project_id, Action.READ)
        return action in allowed_to(actor, subject_of(project, roles))

    async def people(self, actor: Actor, project_id: str) -> ProjectPeople:
        """Raises NotFound."""
        theirs = select(Collaborator, col(Account.username), col(Account.name))
        theirs = theirs.join(Account, col(Account.id) == col(Collaborator.account))
        theirs = theirs.where(col(Collaborator.project) == project_id).order_by(col(Collaborator.created_at))
        async with self._db.reader() as session:
            project, roles = await project_and_roles(session, actor, project_id, Action.READ)
            role = role_of(actor, subject_of(project, roles)) or MemberRole.VIEWER
            team, owner = await session.get(Team, project.owner), await session.get(Account, project.owner)
            invites = Action.INVITE in allowed_to(actor, subject_of(project, roles))
            return ProjectPeople(
                project,
                role,
                Member(owner.id, owner.username, owner.name, MemberRole.OWNER, project.created_at) if owner else None,
                team.name if team else "",
                await members(session, project.owner),
                [
                    Member(row.account, username, name, MemberRole(row.role), row.created_at)
                    for row, username, name in await session.execute(theirs)
                ],
                await pending(session, _place(project)) if invites else [],
            )

    async def invite(self, actor: Actor, project_id: str, whom: str, role: MemberRole) -> Invited:
        """Invite somebody: see `Invitations.put`. Raises what that raises, NotFound, Refused."""
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.INVITE)
            return await self._invitations.put(session, actor, _place(project), whom, role)

    async def withdraw(self, actor: Actor, project_id: str, invitation: str) -> None:
        """Raises NotFound, Refused."""
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.INVITE)
            await self._invitations.withdraw(session, actor, _place(project), invitation)

    async def change(self, actor: Actor, project_id: str, account: str, role: MemberRole) -> None:
        """Give a collaborator another role. Raises NotFound, Refused, BadInput."""
        if role is MemberRole.OWNER:
            raise BadInput(t("team.invite_owner"), code="invite_owner")
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.INVITE)
            row = await session.get(Collaborator, (project_id, account), with_for_update=True)
            if row is None:
                raise NotFound(t("team.no_collaborator"))
            row.role = role
            record(session, _deed("collaborator.role", actor, project, account, role=role))
        self._changed(account)

    async def remove(self, actor: Actor, project_id: str, account: str) -> None:
        """Remove somebody, who may be the actor: they leave. Raises NotFound, Refused."""
        async with self._db.session() as session:
            leaves = account == actor.id
            project = await project_of(session, actor, project_id, Action.READ if leaves else Action.INVITE)
            row = await session.get(Collaborator, (project_id, account), with_for_update=True)
            if row is None:
                raise NotFound(t("team.no_collaborator"))
            await session.delete(row)
            record(session, _deed("collaborator.remove", actor, project, account))
        self._changed(account)


def _deed(action: str, actor: Actor, project: Project, account: str, **details: Detail) -> Deed:
    return Deed(action, actor.id, project.owner, project.id, "account", account, details=details)


def _place(project: Project) -> Place:
    return Place(project.title, project=project.id)
