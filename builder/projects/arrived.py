"""What arrived of a generation so far, file by file."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.actor import Actor
from builder.db import Database
from builder.errors import NotFound
from builder.events import TextSource
from builder.models import Event, Generation, Project
from builder.texts import t

_PIECE = 1 << 20


@dataclass(slots=True)
class ArrivedFile:
    text: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """`offset` counts the code points that `files` were cut from."""

    generation: Generation
    files: dict[str, ArrivedFile]
    offset: int


async def read_generation(db: Database, actor: Actor, project_id: str, generation_id: str) -> Generation:
    """Raises NotFound for what is not the actor's or not this project's."""
    async with db.reader() as session:
        return await _generation(session, actor, project_id, generation_id)


async def read_arrived(db: Database, texts: TextSource, actor: Actor, project_id: str, generation_id: str) -> Arrived:
    """The generation and the text of its files; no text once its version holds them."""
    # The text first: a row that opens a file is committed before the file's text is written (see `TextSource`).
    pieces: list[str] = []
    offset = 0
    while piece := texts.read(generation_id, offset, _PIECE):
        pieces.append(piece)
        offset += len(piece)
    text = "".join(pieces)
    files: dict[str, ArrivedFile] = {}
    starts: dict[str, int] = {}
    async with db.reader() as session:
        generation = await _generation(session, actor, project_id, generation_id)
        rows = select(col(Event.kind), col(Event.data)).where(col(Event.project) == project_id)
        rows = rows.where(col(Event.kind).in_(("file_opened", "file_closed"))).order_by(col(Event.seq))
        facts = [(row.kind, json.loads(row.data)) for row in await session.execute(rows)]
    open_path = ""
    for kind, fact in facts:
        if fact["generation"] != generation_id:
            continue
        path = fact["path"]
        if kind == "file_opened" and fact["at"] <= offset:
            starts[path], open_path = fact["at"], path
            files.pop(path, None)
            files[path] = ArrivedFile("", False)
        elif kind == "file_closed" and path in files and fact["end"] <= offset:
            files[path] = ArrivedFile(text[starts[path] : fact["end"]], True)
            open_path = ""
    if open_path:
        files[open_path] = ArrivedFile(text[starts[open_path] :], False)
    return Arrived(generation, files, offset)


async def _generation(session: AsyncSession, actor: Actor, project_id: str, generation_id: str) -> Generation:
    generation = await session.get(Generation, generation_id)
    project = await session.get(Project, project_id)
    if generation is None or generation.owner != actor.id or generation.project != project_id:
        raise NotFound(t("generation.not_found"))
    if project is None or project.deleted_at:
        raise NotFound(t("project.not_found"))
    return generation
