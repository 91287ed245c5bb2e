"""What the walks of a version showed, kept so that the next version can be told apart from it."""

from __future__ import annotations

import zlib
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import delete, select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import BadInput
from builder.projects.rows import project_of, version_of
from builder.projects.store import ProjectStore
from builder.projects.tables import VersionWalked
from builder.texts import t

MAX_BYTES: Final = 2 * 1024 * 1024  # compressed; the starters' walks take 5 to 60 kB
KEPT: Final = 6  # versions of a project
Line = Annotated[str, Field(max_length=1_000)]


class Look(BaseModel):
    """What there was after `step` (from 1; 0 before the first): the lines by their index."""

    model_config = ConfigDict(extra="forbid", strict=True)

    step: int
    shown: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=2_500)]


class ShownInWalk(BaseModel):
    """Every line that the page showed in a walk that went well, once, and the looks in their order. `of` is a digest of the
    walk's steps and of the browser: another walk, or another browser, shows something else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    of: Annotated[str, Field(max_length=64)]
    lines: Annotated[list[Line], Field(max_length=20_000)]
    looks: Annotated[list[Look], Field(max_length=210)]


Shown = Annotated[dict[str, ShownInWalk], Field(max_length=100)]
_shown: Final = TypeAdapter(dict[str, ShownInWalk])


class Walked:
    """By version. What a browser says of an app is data: it is shown to the people of the project, and decides nothing."""

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    async def before(self, actor: Actor, project_id: str, version_id: str) -> dict[str, ShownInWalk]:
        """What was shown by the last version before this one that was walked; nothing where there is none."""
        async with self._store.db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            version = await version_of(session, project.id, version_id)
            query = select(VersionWalked).where(
                col(VersionWalked.project) == project.id, col(VersionWalked.number) < version.number
            )
            row = await session.scalar(query.order_by(col(VersionWalked.number).desc()).limit(1))
        return _shown.validate_json(zlib.decompress(row.body)) if row else {}

    async def keep(self, actor: Actor, project_id: str, version_id: str, shown: dict[str, ShownInWalk]) -> None:
        """In the place of what was kept of this version; the oldest are dropped. Raises BadInput for too much."""
        body = zlib.compress(_shown.dump_json(shown))
        if len(body) > MAX_BYTES:
            raise BadInput(t("walk.shown_too_large"))
        async with self._store.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            version = await version_of(session, project.id, version_id)
            await session.merge(
                VersionWalked(
                    version=version.id, number=version.number, project=project.id, owner=project.owner, body=body
                )
            )
            await session.flush()
            of = col(VersionWalked.project) == project.id
            newest = select(col(VersionWalked.version)).where(of).order_by(col(VersionWalked.number).desc()).limit(KEPT)
            kept = [*await session.scalars(newest)]
            await session.execute(delete(VersionWalked).where(of, col(VersionWalked.version).not_in(kept)))
