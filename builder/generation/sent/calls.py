"""Keeps what was sent: the words, and of the project's files their digests, whose contents the versions have."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Final

from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlmodel import col

from builder.base.db import Database
from builder.base.ids import new_id, now
from builder.generation.context.layout import Layout, SentFile
from builder.generation.models.model import ModelRequest
from builder.generation.sent.tables import SentCall
from builder.generation.tables import Generation
from builder.llm.conversation.events import Usage
from builder.projects.blobs import readable_blobs
from preview_runtime.file_tree import FileTree

KEPT_CALLS: Final = 100
"""Of a project; older ones go."""
CACHE_AGE: Final = timedelta(minutes=5)
"""How long Claude's cache lasts after its last use. What was sent longer ago is nowhere cached, so that a request does not
have to begin like it."""
_MOST_CHARACTERS: Final = 400_000


class SentBody(BaseModel):
    """`asked`: what follows the project's files: the conversation, the rules and the request. `others`: files that were
    shown by name only."""

    system: str
    asked: str
    map: list[str]
    blocks: list[list[SentFile]]
    others: list[str]

    @property
    def layout(self) -> Layout:
        return Layout(tuple(self.map), tuple(tuple(block) for block in self.blocks))


class SentCalls:
    """One row a call. Secrets are taken out of a request before it is made, so none gets here."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def keep(self, request: ModelRequest, generation: Generation) -> str:
        """The id of the row, for `settle`; "" for the demo, to which nothing is sent."""
        if generation.offline:
            return ""
        layout = request.layout
        body = SentBody(
            system=request.system[:_MOST_CHARACTERS], asked=request.blocks[-1][:_MOST_CHARACTERS], map=[*layout.map],
            blocks=[[*block] for block in layout.blocks], others=[*request.others],
        )  # fmt: skip
        project = request.project or ""
        row = SentCall(
            id=new_id(), owner=generation.owner, project=project, generation=generation.id,
            number=generation.resume.get("calls", 1), model=generation.model_label,
            body=zlib.compress(body.model_dump_json().encode()),
        )  # fmt: skip
        mine = col(SentCall.project) == project
        newest = select(col(SentCall.id)).where(mine).order_by(col(SentCall.created_at).desc()).limit(KEPT_CALLS - 1)
        async with self._db.session() as session:
            kept = [*await session.scalars(newest)]
            await session.execute(delete(SentCall).where(mine, col(SentCall.id).not_in(kept)))
            session.add(row)
        return row.id

    async def settle(self, call: str, usage: Usage) -> None:
        """Write what the call used."""
        tokens = {name: getattr(usage, name) for name in ("input_tokens", "output_tokens", "cache_read", "cache_write")}
        async with self._db.session() as session:
            await session.execute(update(SentCall).where(col(SentCall.id) == call).values(**tokens))

    async def of(self, project_id: str, generation_id: str) -> list[tuple[SentCall, SentBody]]:
        """The calls of a generation, in order; empty where they are no longer kept."""
        query = select(SentCall).where(col(SentCall.project) == project_id, col(SentCall.generation) == generation_id)
        async with self._db.reader() as session:
            rows = [*await session.scalars(query.order_by(col(SentCall.created_at)))]
        return [(row, _read(row)) for row in rows]

    async def last(self, project_id: str, model: str, tree: FileTree) -> Layout:
        """How the project was sent last to a model with that label, while its provider may have it in its cache."""
        newest = select(SentCall).where(col(SentCall.project) == project_id).order_by(col(SentCall.created_at).desc())
        async with self._db.reader() as session:
            row = await session.scalar(newest.limit(1))
            if row is None or row.model != model or row.created_at < now(ago=CACHE_AGE):
                return Layout()
            layout = _read(row).layout
            present = tree.digests()
            stale = {file.sha for block in layout.blocks for file in block if present.get(file.path) != file.sha}
            found, _ = await readable_blobs(session, row.owner, stale)
        texts = {sha: content for sha, content in found.items() if isinstance(content, str)}
        return Layout(layout.map, layout.blocks, texts)


def _read(row: SentCall) -> SentBody:
    return SentBody.model_validate_json(zlib.decompress(row.body))
