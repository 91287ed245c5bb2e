"""Everything a tab shows of a project, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import select
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.generation.tables import Generation, Turn, TurnStep
from builder.generation.turns.records import turns_of
from builder.previews.links.tables import ShareLink
from builder.projects.rows import project_of
from builder.projects.tables import Blob, Message, Project, Version, WorkingFile
from builder.projects.working import overlaid


class FileEntry(BaseModel):
    path: str
    size: int
    sha256: str
    binary: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """`files` are those of the person's tree, `dirty` the paths that differ from the head because of unsaved typing."""

    project: Project
    files: list[FileEntry]
    dirty: list[str]
    messages: list[Message]
    generations: list[Generation]
    turns: list[tuple[Turn, list[TurnStep]]]
    shares: list[ShareLink]


async def read_overview(db: Database, actor: Actor, project_id: str, action: Action = Action.READ) -> Overview:
    """`action`: why it is read. Raises NotFound, Refused."""
    async with db.reader() as session:
        project = await project_of(session, actor, project_id, action)
        head = await session.scalar(select(col(Version.tree)).where(col(Version.id) == project.head)) or {}
        typed = select(col(WorkingFile.path), col(WorkingFile.sha256), col(WorkingFile.size), col(WorkingFile.binary))
        rows = [*await session.execute(typed.where(col(WorkingFile.project) == project_id).order_by("path"))]
        tree = overlaid(head, {row.path: row.sha256 for row in rows})
        facts = {row.sha256: (row.size, row.binary) for row in rows if row.sha256}
        wanted = sorted(set(tree.values()) - facts.keys())
        for start in range(0, len(wanted), 500):
            blobs = select(col(Blob.sha256), col(Blob.size), col(Blob.binary)).where(col(Blob.owner) == project.owner)
            for row in await session.execute(blobs.where(col(Blob.sha256).in_(wanted[start : start + 500]))):
                facts[row.sha256] = (row.size, row.binary)
        said = select(Message).where(col(Message.project) == project_id).order_by(col(Message.position))
        made = select(Generation).where(col(Generation.project) == project_id).order_by(col(Generation.created_at))
        links = select(ShareLink).where(col(ShareLink.project) == project_id).order_by(col(ShareLink.created_at).desc())
        return Overview(
            project=project,
            files=[
                FileEntry(path=path, size=size, sha256=sha, binary=binary)
                for path, sha in sorted(tree.items())
                for size, binary in [facts.get(sha, (0, False))]  # a file missing from the disk is listed as well
            ],
            dirty=[row.path for row in rows],
            messages=[*await session.scalars(said)],
            generations=[*await session.scalars(made)],
            turns=await turns_of(session, project_id),
            shares=[*await session.scalars(links)],
        )
