"""The typed files of a project, which are not in its head yet: a row for each file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.events import EventLog
from builder.base.ids import now
from builder.projects import blobs, working
from builder.projects.heads import Heads, reach
from builder.projects.naming import one_line
from builder.projects.rows import digests_of, overlay_of
from builder.projects.shapes import WorkingChangedFact
from builder.projects.tables import Project, Version, WorkingFile
from builder.texts import t
from preview_runtime.file_tree import MAX_TREE_BYTES, InvalidTree, check_size, digest
from preview_runtime.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Written:
    """The working revision after a write, and the SHA-256 of each path it wrote (None: deleted)."""

    revision: int
    digests: Mapping[str, str | None]


class TypedFiles:
    """Each method is a step within the caller's transaction, which has locked the project's row."""

    def __init__(self, events: EventLog, heads: Heads) -> None:
        self._events, self._heads = events, heads

    async def write(
        self,
        session: AsyncSession,
        project: Project,
        contents: Mapping[str, str | bytes],
        delete: Collection[str],
        rename: Mapping[str, str] | None,
        client: str,
        base: working.Base | None,
    ) -> Written:
        """See `ProjectStore.write_working`; `contents` are in normal form."""
        head = await digests_of(session, project.head)
        rows = await overlay_of(session, project.id)
        overlay = {path: row.sha256 for path, row in rows.items()}
        for path, content in contents.items():
            check_size(path, content)
        puts = {path: digest(content) for path, content in contents.items()}
        # A file equal to the head's is not stored here: it is based on the head.
        await blobs.mend_blobs(
            session, project.owner, {puts[path]: blobs.raw(content) for path, content in contents.items()}
        )
        others = [path for path, row in rows.items() if row.client != client]
        done = working.write(head, overlay, puts, delete, rename, base, others)
        if not (done.set or done.unset):
            return Written(project.revision, done.digests)
        kept = dict(contents)
        clients: dict[str, str] = {}
        for path, origin in done.moved.items():
            typed = rows.get(origin)
            if typed is not None and typed.body is not None:
                kept[path], clients[path] = content_of(typed), typed.client
            elif path in done.set:
                kept[path] = (await blobs.get_tree(session, project.owner, {origin: head[origin]}))[origin]
        project.revision, stamp = project.revision + 1, now()
        gone = [path for path in (*done.unset, *done.set) if path in rows]
        if gone:
            mine = delete_rows(WorkingFile).where(
                col(WorkingFile.project) == project.id, col(WorkingFile.path).in_(gone)
            )
            await session.execute(mine.execution_options(synchronize_session=False))
            for path in gone:
                session.expunge(rows[path])
        for path, sha in done.set.items():
            row = WorkingFile(project=project.id, path=path, owner=project.owner, revision=project.revision)
            row.written_at = stamp
            row.client = clients.get(path, client)
            if sha:
                row.sha256, row.size, row.body = sha, len(blobs.raw(kept[path])), blobs.pack(kept[path])
                row.binary = blobs.is_binary(kept[path])
            session.add(row)
        await session.flush()
        left = {path: sha for path, sha in overlay.items() if path not in done.unset} | done.set
        await self._limit_size(session, project, head, left)
        project.worked_at = stamp if left else None
        project.updated_at = stamp
        project.redo = [] if left else project.redo
        await self._heads.set_reach(session, project, dirty=bool(left))
        fact = WorkingChangedFact(
            revision=project.revision, client=client, put=done.put, deleted=done.deleted, **reach(project)
        )
        await self._events.append(project.id, fact, session)
        return Written(project.revision, done.digests)

    async def store_contents(self, session: AsyncSession, project: Project) -> dict[str, str]:
        """Store the typed files as blobs; return the person's tree (path → SHA-256)."""
        rows = await overlay_of(session, project.id)
        typed = {row.sha256: blobs.raw(content_of(row)) for row in rows.values() if row.sha256 and row.body is not None}
        await blobs.put_blobs(session, project.owner, typed)
        head = await digests_of(session, project.head)
        return working.overlaid(head, {path: row.sha256 for path, row in rows.items()})

    async def save(self, session: AsyncSession, project: Project, by: str, label: str = "") -> Version | None:
        """Make a version of the typed files; None when there are none. `by`: who."""
        rows = await overlay_of(session, project.id)
        if not rows:
            return None
        tree = await self.store_contents(session, project)
        one = t("version.edited_file", path=next(iter(rows)))
        label = one_line(label) or (one if len(rows) == 1 else t("version.edited_files", count=len(rows)))
        return await self._heads.add(session, project, tree, by=by, kind="save", label=label)

    async def _limit_size(
        self, session: AsyncSession, project: Project, head: Mapping[str, str], overlay: working.Overlay
    ) -> None:
        unchanged = [sha for path, sha in head.items() if path not in overlay]
        stored = await blobs.sizes(session, project.owner, unchanged)
        of_project = col(WorkingFile.project) == project.id
        typed = await session.scalar(select(func.sum(col(WorkingFile.size))).where(of_project)) or 0
        if sum(stored.get(sha, 0) for sha in unchanged) + typed > MAX_TREE_BYTES:
            raise InvalidTree("tree_too_large", Phrase("import.tree_too_large", {"megabytes": MAX_TREE_BYTES // 2**20}))


def content_of(row: WorkingFile) -> str | bytes:
    """The typed text of a file that was not deleted. Raises Conflict (`damaged_file`)."""
    try:
        return blobs.unpack(row.body or b"", row.sha256 or "", row.size)
    except blobs.Damaged as error:
        raise blobs.damaged_files([row.path]) from error
