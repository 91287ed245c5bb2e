"""Invitations to a team or a project: each is a link that works once, for a week."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import MemberRole
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.mail.letters import LetterKind
from builder.accounts.mail.outbox import Outbox
from builder.accounts.notices.notices import NoticeKind, Notices
from builder.accounts.people.one_time import TokenKind, issue
from builder.accounts.people.proofs import digest, later, random_text
from builder.accounts.people.register import clean_email
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account, Collaborator, Invitation, Membership, Team
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound, Refused
from builder.base.ids import now
from builder.texts import t

LIVES: Final = timedelta(days=7)
MOST_OPEN: Final = 200
"""How many invitations to one place can be open at once."""
JOIN_PAGE: Final = "/join"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is invited to: a `team`, or a `project`; `name` is what people call it."""

    name: str
    team: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and its link: nobody can read the link again later. `mailed`: a letter brings it, or
    the page of somebody who chose to hear of invitations there."""

    row: Invitation
    link: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation says to the person who opens it. `by`: who made it."""

    row: Invitation
    place: Place
    by: str


Room = Callable[[AsyncSession, str], Awaitable[None]]


async def _any_number(_: AsyncSession, __: str) -> None:
    return None


class Invitations:
    """All invitations of the database. Who may make them is decided by those who call `put`: teams and projects."""

    def __init__(self, db: Database, settings: SignInSettings, outbox: Outbox, notices: Notices) -> None:
        self._db, self._settings, self._outbox, self._notices = db, settings, outbox, notices
        self._room: Room = _any_number

    def on_join(self, room: Room) -> None:
        """Have `room` asked whether a team may have one more person: when somebody is invited, and when they accept."""
        self._room = room

    async def put(self, session: AsyncSession, actor: Actor, place: Place, whom: str, role: MemberRole) -> Invited:
        """Invite somebody by e-mail address or username, or whoever gets the link ("").

        What comes of it is the same whether or not an address has an account. Raises BadInput, Conflict, and NotFound
        for a username that nobody has.
        """
        if role is MemberRole.OWNER:
            raise BadInput(t("team.invite_owner"), code="invite_owner")
        if len(await pending(session, place)) >= MOST_OPEN:
            raise Conflict(t("team.invitations_most", most=MOST_OPEN), code="too_many")
        if place.team:
            await self._room(session, place.team)
        account = await _account(session, whom)
        email = account.email if account else clean_email(whom) if whom else ""
        if email:
            for earlier in await pending(session, place):
                if earlier.email == email:
                    earlier.over_at = now()  # the letter sent last counts
        secret = random_text()
        row = Invitation(
            hash=digest(secret), team=place.team, project=place.project, email=email, role=role, created_by=actor.id,
            expires_at=later(LIVES),
        )  # fmt: skip
        session.add(row)
        await session.flush()
        record(session, _deed("invitation.make", actor, row))
        if email:
            await self._mail(session, actor, place, row, account, secret)
        return Invited(row, f"{self._settings.url}{JOIN_PAGE}/{secret}", bool(email) and self._outbox.sends)

    async def withdraw(self, session: AsyncSession, actor: Actor, place: Place, invitation: str) -> None:
        """Raises NotFound for one of another place, or one that is over."""
        row = next((one for one in await pending(session, place) if one.id == invitation), None)
        if row is None:
            raise NotFound(t("team.no_invitation"))
        row.over_at = now()
        record(session, _deed("invitation.withdraw", actor, row))

    async def look(self, actor: Actor, secret: str, project_title: Callable[[str], ColumnElement[str]]) -> Offer:
        """Raises NotFound for one that is unknown, used or too old."""
        async with self._db.reader() as session:
            row = await _good(session, actor, secret)
            by = await session.get(Account, row.created_by)
            name = (
                await session.scalar(select(col(Team.name)).where(col(Team.id) == row.team))
                if row.team
                else await session.scalar(select(project_title(row.project or "")))
            )
            if name is None:
                raise NotFound(t("team.invitation_over"))
        return Offer(row, Place(name, row.team, row.project), (by.name or by.username) if by else "")

    async def accept(self, actor: Actor, secret: str) -> Invitation:
        """The actor gets the role; a stronger one that they have stays. Raises NotFound, Refused (`other_address`), and
        what the team's room raises."""
        async with self._db.session() as session:
            row = await _good(session, actor, secret, lock=True)
            await _theirs(session, actor, row)
            if row.team:
                if await session.get(Membership, (row.team, actor.id)) is None:
                    await self._room(session, row.team)
                former, role = await _join_team(session, actor, row.team, MemberRole(row.role), row.created_by)
            else:
                former, role = await _join_project(
                    session, actor, row.project or "", MemberRole(row.role), row.created_by
                )
            row.over_at = now()
            record(session, _deed("invitation.accept", actor, row, former=former, gets=role))
        return row

    async def decline(self, actor: Actor, secret: str) -> None:
        """Raises NotFound, Refused (`other_address`)."""
        async with self._db.session() as session:
            row = await _good(session, actor, secret, lock=True)
            await _theirs(session, actor, row)
            row.over_at = now()

    async def _mail(
        self, session: AsyncSession, actor: Actor, place: Place, row: Invitation, account: Account | None, secret: str
    ) -> None:
        by = await session.get(Account, actor.id)
        account = account or await session.scalar(select(Account).where(col(Account.email) == row.email))
        path = f"{JOIN_PAGE}/{secret}"
        if account is None:
            # Who has no account makes one first: the letter proves the address, also where nobody else can register.
            token, _ = await issue(session, TokenKind.INVITE, account=None, email=row.email)
            path = f"/sign-up?invite={token}&next={path}"
        elif not await self._by_mail(session, by, place, row, account):
            return
        stop = self._notices.unsubscribing.link(account.id, NoticeKind.INVITED) if account is not None else ""
        values = {
            "unsubscribe": stop, "by": (by.name or by.username) if by else "Sayso", "what": place.name, "place": self._settings.url,
            "link": f"{self._settings.url}{path}",
        }  # fmt: skip
        language = account.locale if account else by.locale if by else "en"
        await self._outbox.put(
            session, LetterKind.JOIN, row.email, language, values, account=account.id if account else None,
            expires_at=row.expires_at,
        )  # fmt: skip

    async def _by_mail(
        self, session: AsyncSession, by: Account | None, place: Place, row: Invitation, account: Account
    ) -> bool:
        """Tell somebody with an account in the page, if they proved the address; whether they want a letter too."""
        if account.email_verified_at is None:
            return True
        said = {"by": (by.name or by.username) if by else "Sayso", "what": place.name, "invitation": row.id}
        await self._notices.tell(session, account.id, NoticeKind.INVITED, said, owner=account.id, own_letter=True)
        return await self._notices.way(session, account.id, NoticeKind.INVITED) == "mail"


