"""Teams: workspaces that people share."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, Subject, not_found, within_scopes
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, record
from builder.accounts.memberships import KEY_ROLE, check
from builder.accounts.tables import Account, Invitation, Membership, Team
from builder.accounts.teams.invitations import Invitations, Invited, Place, pending
from builder.accounts.teams.partner_keys import keys_of
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict
from builder.base.ids import now
from builder.texts import t

MOST_TEAMS: Final = 100
"""How many teams one person can have made."""


@dataclass(frozen=True, slots=True)
class TeamSeen:
    """A team as one of its members sees it. `personal`: the person's own workspace, which nobody else joins."""

    id: str
    name: str
    role: MemberRole
    members: int
    personal: bool = False


class Teams:
    """All teams of the database. Their members are those of the workspace: see `builder.accounts.memberships`."""

    def __init__(
        self,
        db: Database,
        invitations: Invitations,
        has_projects: Callable[[AsyncSession, str], Awaitable[bool]],
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`has_projects(session, team)`: whether anything is left in it. `changed(person)` is called after somebody's
        rights have changed."""
        self._db, self._invitations, self._has_projects, self._changed = db, invitations, has_projects, changed

    async def get(self, actor: Actor, team: str) -> TeamSeen:
        """Raises NotFound."""
        seen = [await self._of_key(actor.key.team)] if actor.key else await self.list(actor)
        for one in seen:
            if one.id == team:
                return one
        raise not_found(actor, Subject(team))

    async def create(self, actor: Actor, name: str) -> TeamSeen:
        """A team that the actor owns. Raises BadInput, Conflict."""
        row = Team(name=_clean(name), created_by=actor.id)
        async with self._db.session() as session:
            made = select(func.count()).select_from(Team).where(col(Team.created_by) == actor.id)
            if (await session.scalar(made) or 0) >= MOST_TEAMS:
                raise Conflict(t("team.most", most=MOST_TEAMS), code="too_many")
            session.add(row)
            session.add(Membership(owner=row.id, person=actor.id, role=MemberRole.OWNER, created_by=actor.id))
            record(session, _deed("team.create", actor, row.id))
        return TeamSeen(row.id, row.name, MemberRole.OWNER, 1)

    async def rename(self, actor: Actor, team: str, name: str) -> TeamSeen:
        """Raises NotFound, Refused, BadInput."""
        async with self._db.session() as session:
            row = await self._row(session, actor, team, Action.ADMINISTER)
            row.name, row.updated_at = _clean(name), now()
            record(session, _deed("team.rename", actor, team))
        return await self.get(actor, team)

    async def delete(self, actor: Actor, team: str) -> None:
        """Raises NotFound, Refused, and Conflict (`team_not_empty`) while it has projects."""
        async with self._db.session() as session:
            row = await self._row(session, actor, team, Action.OWN)
            if await self._has_projects(session, team):
                raise Conflict(t("team.not_empty"), code="team_not_empty")
            people = [*await session.scalars(select(col(Membership.person)).where(col(Membership.owner) == team))]
            for theirs in (delete(Membership).where(col(Membership.owner) == team), keys_of(team)):
                await session.execute(theirs)
            await session.delete(row)
            record(session, _deed("team.delete", actor, team))
        for person in people:
            self._changed(person)

    async def invite(self, actor: Actor, team: str, whom: str, role: MemberRole) -> Invited:
        """Invite somebody: see `Invitations.put`. Raises what that raises, NotFound, Refused."""
        within_scopes(actor, Action.INVITE)
        async with self._db.session() as session:
            row = await self._row(session, actor, team, Action.ADMINISTER)
            return await self._invitations.put(session, actor, Place(row.name, team=team), whom, role)

    async def invited(self, actor: Actor, team: str) -> list[Invitation]:
        """The open invitations. Raises NotFound, Refused."""
        async with self._db.reader() as session:
            row = await self._row(session, actor, team, Action.ADMINISTER)
            return await pending(session, Place(row.name, team=team))

    async def withdraw(self, actor: Actor, team: str, invitation: str) -> None:
        """Raises NotFound, Refused."""
        async with self._db.session() as session:
            row = await self._row(session, actor, team, Action.ADMINISTER)
            await self._invitations.withdraw(session, actor, Place(row.name, team=team), invitation)

    async def list(self, actor: Actor) -> list[TeamSeen]:
        """The person's own workspace first, then their teams by name."""
        count = select(func.count()).where(col(Membership.owner) == col(Team.id)).correlate(Team).scalar_subquery()
        mine = select(Team, col(Membership.role), count).join(Membership, col(Membership.owner) == col(Team.id))
        mine = mine.where(col(Membership.person) == actor.id).order_by(func.lower(col(Team.name)), col(Team.id))
        async with self._db.reader() as session:
            own = await self._personal(session, actor)
            rows = await session.execute(mine)
            return [own, *(TeamSeen(team.id, team.name, MemberRole(role), people) for team, role, people in rows)]

    async def _of_key(self, team: str) -> TeamSeen:
        """A team as its partner keys see it."""
        count = select(func.count()).select_from(Membership).where(col(Membership.owner) == team)
        async with self._db.reader() as session:
            row = await session.get(Team, team)
            if row is None:
                account = await session.get(Account, team)
                return TeamSeen(team, account.name if account else "", KEY_ROLE, 1, personal=True)
            return TeamSeen(team, row.name, KEY_ROLE, await session.scalar(count) or 0)

    async def _personal(self, session: AsyncSession, actor: Actor) -> TeamSeen:
        account = await session.get(Account, actor.id)
        name = (account.name or account.username) if account else ""
        return TeamSeen(actor.id, name, MemberRole.OWNER, 1, personal=True)

    async def _row(self, session: AsyncSession, actor: Actor, team: str, action: Action) -> Team:
        """The team, if it is shared: a person's own workspace is none. Raises NotFound, Refused, Conflict
        (`personal`)."""
        await check(session, actor, action, team)
        row = await session.get(Team, team)
        if row is None:
            raise Conflict(t("team.personal"), code="personal")
        return row


def _deed(action: str, actor: Actor, team: str) -> Deed:
    return Deed(action, actor.id, team, resource="team", resource_id=team)


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 100 or any(unicodedata.category(letter)[0] == "C" for letter in clean):
        raise BadInput(t("team.name"), code="team_name")
    return clean
