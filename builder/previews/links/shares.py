"""Live links: the stored output of a version, so that showing it needs no tab, no compiler and no network; who may open
it, and until when."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor, acting_for
from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.passwords import Passwords
from builder.base.db import Database, after_commit
from builder.base.errors import Conflict, NotFound
from builder.base.events import EventLog
from builder.base.ids import new_id, now
from builder.previews.engine import ServerEngines
from builder.previews.links.doors import LinkDoors, is_over
from builder.previews.links.shapes import SharesChangedFact, ShareView, share_shape
from builder.previews.links.tables import ShareLink, StoredOutput
from builder.previews.links.terms import SHORTEST, LinkChange, Terms, check_data, check_terms, in_hours, is_same
from builder.previews.runnables.runnables import LINK, Runnable, Runnables
from builder.projects.blobs import put_blobs, raw, readable_blobs
from builder.projects.compiled import Compiled, Shrink
from builder.projects.rows import project_of
from builder.projects.store import ProjectStore
from builder.projects.tables import Project, Version
from builder.texts import t
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.file_tree import FileTree, digest
from preview_runtime.output import Output, OutputFile

log = logging.getLogger(__name__)
_CACHE_BYTES: Final = 64 * 1024 * 1024
# The form in which a link's output is stored. After a change of the number, stored outputs are made again when they are
# next opened: older builds revealed parts of the sources that newer ones do not.
_BUILT: Final = "built 1"
_SOURCE: Final = "source 1"
# The form of a version that did not build again: the output of an earlier Sayso, without comments and maps.
_SHRUNK: Final = "shrunk 1"


Gate = Callable[[str, FileTree, Output], Awaitable[None]]
"""(project, the files of a version, what visitors get of them)"""


@dataclass(frozen=True, slots=True)
class ServerPart:
    """Whether a tree has a server part, and whether that part answers every path."""

    there: bool = False
    whole: bool = False


class Shares:
    """All live links. `load()` reads who may open which; `doors` keeps that in memory."""

    def __init__(
        self,
        db: Database,
        store: ProjectStore,
        events: EventLog,
        runnables: Runnables,
        compiled: Compiled,
        shrink: Shrink,
        server_part: Callable[[FileTree], ServerPart] = lambda _: ServerPart(),
        engines: ServerEngines | None = None,
        copying: Callable[[str], str | None] = lambda _: None,
        gate: Gate | None = None,
    ) -> None:
        """`shrink` minifies an earlier output. `engines` say why no server can run here. `copying`: see `shape`. `gate`
        raises Conflict where what a link would give away stops it."""
        self._db = db
        self._store = store
        self._events, self._runnables = events, runnables
        self._compiled, self._shrink = compiled, shrink
        self._server_part, self.engines, self._copying = server_part, engines, copying
        self._gate = gate
        self._cache: OrderedDict[str, Output] = OrderedDict()
        self._versions: dict[str, str] = {}
        self.doors = LinkDoors()
        # Links of an earlier Sayso: those whose version does not build any more, and those being built again.
        self._tried: set[str] = set()
        self._making: dict[str, asyncio.Lock] = {}
        self.passwords = Passwords()

    async def load(self) -> None:
        """Read who may open the existing links."""
        async with self._db.reader() as session:
            for share in await session.scalars(select(ShareLink).where(col(ShareLink.revoked_at).is_(None))):
                self.doors.put(share)

    async def create(self, actor: Actor, project_id: str, terms: Terms | None = None) -> ShareLink:
        """Make a link to what the person sees: saves unsaved typing, compiles that version, stores the output.

        A link of the version with the same terms is reused, unless it has a password or an expiry. Raises Conflict when
        there are no files yet, nothing can run its server, or a secret would be given away (`secrets_found`), BadInput for invalid terms, and the compiler's error when
        the app does not build; then nothing is shared.
        """
        terms = terms or Terms()
        check_terms(terms)
        await self._store.save(actor, project_id, action=Action.SHARE)
        project = await self._store.get(actor, project_id)
        if project.head is None:
            raise Conflict(t("version.empty"))
        version = await self._store.version(actor, project_id, project.head)
        for share in await self.list(actor, project_id):
            if share.version == version.id and share.revoked_at is None and is_same(share, terms):
                return share
        tree = await self._store.version_tree(actor, project_id, version.id)
        if not tree:
            raise Conflict(t("version.empty"))
        part = await asyncio.to_thread(self._server_part, tree)
        if part.there and self.engines and (why := self.engines.why_not):
            if part.whole:
                raise Conflict(t("server.none", why=why), code="no_engine")
            part = ServerPart()  # at least its front end can be shown
        output = await self._output_of(project.owner, project_id, version.id, tree, part, terms.source)
        if self._gate:
            await self._gate(project_id, tree, output)
        share = ShareLink(
            owner=project.owner, created_by=actor.id, project=project_id, version=version.id,
            version_number=version.number, access=terms.access, follows=terms.follows, server=part.there,
            data=terms.data, source=terms.source, framed=terms.framed, remix=terms.remix, badge=terms.badge,
            expires_at=in_hours(terms.hours) if terms.hours else None,
            password=await self.passwords.hashed(terms.password) if terms.access == "password" else "",
        )  # fmt: skip
        async with self._db.session() as session:
            await project_of(session, actor, project_id, Action.SHARE)
            session.add(share)
            self._runnables.add(session, Runnable(share.id, LINK, share.owner, project_id, share.created_at))
            await session.flush()
            await _replace_output(session, share, output, _form(share.source))
            record(session, _deed("share.create", actor.id, share))
            await self._announce(session, project_id)
        self.doors.put(share)
        return share

    async def list(self, actor: Actor, project_id: str) -> list[ShareLink]:
        """Every link ever made of the project, newest first; revoked links carry the time of their revocation."""
        async with self._db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            return await _links(session, project_id)

    async def revoke(self, actor: Actor, project_id: str, share_id: str) -> ShareLink:
        """Revoke a link; its content is gone at once. Revoking twice is no error."""
        async with self._db.session() as session:
            share = await self._link(session, actor, project_id, share_id)
            await self._end(session, share, actor.id)
        return share

    async def take_down(self, share_id: str) -> None:
        """Revoke a link for whoever looks after the installation; its project may be blocked."""
        async with self._db.session() as session:
            share = await session.get(ShareLink, share_id)
            if share is not None:
                await self._end(session, share, "")

    async def _end(self, session: AsyncSession, share: ShareLink, by: str) -> None:
        if share.revoked_at is None:
            share.revoked_at = now()
            record(session, _deed("share.revoke", by, share))
            await self._runnables.end(session, share.id)
            await session.flush()
            await self._announce(session, share.project)
        self._cache.pop(share.id, None)
        after_commit(session, lambda: self.doors.remove(share.id))

    async def change(self, actor: Actor, project_id: str, share_id: str, change: LinkChange) -> tuple[ShareLink, bool]:
        """Change a link's terms; its address stays. Also returns whether earlier visitors lose their access.

        Raises NotFound, Conflict for a link that was revoked or has expired, BadInput for invalid terms, and the
        compiler's error for a version that does not build; then nothing is changed.
        """
        async with self._db.reader() as session:
            before = await self._link(session, actor, project_id, share_id)
        if before.revoked_at is not None or is_over(before.expires_at):
            raise Conflict(t("share.over"), code="share_over")
        access = change.access or before.access
        follows = before.follows if change.follows is None else change.follows
        hours = None if isinstance(change.hours, EllipsisType) else change.hours
        new_password = access == "password" and (before.access != "password" or bool(change.password))
        check_terms(Terms(access, change.password if new_password else "-" * SHORTEST, hours, follows))
        hashed = await self.passwords.hashed(change.password) if new_password else before.password
        shown = None
        source = before.source if change.source is None else change.source
        wanted = change.version if change.version and not follows else before.version
        if wanted != before.version or source != before.source:
            shown = await self._shown(before, wanted, source)
        async with self._db.session() as session:
            share = await self._link(session, actor, project_id, share_id)
            if share.revoked_at is not None:
                raise Conflict(t("share.over"), code="share_over")
            shut = new_password or access != share.access
            share.access, share.password, share.follows = access, hashed if access == "password" else "", follows
            share.source = source
            change.surround(share)
            if shut:
                share.word = new_id()
            if not isinstance(change.hours, EllipsisType):
                share.expires_at = in_hours(change.hours) if change.hours else None
            if shown:
                await _show(session, share, *shown)
            record(session, _deed("share.change", actor.id, share))
            await session.flush()
            await self._announce(session, project_id)
        self.doors.put(share)
        return share, shut and access != "public"

    async def begin_with(self, actor: Actor, project_id: str, share_id: str, data: str) -> ShareLink:
        """Set again the data that a link's server begins with: copy or empty. Raises NotFound, Conflict, BadInput."""
        check_data(data)
        async with self._db.session() as session:
            share = await self._link(session, actor, project_id, share_id)
            if share.revoked_at is not None or is_over(share.expires_at):
                raise Conflict(t("share.over"), code="share_over")
            share.data = data
            await session.flush()
            await self._announce(session, project_id)
        return share

    def shape(self, share: ShareLink) -> ShareView:
        """The link as the API shows it, and whether its data are being copied."""
        return share_shape(share, self._store.addresses, self._copying(share.id))

    async def data_changed(self, share_id: str) -> None:
        """Tell the project's tabs that a copy of data began or ended; does nothing for an id that is no link's."""
        async with self._db.session() as session:
            share = await session.get(ShareLink, share_id)
            if share is not None:
                await self._announce(session, share.project)

    async def find(self, share_id: str) -> ShareLink | None:
        """A link that can be opened; None for an unknown, expired or revoked link, or one of a deleted project."""
        async with self._db.reader() as session:
            query = select(ShareLink).join(Project, col(Project.id) == col(ShareLink.project))
            query = query.where(col(ShareLink.id) == share_id, col(ShareLink.revoked_at).is_(None))
            share: ShareLink | None = await session.scalar(query.where(col(Project.deleted_at).is_(None)))
        return share if share is not None and not is_over(share.expires_at) else None

    async def output(self, share_id: str) -> Output | None:
        """A link's output beside its server; None for a link that cannot be opened."""
        share = await self.find(share_id)
        if share is None:
            return None
        share = await self._made_today(share)
        key = f"{share_id}:{share.version}:{share.form}"
        known = self._cache.get(share_id)
        if known is not None and self._versions.get(share_id) == key:
            self._cache.move_to_end(share_id)
            return known
        output = await self._stored(share)
        self._cache[share_id], self._versions[share_id] = output, key
        while len(self._cache) > 1 and sum(map(_size, self._cache.values())) > _CACHE_BYTES:
            self._versions.pop(self._cache.popitem(last=False)[0], None)
        return output

    async def tree(self, share: ShareLink) -> FileTree:
        """The files of the version that a link shows. Raises NotFound."""
        return await self._store.version_tree(acting_for(share.owner), share.project, share.version)

    async def bring_forward(self, share_id: str) -> bool:
        """Have a link that follows show its project's newest version; returns whether the version changed.

        A version that does not build leaves the link as it was: raises the compiler's error.
        """
        share = await self.find(share_id)
        if share is None or not share.follows:
            return False
        actor = acting_for(share.owner)
        project = await self._store.get(actor, share.project)
        if project.head is None or project.head == share.version:
            return False
        shown = await self._shown(share, project.head, share.source)
        async with self._db.session() as session:
            row = await session.get(ShareLink, share_id)
            if row is None or row.revoked_at is not None or not row.follows:
                return False
            await _show(session, row, *shown)
            await self._announce(session, share.project)
        return True

    async def behind(self) -> Sequence[tuple[str, str]]:
        """The links that follow and do not show the newest version, each with that version."""
        query = select(col(ShareLink.id), col(Project.head)).join(Project, col(Project.id) == col(ShareLink.project))
        query = query.where(col(ShareLink.follows), col(ShareLink.revoked_at).is_(None))
        query = query.where(col(Project.deleted_at).is_(None), col(Project.head) != col(ShareLink.version))
        async with self._db.reader() as session:
            return [(row.id, row.head) for row in await session.execute(query)]

    async def with_server(self) -> Sequence[ShareLink]:
        """The links that can be opened and have a server."""
        query = select(ShareLink).join(Project, col(Project.id) == col(ShareLink.project))
        query = query.where(col(ShareLink.server), col(ShareLink.revoked_at).is_(None))
        async with self._db.reader() as session:
            found = await session.scalars(query.where(col(Project.deleted_at).is_(None)))
            return [share for share in found if not is_over(share.expires_at)]

    async def comes_back(self, share_id: str) -> bool:
        """Whether a link may be opened again later: its project was put away and can be brought back."""
        query = select(ShareLink).where(col(ShareLink.id) == share_id, col(ShareLink.revoked_at).is_(None))
        async with self._db.reader() as session:
            share = await session.scalar(query)
        return share is not None and not is_over(share.expires_at)

    async def _made_today(self, share: ShareLink) -> ShareLink:
        """The link, with its output in the present form. If its version no longer builds, the link keeps its old
        output, minified; the build is tried once in each run of this process. Raises `BuildFault` when neither is
        possible."""
        if self._is_of_today(share):
            return share
        async with self._making.setdefault(share.id, asyncio.Lock()):
            share = await self.find(share.id) or share  # a page asks for all files at once: another request made it
            if self._is_of_today(share):
                return share
            try:
                made: tuple[Version, bool, Output] | None = await self._shown(share, share.version, share.source)
            except (BuildFault, NotFound) as error:
                log.warning("The link %s still serves what an earlier Sayso made of it: %s", share.id, error)
                made = None
            row = await self._with_build(share, made) if made else await self._with_less(share)
            if not made:
                self._tried.add(share.id)
            return row

    def _is_of_today(self, share: ShareLink) -> bool:
        return share.form == _form(share.source) or share.id in self._tried

    async def _with_build(self, share: ShareLink, made: tuple[Version, bool, Output]) -> ShareLink:
        version, _, output = made
        async with self._db.session() as session:
            row = await session.get(ShareLink, share.id)
            if row is None or row.version != share.version or row.source != share.source:
                return share
            await _show(session, row, version, row.server, output)
        return row

    async def _with_less(self, share: ShareLink) -> ShareLink:
        """The link with its old output minified: the sources belong to their author."""
        if share.source or share.form == _SHRUNK:
            return share
        output = await self._shrink(await self._stored(share), Order(share.owner, share.project))
        async with self._db.session() as session:
            row = await session.get(ShareLink, share.id)
            if row is None or row.version != share.version or row.source:
                return share
            await _replace_output(session, row, output, _SHRUNK)
        return row

    async def _stored(self, share: ShareLink) -> Output:
        """A link's stored output, without files that are damaged on the disk."""
        async with self._db.reader() as session:
            rows = [*await session.scalars(select(StoredOutput).where(col(StoredOutput.share) == share.id))]
            bodies, damaged = await readable_blobs(session, share.owner, (row.sha256 for row in rows))
        if damaged:
            log.warning("Of the link %s %d files are damaged on the disk and not served", share.id, len(damaged))
        return {row.path: OutputFile(row.type, raw(bodies[row.sha256])) for row in rows if row.sha256 in bodies}

    async def _shown(self, share: ShareLink, version_id: str, source: bool) -> tuple[Version, bool, Output]:
        """A version, whether it has a server part, and the output beside that part. Raises the compiler's errors."""
        actor = acting_for(share.owner)
        version = await self._store.version(actor, share.project, version_id)
        tree = await self._store.version_tree(actor, share.project, version.id)
        part = self._server_part(tree)
        output = await self._output_of(share.owner, share.project, version.id, tree, part, source)
        if self._gate and (version.id, source) != (share.version, share.source):
            await self._gate(share.project, tree, output)
        return version, part.there, output

    async def _output_of(
        self, owner: str, project_id: str, version_id: str, tree: FileTree, part: ServerPart, source: bool
    ) -> Output:
        if part.whole:
            return {}  # the server answers everything
        order = Order(owner, project_id, built=not source)
        return await self._compiled.output(f"{project_id}:{version_id}:{_form(source)}", tree, order)

    async def _announce(self, session: AsyncSession, project_id: str) -> None:
        shares = [self.shape(share) for share in await _links(session, project_id)]
        await self._events.append(project_id, SharesChangedFact(shares=shares), session)

    async def _link(self, session: AsyncSession, actor: Actor, project_id: str, share_id: str) -> ShareLink:
        await project_of(session, actor, project_id, Action.SHARE)
        share = await session.get(ShareLink, share_id)
        if share is None or share.project != project_id:
            raise NotFound(t("share.not_found"))
        return share


