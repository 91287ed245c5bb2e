"""A person's notifications: made where something happens, shown in the page or sent by mail, as they chose."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal
from weakref import WeakValueDictionary

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.accounts.mail.letters import LetterKind
from builder.accounts.mail.outbox import Outbox
from builder.accounts.notices.tables import Notification, NotificationChoice
from builder.accounts.notices.unsubscribing import Unsubscribing
from builder.accounts.tables import Account
from builder.base.db import Database, after_commit
from builder.base.errors import BadInput
from builder.base.ids import now
from builder.texts import t

Way = Literal["page", "mail", "off"]
_KEPT: Final = timedelta(days=90)


class NoticeKind(StrEnum):
    """What can happen; each has a sentence in the catalogue."""

    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    WEBHOOK_OFF = "webhook_off"
    INVITED = "invited"
    BUDGET_NEARLY = "budget_nearly"
    BUDGET_REACHED = "budget_reached"
    LOOKED_AT = "looked_at"


ALWAYS: Final = frozenset({NoticeKind.LOOKED_AT})
"""What nobody can choose not to hear: it is about the safety of what is theirs."""
_BY_MAIL: Final = frozenset({NoticeKind.INVITED})


def usual(kind: NoticeKind) -> Way:
    """Where a kind is told to whoever has chosen nothing: an invitation is a letter."""
    return "mail" if kind in _BY_MAIL else "page"


def leads_to(one: Notification) -> str | None:
    """The address, within the pages, of what it is about."""
    if "invitation" in one.details:
        return f"/join/{one.details['invitation']}"
    return f"/p/{one.project}" if one.project else None


def sentence(kind: str, details: Mapping[str, str], language: str = "") -> str:
    about = f".{details['scope']}" if "scope" in details else ""
    return t(f"notice.{kind}{about}", language, **details)


class Notices:
    """Each call is about the actor's own."""

    def __init__(self, db: Database, outbox: Outbox, url: str) -> None:
        self._db, self._outbox, self._url = db, outbox, url
        self.unsubscribing = Unsubscribing(db, outbox, url)
        self._signals: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    async def tell(
        self,
        session: AsyncSession,
        person: str,
        kind: NoticeKind,
        details: Mapping[str, str],
        *,
        owner: str,
        project: str | None = None,
        own_letter: bool = False,
    ) -> None:
        """Have `person` told once `session` is committed, the way they chose. `own_letter`: the caller writes it, and this
        one adds none."""
        way = await self.way(session, person, kind)
        if way == "off":
            return
        by_mail = way == "mail" and self._outbox.sends and not own_letter
        account = await session.get(Account, person) if by_mail else None
        if account is not None and account.email_verified_at is not None:
            link = f"{self._url}/p/{project}" if project else self._url
            said = sentence(kind, details, account.locale)
            values = {
                "said": said, "link": link, "name": account.name,
                "unsubscribe": self.unsubscribing.link(person, kind),
            }  # fmt: skip
            await self._outbox.put(session, LetterKind.NOTICE, account.email, account.locale, values, account=person)
        session.add(Notification(owner=owner, account=person, kind=kind, project=project, details=dict(details)))
        old = delete(Notification).where(
            col(Notification.account) == person, col(Notification.created_at) <= now(ago=_KEPT)
        )
        await session.execute(old.execution_options(synchronize_session=False))
        after_commit(session, lambda: self._wake(person))

    async def way(self, session: AsyncSession, person: str, kind: NoticeKind) -> Way:
        """Where `person` wants to hear of a kind."""
        chosen = await session.get(NotificationChoice, (person, kind)) if kind not in ALWAYS else None
        return chosen.way if chosen else usual(kind)  # type: ignore[return-value]  # what `choose` let in

    async def of(
        self, actor: Actor, *, most: int, before: tuple[str, str] | None = None
    ) -> tuple[list[Notification], int]:
        """Newest first, at most `most`, behind the place (time, id) `before`; and how many are unread in all."""
        mine = select(Notification).where(col(Notification.account) == actor.id)
        if before is not None:
            mine = mine.where(tuple_(col(Notification.created_at), col(Notification.id)) < tuple_(*before))
        mine = mine.order_by(col(Notification.created_at).desc(), col(Notification.id).desc()).limit(most)
        async with self._db.reader() as session:
            return [*await session.scalars(mine)], await self._unread(session, actor)

    async def unread(self, actor: Actor) -> int:
        async with self._db.reader() as session:
            return await self._unread(session, actor)

    async def read(self, actor: Actor, ids: Collection[str] | None) -> int:
        """They have read these, or all; returns how many are unread still."""
        seen = update(Notification).where(col(Notification.account) == actor.id, col(Notification.read_at).is_(None))
        if ids is not None:
            seen = seen.where(col(Notification.id).in_(ids))
        async with self._db.session() as session:
            await session.execute(seen.values(read_at=now()).execution_options(synchronize_session=False))
            after_commit(session, lambda: self._wake(actor.id))
            return await self._unread(session, actor)

    async def choices(self, actor: Actor) -> dict[NoticeKind, Way]:
        chosen = select(NotificationChoice).where(col(NotificationChoice.account) == actor.id)
        async with self._db.reader() as session:
            ways = {row.kind: row.way for row in await session.scalars(chosen)}
        kinds = [kind for kind in NoticeKind if kind not in ALWAYS]
        return {kind: ways.get(kind, usual(kind)) for kind in kinds}  # type: ignore[misc]  # what the API let in

    async def choose(self, actor: Actor, choices: Mapping[NoticeKind, Way]) -> None:
        """Kinds that are not named stay as they are. Raises BadInput for one that is always told."""
        if ALWAYS & choices.keys():
            raise BadInput(t("notice.always"), code="always_told")
        async with self._db.session() as session:
            for kind, way in choices.items():
                await session.merge(NotificationChoice(account=actor.id, kind=kind, way=way))

    def news(self, actor: Actor) -> asyncio.Event:
        """Set once something of theirs has changed; whoever waits on asks again."""
        return self._signals.setdefault(actor.id, asyncio.Event())

    def _wake(self, person: str) -> None:
        if (signal := self._signals.pop(person, None)) is not None:
            signal.set()

    @staticmethod
    async def _unread(session: AsyncSession, actor: Actor) -> int:
        new = select(func.count()).select_from(Notification)
        return (
            await session.scalar(new.where(col(Notification.account) == actor.id, col(Notification.read_at).is_(None)))
            or 0
        )
