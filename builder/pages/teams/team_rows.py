"""What the pages of teams show of them, of their members and of invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from builder.accounts.access import MemberRole
from builder.accounts.memberships import Member
from builder.accounts.tables import Invitation
from builder.accounts.teams.teams import TeamSeen
from builder.texts import t
from builder.texts.times import ago


@dataclass
class TeamRow:
    """`what`: one's role in it, and how many people it has."""

    id: str
    name: str
    what: str
    chosen: bool


@dataclass
class MemberRow:
    """`changes`: whoever looks may change their role or remove them; `hands_on`: and make them the owner."""

    id: str
    name: str
    role: str
    role_name: str
    mine: bool
    changes: bool
    hands_on: bool


@dataclass
class InvitationRow:
    id: str
    whom: str
    what: str


def team_row(team: TeamSeen, chosen: str) -> TeamRow:
    what = f"{t(f'access.role.{team.role}')} · {t('teams.people', count=team.members)}"
    return TeamRow(team.id, team.name, what, team.id == chosen)


def member_row(member: Member, me: str, mine: MemberRole) -> MemberRow:
    leads, owner = mine in (MemberRole.OWNER, MemberRole.ADMIN), member.role is MemberRole.OWNER
    return MemberRow(
        member.id,
        member.name or member.username or member.id,
        member.role,
        t(f"access.role.{member.role}"),
        member.id == me,
        leads and not owner and member.id != me,
        mine is MemberRole.OWNER and not owner,
    )


def invitation_row(row: Invitation) -> InvitationRow:
    what = f"{t(f'access.role.{row.role}')} · {ago(datetime.fromisoformat(row.created_at), datetime.now(UTC))}"
    return InvitationRow(row.id, row.email or t("access.invited_link"), what)
