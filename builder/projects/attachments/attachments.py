"""Attachments: read when they arrive, bound to a request when it is sent, forgotten when nobody sends them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action, Subject
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.ids import now
from builder.base.uploads import stored
from builder.projects import blobs
from builder.projects.attachments.naming import clean_name, data_path
from builder.projects.attachments.reader import FileReader
from builder.projects.attachments.settings import AttachmentSettings
from builder.projects.attachments.tables import Attachment
from builder.projects.rows import project_of
from builder.projects.shapes import AttachmentView
from builder.texts import t
from preview_runtime.file_tree import FileTree, digest

KEEP_UNSENT: Final = timedelta(days=1)
_MOST_UNSENT: Final = 5  # times as many as go with one request: of one person in all their tabs
_PICTURE_CHARACTERS: Final = 5_000  # what a picture costs a model, as text


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """An attachment as a request takes it along. `path` and `file`: what the project gets, None and "" for nothing."""

    row: Attachment
    picture: bytes
    path: str | None
    file: str | bytes


class Attachments:
    """Every call names the actor. An attachment belongs to the workspace that its project is, or will be, in."""

    def __init__(self, db: Database, settings: AttachmentSettings, reader: FileReader | None = None) -> None:
        self._db, self._settings = db, settings
        self._folder = settings.data_dir.absolute() / "attachments"
        self.reader = reader or FileReader()

    async def clear(self) -> None:
        """Remove files that a killed server left."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def add(self, actor: Actor, project_id: str | None, name: str, body: AsyncGenerator[bytes]) -> Attachment:
        """Read the file that arrives; without a project it is for the first request of a new one.

        Raises BadInput for a file that is too large or cannot be read, Conflict where too many wait, NotFound, Refused.
        """
        name = clean_name(name, t("attachment.unnamed"))
        async with stored(self._folder, body, self._settings.attachment_mb * 2**20, self._too_large(name)) as file:
            owner = await self._workspace(actor, project_id)
            reading, size = await self.reader.read(file, name), _size(file)
        contents = {digest(content): content for content in (reading.picture, reading.file) if content}
        row = Attachment(
            owner=owner, created_by=actor.id, project=project_id, name=name, kind=reading.kind, size=size,
            text=reading.text, whole=reading.whole, notes=[asdict(note) for note in reading.notes],
            picture=digest(reading.picture) if reading.picture else None,
            file=digest(reading.file) if reading.file else None, ending=reading.ending,
        )  # fmt: skip
        async with self._db.session() as session:
            if project_id is not None:
                await project_of(session, actor, project_id, Action.EDIT)
            await blobs.put_blobs(session, owner, contents)
            session.add(row)
        return row

    async def remove(self, actor: Actor, attachment_id: str) -> None:
        """Forget one that was not sent. Raises Conflict for one that was, NotFound, Refused."""
        async with self._db.session() as session:
            row = await session.get(Attachment, attachment_id)
            if row is None:
                raise NotFound(t("attachment.not_found"))
            if row.project is None:
                await check(session, actor, Action.EDIT, row.owner)
            else:
                await project_of(session, actor, row.project, Action.EDIT)
            if row.message is not None:
                raise Conflict(t("attachment.sent"), code="attachment_sent")
            row.removed = True  # other rows may have its blobs: the sweep knows

    async def content(self, actor: Actor, project_id: str, attachment_id: str, part: str) -> bytes:
        """`part`: "picture", or "file", which the project gets. Raises NotFound where it has none."""
        async with self._db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            row = await session.get(Attachment, attachment_id)
            sha = getattr(row, part) if row is not None and row.project == project_id else None
            found, _ = await blobs.readable_blobs(session, project.owner, [sha] if sha else [])
            if sha is None or sha not in found:
                raise NotFound(t("attachment.not_found"))
            return blobs.raw(found[sha])

    async def of_request(
        self, actor: Actor, subject: Subject, ids: Sequence[str], tree: FileTree
    ) -> list[AttachmentContent]:
        """What a request takes along, in the order of `ids`; `tree` are the files of the project it is for (`subject`; one
        that is yet to be made has none).

        Raises BadInput where they are too many, too large together, or one is no longer there, and InvalidTree where the
        project has no room for their data.
        """
        ids = list(dict.fromkeys(ids))
        if not ids:
            return []
        if len(ids) > self._settings.attachment_files:
            raise BadInput(t("attachment.many", most=self._settings.attachment_files), code="attachment_many")
        async with self._db.reader() as session:
            owner = subject.workspace
            if subject.project is None:
                await check(session, actor, Action.EDIT, owner)
            else:
                await project_of(session, actor, subject.project, Action.EDIT)
            query = select(Attachment).where(col(Attachment.id).in_(ids), col(Attachment.owner) == owner)
            found_rows = await session.scalars(query)
            rows = {row.id: row for row in found_rows if _is_for(row, subject.project)}
            if missing := [one for one in ids if one not in rows]:
                raise BadInput(t("attachment.gone"), code="attachment_gone", detail=missing[0][:40])
            if sum(row.size for row in rows.values()) > self._settings.attachment_total_mb * 2**20:
                most = self._settings.attachment_total_mb
                raise BadInput(t("attachment.total", most=most), code="attachment_total")
            shas = [sha for row in rows.values() for sha in (row.picture, row.file) if sha]
            found, _ = await blobs.readable_blobs(session, owner, shas)
        contents: list[AttachmentContent] = []
        files: dict[str, str | bytes] = dict(tree)
        for row in (rows[one] for one in ids):
            file = found.get(row.file or "", "")
            path = data_path(row.name, row.ending, file, files) if file else None
            if path is not None:
                files[path] = file
            contents.append(AttachmentContent(row, blobs.raw(found.get(row.picture or "", b"")), path, file))
        FileTree(files)
        return contents

    async def send(
        self, session: AsyncSession, project_id: str, message_id: str, contents: Sequence[AttachmentContent]
    ) -> list[AttachmentView]:
        """Bind them to the message. Raises Conflict where one was taken away, or sent for another project, meanwhile."""
        views = []
        for content in contents:
            row = await session.get(Attachment, content.row.id, with_for_update=True)
            if row is None or not _is_for(row, project_id):
                raise Conflict(t("attachment.gone"), code="attachment_gone")
            row.project, row.message, row.path = project_id, message_id, content.path
            views.append(view(row))
        return views

    async def _workspace(self, actor: Actor, project_id: str | None) -> str:
        """Where it is kept, when there is room."""
        async with self._db.reader() as session:
            owner = actor.workspace
            if project_id is not None:
                owner = (await project_of(session, actor, project_id, Action.EDIT)).owner
            else:
                await check(session, actor, Action.EDIT, owner)
            mine = select(func.count()).where(
                col(Attachment.created_by) == actor.id, col(Attachment.message).is_(None), ~col(Attachment.removed)
            )
            if (await session.scalar(mine) or 0) >= _MOST_UNSENT * self._settings.attachment_files:
                raise Conflict(t("attachment.waiting"), code="attachment_waiting")
        return owner

    def _too_large(self, name: str) -> BadInput:
        most = self._settings.attachment_mb
        return BadInput(t("attachment.too_large", name=name, most=most), code="attachment_too_large", status=413)


async def unused(session: AsyncSession, keep: timedelta = KEEP_UNSENT) -> list[Attachment]:
    """What its person took away, or did not send for `keep`."""
    old = col(Attachment.message).is_(None) & (col(Attachment.created_at) <= now(ago=keep))
    return [*await session.scalars(select(Attachment).where(or_(col(Attachment.removed), old)))]


def _is_for(row: Attachment, project: str | None) -> bool:
    """Whether a request for the project may take it along: again too, as one that is tried or worded anew does."""
    return not row.removed and row.project in (None, project)


def view(row: Attachment) -> AttachmentView:
    """The attachment as pages show it."""
    return AttachmentView(
        id=row.id,
        name=row.name,
        kind=row.kind,
        size=row.size,
        picture=row.picture is not None,
        characters=len(row.text) + (_PICTURE_CHARACTERS if row.picture else 0),
        notes=[t(f"attachment.note_{note['code']}", **note["values"]) for note in row.notes],
        data=row.file is not None,
        path=row.path,
    )


def _size(file: Path) -> int:
    return file.stat().st_size