async def _links(session: AsyncSession, project_id: str) -> list[ShareLink]:
    query = select(ShareLink).where(col(ShareLink.project) == project_id)
    return [*await session.scalars(query.order_by(col(ShareLink.created_at).desc()))]


async def _show(session: AsyncSession, share: ShareLink, version: Version, server: bool, output: Output) -> None:
    """Have a link show a version."""
    share.version, share.version_number, share.server = version.id, version.number, server
    await _replace_output(session, share, output, _form(share.source))


def _form(source: bool) -> str:
    return _SOURCE if source else _BUILT


async def _replace_output(session: AsyncSession, share: ShareLink, output: Output, form: str) -> None:
    await session.execute(delete(StoredOutput).where(col(StoredOutput.share) == share.id))
    share.form = form
    bodies = {path: digest(file.body) for path, file in output.items()}
    await put_blobs(session, share.owner, {bodies[path]: file.body for path, file in output.items()})
    session.add_all(
        StoredOutput(share=share.id, path=path, owner=share.owner, type=file.type, sha256=bodies[path])
        for path, file in output.items()
    )
    await session.flush()


def _size(output: Output) -> int:
    return sum(len(file.body) for file in output.values())


def _deed(action: str, by: str, share: ShareLink) -> Deed:
    details: dict[str, Detail] = {"access": share.access, "follows": share.follows, "source": share.source}
    return Deed(action, by, share.owner, share.project, "share", share.id, details=details)
