"""Projects, their versions and their working copies: the one place that writes them.

Every call is one transaction that includes its events; listeners hear of it after the commit. A write locks the
project's row first, so that two writers of one project follow each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from builder.accounts.access import Action, Visibility, allowed_to
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound, Refused
from builder.base.events import EventLog
from builder.base.ids import new_id, now
from builder.base.settings import AddressSettings
from builder.projects import blobs, working
from builder.projects.heads import Accepted, Heads
from builder.projects.naming import MAX_TITLE, clean_description, clean_tags, clean_title, describe_project
from builder.projects.rows import (
    Made,
    Order,
    Room,
    Status,
    any_number,
    as_person,
    digests_of,
    listed,
    only_saved_since,
    overlay_of,
    project_and_roles,
    project_of,
    subject_of,
    version_of,
)
from builder.projects.shapes import (
    AttachmentView,
    MessageAddedFact,
    ProjectChangedFact,
    VersionDescribedFact,
    message_shape,
    project_shape,
    version_shape,
)
from builder.projects.tables import Message, Project, Version, WorkingFile
from builder.projects.typed_files import TypedFiles, Written, content_of
from builder.texts import t
from preview_runtime.file_tree import FileTree, check_alike, digest

Digests = dict[str, str]
Versions = list[Version]
Paths = list[str]
VERSION_KINDS: Final = ("generation", "mend", "save", "import", "restore", "starter")


class ChangeOfProject(NamedTuple):
    """What is to be changed of a project itself; None stays as it is."""

    title: str | None = None
    description: str | None = None
    visibility: Visibility | None = None
    archived: bool | None = None
    tags: Sequence[str] | None = None


class ProjectStore:
    """Every call names the actor and the action: a stranger's project does not exist (`NotFound`), and an action that
    the actor's role does not allow is `Refused`. Contents are stored in the project's workspace, whoever the actor
    is."""

    def __init__(self, db: Database, events: EventLog, addresses: AddressSettings, made: Made | None = None) -> None:
        self.db = db
        self._made = made
        self._room: Room = any_number
        self.events = events
        self.addresses = addresses
        self._heads = Heads(events)
        self._working = TypedFiles(events, self._heads)

    def on_new(self, room: Room) -> None:
        """Have `room` asked of each project that is made, or comes back, in the transaction that does so."""
        self._room = room

    def on_version(self, accepted: Accepted) -> None:
        """Have `accepted` called for each version that is made."""
        self._heads.accepted = accepted

    # Projects

    async def create(
        self, actor: Actor, title: str, *, prompt: str = "", stack: Iterable[str] = (), description: str = ""
    ) -> Project:
        """Makes it in the actor's workspace."""
        project = Project(
            owner=actor.workspace, created_by=actor.id, title=clean_title(title), prompt=prompt, stack=list(stack),
            description=clean_description(description),
        )  # fmt: skip
        async with self.db.session() as session:
            await check(session, actor, Action.EDIT, actor.workspace)
            await self._add(session, project)
        return project

    async def get(self, actor: Actor, project_id: str, action: Action = Action.READ) -> Project:
        """`action`: why it is read."""
        async with self.db.reader() as session:
            return await project_of(session, actor, project_id, action)

    async def list(
        self, actor: Actor, *, limit: int = 500, words: str = "", status: Status = "active", order: Order = "updated",
        behind: tuple[str, str] | None = None, tag: str = "",
    ) -> list[Project]:  # fmt: skip
        """The projects of the actor's workspace, and in their own those that others let them in to: with `words` in title
        or description, and with the `tag`. `status`: archived ones can only be read, deleted ones can be brought back.
        The one changed or made last first, or by title; `behind` one with that value and id."""
        async with self.db.reader() as session:
            await as_person(session, actor)
            await check(session, actor, Action.READ, actor.workspace)
            return [*await session.scalars(listed(actor, status, words, order, behind, tag).limit(limit))]

    async def change(self, actor: Actor, project_id: str, change: ChangeOfProject) -> Project:
        """What `change` does not say stays as it is. Raises NotFound, Refused, BadInput, and Conflict (`archived`)."""
        archived = change.archived is not None
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.CONFIGURE, lock=True, archived=archived)
            if change.visibility is not None:
                await project_of(session, actor, project_id, Action.INVITE)
                project.visibility = change.visibility
                record(session, _deed("project.visibility", actor, project, to=change.visibility))
            project.title = project.title if change.title is None else clean_title(change.title)
            if change.description is not None:
                project.description = clean_description(change.description)
            project.tags = project.tags if change.tags is None else clean_tags(change.tags)
            if change.archived and project.archived_at is None:
                await self._working.save(session, project, actor.id)
            if project.archived_at is not None and change.archived is False:
                await self._room(session, project)
            if archived:
                project.archived_at = (project.archived_at or now()) if change.archived else None
                record(session, _deed("project.archive" if change.archived else "project.unarchive", actor, project))
            await self._changed(session, project)
            return project

    async def rename(self, actor: Actor, project_id: str, title: str) -> Project:
        return await self.change(actor, project_id, ChangeOfProject(title=title))

    async def describe(
        self, actor: Actor, project_id: str, *, title: str = "", stack: Iterable[str] | None = None
    ) -> Project:
        """Set the title that a generation gave a project; an empty title keeps the old one."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            describe_project(project, title, stack)
            await self._changed(session, project)
            return project

    async def delete(self, actor: Actor, project_id: str) -> Project:
        """Delete the project; `undelete` restores it until it is purged."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.DELETE, lock=True)
            project.deleted_at = now()
            record(session, _deed("project.delete", actor, project))
            await self._changed(session, project)
            return project

    async def undelete(self, actor: Actor, project_id: str) -> Project:
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.DELETE, lock=True, deleted=True)
            await self._room(session, project)
            project.deleted_at = None
            record(session, _deed("project.undelete", actor, project))
            await self._changed(session, project)
            return project

    async def duplicate(self, actor: Actor, project_id: str) -> Project:
        """A new project with this one's present files, unsaved typing included: in the same workspace where the actor
        may make projects there, otherwise in their own (a key's: its team)."""
        async with self.db.session() as session:
            source, roles = await project_and_roles(session, actor, project_id, Action.READ, lock=True)
            talks = Action.READ_TALK in allowed_to(actor, subject_of(source, roles))
            owner = source.owner
            try:
                await check(session, actor, Action.EDIT, owner)
            except (NotFound, Refused):
                owner = actor.reaches
                await check(session, actor, Action.EDIT, owner)
            tree = await self._working.store_contents(session, source)
            title = t("project.copy_title", title=source.title)[:MAX_TITLE]
            copy = Project(
                owner=owner, created_by=actor.id, title=title, prompt=source.prompt if talks else "", stack=source.stack,
                thumbnail=source.thumbnail, description=source.description,
            )  # fmt: skip
            await self._add(session, copy)
            await blobs.copy_blobs(session, source.owner, owner, {*tree.values()} | {source.thumbnail or ""})
            if tree:
                label = t("version.copied", title=source.title)
                await self._heads.add(session, copy, tree, by=actor.id, kind="import", label=label)
            return copy

    async def _add(self, session: AsyncSession, project: Project) -> None:
        await self._room(session, project)
        session.add(project)
        await session.flush()
        if self._made is not None:
            self._made(session, project)
            await session.flush()

    async def set_thumbnail(self, actor: Actor, project_id: str, picture: bytes) -> None:
        """Store a picture of the app. No event is sent, since lists read the picture when they are shown."""
        sha = digest(picture)
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            await blobs.put_blobs(session, project.owner, {sha: picture})
            project.thumbnail = sha

    async def thumbnail(self, actor: Actor, project_id: str) -> bytes | None:
        async with self.db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            if not (sha := project.thumbnail):
                return None
            whole, _ = await blobs.readable_blobs(session, project.owner, [sha])
            return blobs.raw(whole[sha]) if sha in whole else None  # a damaged picture counts as none

    # Trees

    async def head_tree(self, actor: Actor, project_id: str) -> FileTree:
        """The last version's files; an empty tree before the first."""
        return (await self.read_head(actor, project_id))[1]

    async def read_head(self, actor: Actor, project_id: str) -> tuple[Project, FileTree]:
        """The project and `head_tree`, read at one moment."""
        async with self.db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            return project, await blobs.get_tree(session, project.owner, await digests_of(session, project.head))

    async def working_tree(self, actor: Actor, project_id: str) -> FileTree:
        """The head with the unsaved typing."""
        return (await self.read_working(actor, project_id))[2]

    async def read_working(
        self, actor: Actor, project_id: str, damaged: Paths | None = None, action: Action = Action.READ
    ) -> tuple[Project, Digests, FileTree]:
        """The project, the SHA-256 of each file of the person's tree, and that tree, read at one moment.

        If `damaged` is given, unreadable files are added to it and left out of the tree; else they raise Conflict
        (`damaged_file`).
        """
        async with self.db.reader() as session:
            project = await project_of(session, actor, project_id, action)
            overlay = await overlay_of(session, project_id)
            head = await digests_of(session, project.head)
            kept = {path: sha for path, sha in head.items() if path not in overlay}
            tree = await blobs.get_tree(session, project.owner, kept, damaged)
        typed = {}
        for path, row in overlay.items():
            try:
                if row.body is not None:
                    typed[path] = content_of(row)
            except Conflict:
                if damaged is None:
                    raise
                damaged.append(path)
        digests = working.overlaid(head, {path: row.sha256 for path, row in overlay.items()})
        return project, digests, tree.replace(typed)

    async def working_file(self, actor: Actor, project_id: str, path: str) -> str | bytes | None:
        """One file of the person's tree; None when it is not there."""
        async with self.db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            typed = await session.get(WorkingFile, (project_id, path))
            if typed is not None:
                return content_of(typed) if typed.body is not None else None
            sha = (await digests_of(session, project.head)).get(path)
            return (await blobs.get_tree(session, project.owner, {path: sha}))[path] if sha else None

    async def write_working(
        self,
        actor: Actor,
        project_id: str,
        put: Mapping[str, str | bytes] | None = None,
        delete: Collection[str] = (),
        rename: Mapping[str, str] | None = None,
        client: str = "",
        base: working.Base | None = None,
    ) -> Written:
        """Store typed text. `client` identifies the writer's own tab or program.

        Applied in the order rename, delete, put. `base` is the state that the write was based on: if somebody else
        wrote meanwhile, or if there is no base and another client typed since the head, Conflict (`changed_meanwhile`)
        is raised. Raises InvalidTree for files that no project may hold. After either error nothing of this write is
        stored.
        """
        contents = {path: blobs.normal(content) for path, content in (put or {}).items()}
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            return await self._working.write(session, project, contents, delete, rename, client, base)

    async def restore_file(self, actor: Actor, project_id: str, version_id: str, path: str, client: str = "") -> int:
        """Take one file from a version into the working copy; return the working revision. Unsaved typing in it becomes
        a version first."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            version = await version_of(session, project_id, version_id)
            if path not in version.tree:
                raise NotFound(t("version.file_not_found", path=path))
            content = (await blobs.get_tree(session, project.owner, {path: version.tree[path]}))[path]
            if await session.get(WorkingFile, (project_id, path)) is not None:
                await self._working.save(session, project, actor.id)
            return (await self._working.write(session, project, {path: content}, (), None, client, None)).revision

    # Versions

    async def save(
        self, actor: Actor, project_id: str, label: str = "", action: Action = Action.EDIT
    ) -> Version | None:
        """Make a version of the working copy; None when nothing differs from the head. `action`: why it is made."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, action, lock=True)
            return await self._working.save(session, project, actor.id, label)

    async def commit(
        self,
        actor: Actor,
        project_id: str,
        tree: FileTree,
        *,
        kind: str,
        label: str,
        generation_id: str | None = None,
        expect_head: str | EllipsisType | None = ...,
        title: str = "",
        stack: Iterable[str] | None = None,
        session: AsyncSession | None = None,
    ) -> Version:
        """Make `tree` the newest version. `title` and `stack`, when given, describe the project from then on.

        `expect_head` is the head that `tree` was made from. If the project has another head by now, Conflict is raised,
        with one exception: when the project was only saved by hand meanwhile, a generation keeps those edits and
        applies its own changes over them (a file changed by both gets the generation's text; the person's text stays in
        its version). For the same reason unsaved typing becomes a version of its own first.
        """
        if kind not in VERSION_KINDS:
            raise ValueError(f"unknown version kind {kind!r}")
        if session is None:
            async with self.db.session() as own:
                return await self.commit(
                    actor, project_id, tree, kind=kind, label=label, generation_id=generation_id,
                    expect_head=expect_head, title=title, stack=stack, session=own,
                )  # fmt: skip
        project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
        base = project.head if expect_head is ... else expect_head
        if base != project.head and not (kind == "generation" and await only_saved_since(session, project, base)):
            raise Conflict(t("project.changed_meanwhile"), detail=f"head {project.head}, expected {base}")
        # A tree in normal form, so that equal content has equal form however it was sent.
        digests = await blobs.put_tree(session, project.owner, FileTree({p: blobs.normal(c) for p, c in tree.items()}))
        await self._working.save(session, project, actor.id)
        if project.head != base and kind == "generation":
            typed = await digests_of(session, project.head)
            digests = working.rebased(typed, await digests_of(session, base), digests)
            FileTree(dict.fromkeys(digests, ""))
            check_alike(digests, known=typed)
        version = await self._heads.add(
            session, project, digests, by=actor.id, kind=kind, label=label, generation=generation_id
        )
        if kind == "generation":
            project.thumbnail = None  # it shows the previous app; no picture is better than a wrong one
        if title or stack is not None:
            describe_project(project, title, stack)
            await self._changed(session, project)
        return version

    async def undo(self, actor: Actor, project_id: str) -> Version:
        """Move the head to its parent; unsaved typing becomes a version first, so that redo can bring it back."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            await self._working.save(session, project, actor.id)
            head = await version_of(session, project_id, project.head) if project.head else None
            if head is None or head.parent is None:
                raise Conflict(t("project.nothing_to_undo"))
            project.redo = [*project.redo, head.id]
            return await self._heads.move(
                session, project, head, await version_of(session, project_id, head.parent), "undo"
            )

    async def redo(self, actor: Actor, project_id: str) -> Version:
        """Move the head forward again. A new version or typing after an undo starts another branch: then there is no
        redo."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            if not project.redo or not project.head:
                raise Conflict(t("project.nothing_to_redo"))
            head = await version_of(session, project_id, project.head)
            target = await version_of(session, project_id, project.redo[-1])
            project.redo = project.redo[:-1]
            return await self._heads.move(session, project, head, target, "redo")

    async def restore(self, actor: Actor, project_id: str, version_id: str) -> Version:
        """Make a new version with an older one's files."""
        async with self.db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            old = await version_of(session, project_id, version_id)
            await self._working.save(session, project, actor.id)
            before = await digests_of(session, project.head)
            label = t("version.restored", number=old.number)
            version = await self._heads.add(session, project, dict(old.tree), by=actor.id, kind="restore", label=label)
            await self._heads.announce(session, project, version, before, "restore")
            return version

    async def describe_version(
        self, actor: Actor, project_id: str, version_id: str, *, name: str | None = None, pinned: bool | None = None
    ) -> Version:
        """Give a version a name ("" takes it away), or pin it; None leaves either as it is. Its files stay as they are."""
        async with self.db.session() as session:
            await project_of(session, actor, project_id, Action.EDIT, lock=True)
            version = await version_of(session, project_id, version_id)
            version.name = version.name if name is None else name
            version.pinned = version.pinned if pinned is None else pinned
            session.add(version)
            await self.events.append(project_id, VersionDescribedFact(version=version_shape(version)), session)
            return version

    async def versions(self, actor: Actor, project_id: str) -> Versions:
        """All versions, newest first, without their trees."""
        async with self.db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            query = select(Version).where(col(Version.project) == project_id).order_by(col(Version.number).desc())
            return [*await session.scalars(query.options(defer(col(Version.tree), raiseload=True)))]  # type: ignore[arg-type]  # a mapped attribute at run time

    async def version(self, actor: Actor, project_id: str, version_id: str) -> Version:
        async with self.db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            return await version_of(session, project_id, version_id)

    async def version_tree(
        self, actor: Actor, project_id: str, version_id: str, damaged: Paths | None = None
    ) -> FileTree:
        """`damaged` as for `read_working`."""
        async with self.db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            version = await version_of(session, project_id, version_id)
            return await blobs.get_tree(session, version.owner, version.tree, damaged)

    # Conversation

    async def add_message(
        self,
        actor: Actor,
        project_id: str,
        role: str,
        text: str,
        *,
        generation_id: str | None = None,
        turn: str | None = None,
        attachments: Sequence[AttachmentView] = (),
        message_id: str = "",
        session: AsyncSession | None = None,
    ) -> Message:
        if session is None:
            async with self.db.session() as own:
                return await self.add_message(
                    actor, project_id, role, text, generation_id=generation_id, turn=turn, attachments=attachments,
                    message_id=message_id, session=own,
                )  # fmt: skip
        if role not in ("person", "builder"):
            raise BadInput(t("message.role"))
        project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
        message = Message(
            id=message_id or new_id(), owner=project.owner, created_by=actor.id, project=project_id, role=role, text=text,
            generation=generation_id, turn=turn, attachments=[one.model_dump() for one in attachments],
        )  # fmt: skip
        message.position = await self.events.append(
            project_id, MessageAddedFact(message=message_shape(message)), session
        )
        session.add(message)
        project.updated_at = message.created_at
        return message

    # The steps that the calls above share; all run within the caller's transaction

    async def _changed(self, session: AsyncSession, project: Project) -> None:
        project.updated_at = now()
        await self.events.append(
            project.id, ProjectChangedFact(project=project_shape(project, self.addresses)), session
        )


def _deed(action: str, actor: Actor, project: Project, **details: Detail) -> Deed:
    return Deed(action, actor.id, project.owner, project.id, "project", project.id, details=details)
