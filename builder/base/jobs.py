"""The queue of jobs: work that is done even if the process that took it dies, and by one process at a time.

A job is asked for in the transaction that makes it necessary. It may be done twice (whoever did it died before that was
written), so what does it is idempotent. What failed is tried again, later each time; what failed too often is dead, and
waits for somebody to ask for it anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database, after_commit
from builder.base.ids import new_id, now
from builder.base.leases import Leases, moment
from builder.base.tables import QueuedJob

MOST_ATTEMPTS: Final = 8
_FIRST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 3600.0
_MOST_ERROR: Final = 2_000  # characters


class JobQueue:
    """All jobs of a database, asked for and taken by this process."""

    def __init__(self, db: Database, leases: Leases) -> None:
        self.db, self.leases = db, leases
        self._news: dict[str, asyncio.Event] = {}

    def news(self, kind: str) -> asyncio.Event:
        """Set as soon as this process asks for a job of `kind`."""
        return self._news.setdefault(kind, asyncio.Event())

    async def ask(
        self, session: AsyncSession, kind: str, key: str, payload: Mapping[str, Any], owner: str, *, here: bool = False
    ) -> None:
        """Have `kind` done about `key` at once, if and only if the session's transaction is committed.

        One that waits already is the same job, with this payload, and due now; one that runs is left alone. `here`:
        only a process on this data directory can do it.
        """
        insert = sqlite.insert if self.db.is_sqlite else postgresql.insert
        anew = {"payload": dict(payload), "status": "queued", "attempts": 0, "run_at": moment(0.0), "error": ""}
        asked = insert(QueuedJob).values(
            id=new_id(), owner=owner, kind=kind, key=key, place=self.leases.place if here else "", holder="",
            leased_until="", created_at=now(), **anew,
        )  # fmt: skip
        await session.execute(
            asked.on_conflict_do_update(
                index_elements=["kind", "key"], set_=anew, where=col(QueuedJob.status) != "running"
            )
        )
        after_commit(session, self.news(kind).set)

    async def of(self, kind: str) -> list[QueuedJob]:
        """Every job of `kind` that this data directory's processes may do, as it is at this moment."""
        async with self.db.reader() as session:
            return [*await session.scalars(select(QueuedJob).where(col(QueuedJob.kind) == kind, self._ours()))]

    async def drop(self, kind: str, key: str) -> None:
        """Have it not done any more; what runs already goes on to its end."""
        async with self.db.session() as session:
            await session.execute(
                _plain(delete(QueuedJob).where(col(QueuedJob.kind) == kind, col(QueuedJob.key) == key))
            )

    async def take(self, kind: str, most: int, running: Collection[str] = ()) -> list[QueuedJob]:
        """At most `most` jobs that are due, those that waited longest first; they are this process's from now on.

        What somebody else let go of by dying is due as well. `running` are the keys of what the caller is at: while the
        machine slept its own leases may have ended.
        """
        due = select(col(QueuedJob.id)).where(self._open(kind, running), _due())
        # A common table expression, so that PostgreSQL looks once; nobody waits for a row that another takes.
        chosen = due.order_by(col(QueuedJob.run_at)).limit(most).with_for_update(skip_locked=True).cte("due")
        taken = update(QueuedJob).where(col(QueuedJob.id).in_(select(chosen.c.id)))
        values = {"status": "running", "attempts": col(QueuedJob.attempts) + 1, **self.leases.taken()}
        async with self.db.session() as session:
            found = await session.scalars(_plain(taken.values(**values).returning(QueuedJob)))
            return sorted(found, key=lambda job: job.run_at)

    async def take_back(self, dead: Collection[str]) -> None:
        """Have what `dead` holders were at done anew, at once."""
        if not dead:
            return
        values = {"status": "queued", "holder": "", "run_at": moment(0.0)}
        left = update(QueuedJob).where(col(QueuedJob.status) == "running", col(QueuedJob.holder).in_(dead))
        async with self.db.session() as session:
            await session.execute(_plain(left.values(**values)))

    async def done(self, job: QueuedJob) -> None:
        """It is done, and gone."""
        async with self.db.session() as session:
            await session.execute(_plain(delete(QueuedJob).where(col(QueuedJob.id) == job.id, self._mine())))

    async def give_back(self, job: QueuedJob) -> None:
        """It was not tried to its end: the next who looks does it."""
        await self._put_back(job, 0.0, attempts=col(QueuedJob.attempts) - 1)

    async def failed(self, job: QueuedJob, error: BaseException, jitter: float) -> bool:
        """Have it tried again later; whether it is. `jitter` (0 to 1) keeps those that failed together apart."""
        again = job.attempts < MOST_ATTEMPTS
        status = "queued" if again else "dead"
        await self._put_back(job, delay(job.attempts, jitter), status=status, error=repr(error)[:_MOST_ERROR])
        return again

    async def seconds(self, kind: str, running: Collection[str] = ()) -> float | None:
        """Until something of `kind` is due, beside what is `running`; None where nothing waits."""
        at = case((col(QueuedJob.status) == "queued", col(QueuedJob.run_at)), else_=col(QueuedJob.leased_until))
        waiting = select(func.min(at), moment(0.0)).where(self._open(kind, running))
        async with self.db.reader() as session:
            first, clock = (await session.execute(waiting)).one()
        if first is None:
            return None
        return max(0.0, (datetime.fromisoformat(first) - datetime.fromisoformat(clock)) / timedelta(seconds=1))

    async def _put_back(self, job: QueuedJob, seconds: float, **values: Any) -> None:
        back = {"status": "queued", "holder": "", "leased_until": "", "run_at": moment(seconds), **values}
        async with self.db.session() as session:
            await session.execute(
                _plain(update(QueuedJob).where(col(QueuedJob.id) == job.id, self._mine()).values(**back))
            )

    def _open(self, kind: str, running: Collection[str]) -> ColumnElement[bool]:
        waits = col(QueuedJob.status).in_(("queued", "running")) & col(QueuedJob.key).not_in([*running])
        return (col(QueuedJob.kind) == kind) & self._ours() & waits

    def _ours(self) -> ColumnElement[bool]:
        return col(QueuedJob.place).in_(("", self.leases.place))

    def _mine(self) -> ColumnElement[bool]:
        return col(QueuedJob.holder) == self.leases.id


def _due() -> ColumnElement[bool]:
    return or_(
        (col(QueuedJob.status) == "queued") & (col(QueuedJob.run_at) <= moment(0.0)),
        (col(QueuedJob.status) == "running") & (col(QueuedJob.leased_until) < moment(0.0)),
    )


def delay(attempts: int, jitter: float) -> float:
    """Seconds until the next try after so many: twice as long each time up to an hour, a `jitter` (0 to 1) shorter by
    half at most."""
    return round(min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** (attempts - 1)) * (1.0 - jitter / 2), 3)


def _plain(statement: Any) -> Any:
    """Without looking for what it changes among the session's objects: there are none."""
    return statement.execution_options(synchronize_session=False)