def _deed(action: str, actor: Actor, row: Invitation, **more: Detail) -> Deed:
    details = {"role": row.role, "by": row.created_by, **more}
    return Deed(action, actor.id, row.team or "", row.project or "", "invitation", row.id, details=details)


async def pending(session: AsyncSession, place: Place) -> list[Invitation]:
    """The invitations to a place that can still be accepted, the newest first."""
    there = col(Invitation.team) == place.team if place.team is not None else col(Invitation.project) == place.project
    query = select(Invitation).where(there, col(Invitation.over_at).is_(None), col(Invitation.expires_at) > now())
    return [*await session.scalars(query.order_by(col(Invitation.created_at).desc()))]


async def _account(session: AsyncSession, whom: str) -> Account | None:
    """The account of a username; None for an address, of which nothing is said."""
    if not whom or "@" in whom:
        return None
    query = select(Account).where(col(Account.username) == whom.strip().lower(), col(Account.state) == "active")
    if (account := await session.scalar(query)) is None:
        raise NotFound(t("team.no_username"), code="no_username")
    return account


async def _good(session: AsyncSession, actor: Actor, secret: str, *, lock: bool = False) -> Invitation:
    """The invitation of a link. To whom it was sent, once they have proven that address, its id is enough: their notice
    leads there."""
    account = await session.get(Account, actor.id)
    address = account.email if account is not None and account.email_verified_at is not None else ""
    theirs = (col(Invitation.id) == secret) & (col(Invitation.email) == address) & (col(Invitation.email) != "")
    query = select(Invitation).where(or_(col(Invitation.hash) == digest(secret), theirs))
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None or row.over_at is not None or row.expires_at <= now():
        raise NotFound(t("team.invitation_over"), code="invitation_over")
    return row


async def _theirs(session: AsyncSession, actor: Actor, row: Invitation) -> None:
    account = await session.get(Account, actor.id)
    if account is None or (row.email and row.email != account.email):
        raise Refused(t("team.other_address"), code="other_address")


def _stronger(one: str | None, other: MemberRole) -> MemberRole:
    return next(role for role in MemberRole if role in (one, other))


async def _join_team(session: AsyncSession, actor: Actor, team: str, role: MemberRole, by: str) -> tuple[str, str]:
    """The role before ("" for none), and the one from then on."""
    row = await session.get(Membership, (team, actor.id), with_for_update=True)
    former = row.role if row else ""
    stronger = _stronger(former or None, role)
    await session.merge(Membership(owner=team, person=actor.id, role=stronger, created_by=by))
    return former, stronger


async def _join_project(
    session: AsyncSession, actor: Actor, project: str, role: MemberRole, by: str
) -> tuple[str, str]:
    """The role before ("" for none), and the one from then on."""
    row = await session.get(Collaborator, (project, actor.id), with_for_update=True)
    former = row.role if row else ""
    stronger = _stronger(former or None, role)
    await session.merge(Collaborator(project=project, account=actor.id, role=stronger, created_by=by))
    return former, stronger
