"""The database rows that find servers again after a restart of this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Select, delete, select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.base.ids import now
from builder.previews.runnables.runnables import PROJECT, Runnable, RunnableKind, from_row
from builder.previews.runnables.tables import StoredRunnable, StoredServer
from builder.previews.servers.server import Server, Stage
from builder.projects.rows import shown_to
from builder.projects.tables import Project


class ServerRows:
    """Reads and writes `StoredServer`. `place()`: the id of this data directory."""

    def __init__(self, db: Database, place: Callable[[], str] = lambda: "") -> None:
        self._db, self._place = db, place

    async def mine(self) -> list[Server]:
        """The servers that run on this machine, or were stored before rows named a machine; the servers of other
        machines are found there. All of them still have to be compared with what runs."""
        query = select(StoredServer, StoredRunnable)
        query = query.join(StoredRunnable, col(StoredRunnable.id) == col(StoredServer.runnable))
        async with self._db.reader() as session:
            found = (await session.execute(query)).all()
        return [_server(row, from_row(runnable)) for row, runnable in found if row.place in ("", self._place())]

    async def all(self) -> list[StoredServer]:
        async with self._db.reader() as session:
            return [*await session.scalars(select(StoredServer))]

    async def lasting(self) -> frozenset[str]:
        """Every runnable whose data must be kept: it did not end for good, though its project may be deleted."""
        async with self._db.reader() as session:
            return frozenset(await session.scalars(_ids().where(col(StoredRunnable.ended_at).is_(None))))

    async def put_away(self) -> frozenset[str]:
        """The runnables of projects that a person deleted and may still restore, with or without a server."""
        query = _ids().join(Project, col(Project.id) == col(StoredRunnable.project))
        async with self._db.reader() as session:
            return frozenset(await session.scalars(query.where(col(Project.deleted_at).is_not(None))))

    async def over(self, kind: RunnableKind) -> frozenset[str]:
        """The runnables of a kind that ended for good and still have a row of a server."""
        query = _ids().join(StoredServer, col(StoredServer.runnable) == col(StoredRunnable.id))
        async with self._db.reader() as session:
            ended = query.where(col(StoredRunnable.kind) == kind, col(StoredRunnable.ended_at).is_not(None))
            return frozenset(await session.scalars(ended))

    async def titles(self, actor: Actor) -> dict[str, str]:
        """The projects of the actor's workspace that are not deleted, by id. Raises NotFound, Refused."""
        query = select(col(StoredRunnable.id), col(Project.title)).where(col(StoredRunnable.kind) == PROJECT)
        query = query.join(Project, col(Project.id) == col(StoredRunnable.project))
        async with self._db.reader() as session:
            await check(session, actor, Action.READ, actor.workspace)
            mine = query.where(
                col(Project.owner) == actor.workspace, col(Project.deleted_at).is_(None), shown_to(actor)
            )
            found = await session.execute(mine)
            return {row.id: row.title for row in found}

    async def keep(self, server: Server) -> None:
        """Store the state of `server`; does nothing when its runnable is gone."""
        state = server.engine.get_state() if server.engine else None
        async with self._db.session() as session:
            runnable = await session.get(StoredRunnable, server.id)
            if runnable is None or runnable.ended_at is not None:
                return
            row = await session.get(StoredServer, server.id)
            row = row or StoredServer(runnable=server.id, owner=runnable.owner)
            before = row.state
            head, revision = server.done
            row.state = {
                "engine": state if state is not None else before.get("engine", {}),
                "head": head,
                "revision": revision,
                "whole": server.whole,
                "by": server.by,
            }
            row.stage, row.since, row.updated_at = server.stage, server.since, now()
            row.place = self._place()
            session.add(row)

    async def drop(self, runnable_id: str) -> None:
        async with self._db.session() as session:
            await session.execute(delete(StoredServer).where(col(StoredServer.runnable) == runnable_id))


def _ids() -> Select[tuple[str]]:
    return select(col(StoredRunnable.id))


def _server(row: StoredServer, runnable: Runnable) -> Server:
    done = (str(row.state.get("head", "")), int(row.state.get("revision", -1)))
    stage = Stage(row.stage)
    # The time of the last use is not stored with each request: a resting server has been unused at least since it began
    # to rest.
    rested = 0.0 if stage in (Stage.STARTING, Stage.AWAKE) else _seconds_since(row.since)
    return Server(
        runnable=runnable,
        stage=stage,
        since=row.since,
        wanted=done,
        done=done,
        whole=bool(row.state.get("whole", True)),
        by=str(row.state.get("by", "")),
        used=time.monotonic() - rested,
        adopted=False,
        kept=dict(row.state.get("engine", {})),
    )


def _seconds_since(moment: str) -> float:
    try:
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
    except ValueError:
        return 0.0
