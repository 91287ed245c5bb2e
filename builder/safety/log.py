"""The safety log: what was noticed, where and when, without the words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.safety.tables import SafetyEvent
from builder.safety.verdicts import Category, GuardVerdict, Judgement

PAGE: Final = 50
MOST_PAGE: Final = 200


class SafetyLog:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def asked(self, actor: Actor, finding: Judgement, text: str, project: str | None = None) -> None:
        """Record what was found in a text that the actor sends."""
        await self._found("asked", actor, finding, text, project, None)

    async def read(
        self, actor: Actor, finding: Judgement, text: str, *, project: str | None, reference: str | None
    ) -> None:
        """Record what was found in what a model reads for the actor: files, attachments, logs, results."""
        await self._found("read", actor, finding, text, project, reference)

    async def _found(
        self, direction: str, actor: Actor, finding: Judgement, text: str, project: str | None, reference: str | None
    ) -> None:
        event = SafetyEvent(
            owner=actor.workspace, created_by=actor.id, project=project, reference=reference, direction=direction,
            category=finding.category or "", verdict=finding.verdict, rule=finding.rule, digest=_digest(text),
            length=len(text),
        )  # fmt: skip
        async with self._db.session() as session:
            session.add(event)

    async def events(self, actor: Actor, *, before: str = "", limit: int = PAGE) -> list[SafetyEvent]:
        """Events of the actor's workspace, newest first; those that are older than the event `before`, where it is named."""
        query = select(SafetyEvent).where(col(SafetyEvent.owner) == actor.workspace)
        async with self._db.reader() as session:
            if before:
                last = await session.get(SafetyEvent, before)
                if last is None or last.owner != actor.workspace:
                    return []
                same = and_(col(SafetyEvent.at) == last.at, col(SafetyEvent.id) < last.id)
                query = query.where(or_(col(SafetyEvent.at) < last.at, same))
            ordered = query.order_by(col(SafetyEvent.at).desc(), col(SafetyEvent.id).desc()).limit(limit)
            return [*await session.scalars(ordered)]


def add_said(
    session: AsyncSession, actor: Actor, counts: Mapping[Category, int], *, length: int, project: str, reference: str
) -> None:
    """Record what was taken out of what a model or tool said, of `length` characters altogether."""
    for category, count in counts.items():
        session.add(
            SafetyEvent(
                owner=actor.workspace, created_by=actor.id, project=project, reference=reference, direction="said",
                category=category, verdict=GuardVerdict.NOTE, rule=f"sanitiser.{category}", length=length, count=count,
            )
        )  # fmt: skip


def add_kept(session: AsyncSession, actor: Actor, texts: Sequence[str], *, project: str, reference: str) -> None:
    """Record that files with these texts were committed that hold what looks like a secret."""
    for text in texts:
        session.add(
            SafetyEvent(
                owner=actor.workspace, created_by=actor.id, project=project, reference=reference, direction="kept",
                category=Category.TOKEN, verdict=GuardVerdict.NOTE, rule="file.secret", digest=_digest(text), length=len(text),
            )
        )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
