"""The queue of jobs: work that is finished even if the process that took it dies. One process at a time works on a job.

A job is queued in the transaction that makes it necessary. It may run twice (its process can die before the result is
committed), so its work has to be idempotent. A failed job is retried with growing delays; a job that failed too often
is dead until it is queued anew.
"""

from __future__ import annotations

import asyncio
import time
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
FIRST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 3600.0
_MOST_ERROR: Final = 2_000  # characters


class JobQueue:
    """All jobs of a database, as this process queues and takes them."""

    def __init__(self, db: Database, leases: Leases) -> None:
        self.db, self.leases = db, leases
        self._news: dict[str, asyncio.Event] = {}
        self._looked: dict[str, float] = {}

    def news(self, kind: str) -> asyncio.Event:
        """An event that is set when this process queues a job of `kind`."""
        return self._news.setdefault(kind, asyncio.Event())

    def looking(self, kind: str, within: float) -> None:
        """This process looks for jobs of `kind`, and will again within so many seconds."""
        self._looked[kind] = time.monotonic() + within

    def stuck(self) -> list[str]:
        """The kinds for which a look is overdue: jobs of theirs wait although their worker was begun."""
        return sorted(kind for kind, due in self._looked.items() if due < time.monotonic())

    async def ask(
        self, session: AsyncSession, kind: str, key: str, payload: Mapping[str, Any], owner: str, *, here: bool = False
    ) -> None:
        """Queue the job (`kind`, `key`), due at once; it exists if and only if the session's transaction is committed.

        A job of that key which waits already gets this payload and is due now; one that runs is left alone. `here`:
        only a process on this data directory can do the job.
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
        """Every job of `kind` that processes on this data directory may do, at this moment."""
        async with self.db.reader() as session:
            return [*await session.scalars(select(QueuedJob).where(col(QueuedJob.kind) == kind, self._ours()))]

    async def listed(self, status: str = "", *, limit: int) -> list[QueuedJob]:
        """Jobs of all kinds, or those of one status, the newest first."""
        query = select(QueuedJob).order_by(col(QueuedJob.created_at).desc(), col(QueuedJob.id)).limit(limit)
        async with self.db.reader() as session:
            return [*await session.scalars(query.where(col(QueuedJob.status) == status) if status else query)]

    async def again(self, job_id: str) -> bool:
        """Have a job that waits, or is dead, tried at once as if for the first time; False where there is none."""
        anew = {"status": "queued", "attempts": 0, "run_at": moment(0.0), "error": ""}
        query = update(QueuedJob).where(col(QueuedJob.id) == job_id, col(QueuedJob.status) != "running")
        async with self.db.session() as session:
            kind = await session.scalar(_plain(query.values(**anew).returning(col(QueuedJob.kind))))
            if kind is not None:
                after_commit(session, self.news(kind).set)
        return kind is not None

    async def cancel(self, job_id: str) -> bool:
        """Remove a job that does not run; False where there is none."""
        query = delete(QueuedJob).where(col(QueuedJob.id) == job_id, col(QueuedJob.status) != "running")
        async with self.db.session() as session:
            return await session.scalar(_plain(query.returning(col(QueuedJob.id)))) is not None

    async def drop(self, kind: str, key: str) -> None:
        """Remove the job; a try that runs already goes on to its end."""
        async with self.db.session() as session:
            await session.execute(
                _plain(delete(QueuedJob).where(col(QueuedJob.kind) == kind, col(QueuedJob.key) == key))
            )

    async def take(self, kind: str, most: int, running: Collection[str] = ()) -> list[QueuedJob]:
        """Take at most `most` due jobs, those that waited longest first; this process holds them from then on.

        Jobs of a process that died are due as well. `running` are the keys of the jobs that the caller works on: their
        leases may have ended while the machine slept.
        """
        due = select(col(QueuedJob.id)).where(self._open(kind, running), _due())
        # A common table expression, so that PostgreSQL evaluates it once; `skip_locked`: nobody waits for a row that
        # another process is taking.
        chosen = due.order_by(col(QueuedJob.run_at)).limit(most).with_for_update(skip_locked=True).cte("due")
        taken = update(QueuedJob).where(col(QueuedJob.id).in_(select(chosen.c.id)))
        values = {"status": "running", "attempts": col(QueuedJob.attempts) + 1, **self.leases.taken()}
        async with self.db.session() as session:
            found = await session.scalars(_plain(taken.values(**values).returning(QueuedJob)))
            return sorted(found, key=lambda job: job.run_at)

    async def take_back(self, dead: Collection[str]) -> None:
        """Make the running jobs of the `dead` holders due at once."""
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
        """The job was not tried to its end: it is due at once, and the try does not count."""
        await self._put_back(job, 0.0, attempts=col(QueuedJob.attempts) - 1)

    async def failed(
        self,
        job: QueuedJob,
        error: BaseException,
        jitter: float,
        first: float = FIRST_SECONDS,
        most: int = MOST_ATTEMPTS,
    ) -> bool:
        """Queue the job for a later retry; returns whether there will be one: after `most` tries there is none. `jitter`
        (0 to 1) spreads the retries of jobs that failed at the same time."""
        again = job.attempts < most
        status = "queued" if again else "dead"
        await self._put_back(job, delay(job.attempts, jitter, first), status=status, error=repr(error)[:_MOST_ERROR])
        return again

    async def seconds(self, kind: str, running: Collection[str] = ()) -> float | None:
        """Seconds until a job of `kind` that is not among `running` is due; None when none waits."""
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


def delay(attempts: int, jitter: float, first: float = FIRST_SECONDS) -> float:
    """Seconds until the next try after `attempts` tries: `first`, doubled each time up to an hour or 64 times the
    first, and shortened by `jitter` (0 to 1) by half at most."""
    longest = max(_LONGEST_SECONDS, first * 64)
    return round(min(longest, first * 2.0 ** (attempts - 1)) * (1.0 - jitter / 2), 3)


def _plain(statement: Any) -> Any:
    """Skip SQLAlchemy's search for the changed rows among the session's objects: none are loaded."""
    return statement.execution_options(synchronize_session=False)
