"""The rows that find servers again after a restart of ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.base.ids import now
from builder.base.tables import Project, ServerPreview, ShareLink, ShareServer
from builder.previews.servers.server import Server, Stage


class ServerRows:
    """Reads and writes `ServerPreview` and, for live links, `ShareServer`. `place()`: the id of this data directory."""

    def __init__(self, db: Database, place: Callable[[], str] = lambda: "") -> None:
        self._db, self._place = db, place

    async def mine(self) -> list[ServerPreview | ShareServer]:
        """Those that run on this machine, or ran before a row said where; the others' are theirs to find again."""
        return [row for row in await self.all() if row.place in ("", self._place())]

    async def all(self) -> list[ServerPreview | ShareServer]:
        async with self._db.reader() as session:
            of_links = [*await session.scalars(select(ShareServer))]
            return [*await session.scalars(select(ServerPreview)), *of_links]

    async def gone(self) -> set[str]:
        """The projects with a row that a person deleted."""
        query = select(col(Project.id)).join(ServerPreview, col(ServerPreview.project) == col(Project.id))
        async with self._db.reader() as session:
            return {*await session.scalars(query.where(col(Project.deleted_at).is_not(None)))}

    async def projects(self) -> frozenset[str]:
        """Every project there is, those included that can still be brought back, and every link that was not revoked."""
        links = select(col(ShareLink.id)).where(col(ShareLink.revoked_at).is_(None))
        async with self._db.reader() as session:
            projects = [*await session.scalars(select(col(Project.id)))]
            return frozenset([*projects, *await session.scalars(links)])

    async def deleted(self) -> frozenset[str]:
        """The projects that a person deleted and may still bring back, whether they have a row or not."""
        async with self._db.reader() as session:
            return frozenset(await session.scalars(select(col(Project.id)).where(col(Project.deleted_at).is_not(None))))

    async def titles(self, actor: Actor) -> dict[str, str]:
        """The projects of the actor's workspace that are not deleted, by id. Raises NotFound, Refused."""
        query = select(col(Project.id), col(Project.title))
        async with self._db.reader() as session:
            await check(session, actor, Action.READ, actor.workspace)
            mine = query.where(col(Project.owner) == actor.workspace, col(Project.deleted_at).is_(None))
            found = await session.execute(mine)
            return {row.id: row.title for row in found}

    async def keep(self, server: Server) -> None:
        """Write what is known of `server`; nothing where its project is gone."""
        state = server.engine.get_state() if server.engine else None
        async with self._db.session() as session:
            row: ServerPreview | ShareServer | None
            if (project := await session.get(Project, server.project)) is not None:
                row = await session.get(ServerPreview, server.project)
                row = row or ServerPreview(project=server.project, owner=project.owner)
            elif (share := await session.get(ShareLink, server.project)) is not None and not share.revoked_at:
                row = await session.get(ShareServer, server.project)
                row = row or ShareServer(share=server.project, owner=share.owner)
            else:
                return
            before = row.state
            head, revision = server.done
            row.state = {
                "engine": state if state is not None else before.get("engine", {}),
                "head": head,
                "revision": revision,
                "whole": server.whole,
            }
            row.stage, row.since, row.updated_at = server.stage, server.since, now()
            row.place = self._place()
            session.add(row)

    async def drop(self, project_id: str) -> None:
        async with self._db.session() as session:
            await session.execute(delete(ServerPreview).where(col(ServerPreview.project) == project_id))
            await session.execute(delete(ShareServer).where(col(ShareServer.share) == project_id))


def from_row(row: ServerPreview | ShareServer) -> Server:
    """The server of a row, not compared yet with what runs."""
    done = (str(row.state.get("head", "")), int(row.state.get("revision", -1)))
    stage = Stage(row.stage)
    # When it was used last is not written with each request: what rests has rested since then at least.
    rested = 0.0 if stage in (Stage.STARTING, Stage.AWAKE) else _seconds_since(row.since)
    return Server(
        project=row.project,
        owner=row.owner,
        stage=stage,
        since=row.since,
        wanted=done,
        done=done,
        whole=bool(row.state.get("whole", True)),
        used=time.monotonic() - rested,
        adopted=False,
        kept=dict(row.state.get("engine", {})),
    )


def _seconds_since(moment: str) -> float:
    try:
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())
    except ValueError:
        return 0.0
