"""Projects as administrators see them: whose, how large, how old; their content only for a reason that is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import MemberRole, Subject, not_found
from builder.accounts.actor import acting_for
from builder.accounts.audit.chain import Deed, record
from builder.accounts.mail.letters import LetterKind
from builder.accounts.mail.outbox import Outbox
from builder.accounts.notices.notices import NoticeKind, Notices
from builder.accounts.tables import Account, Membership
from builder.base.db import Database
from builder.base.errors import BadInput
from builder.base.ids import now
from builder.composition.administration.takedown import Takedown
from builder.previews.links.tables import ShareLink
from builder.previews.servers.register import ServerRegister
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.texts import t

ProjectOrder = Literal["updated", "created", "size"]
_BY: Final = {"updated": Project.updated_at, "created": Project.created_at, "size": Project.size}
SHORTEST_REASON: Final = 5
_MOST_SHOWN: Final = 1_000_000  # characters of all files together


@dataclass(frozen=True, slots=True)
class ProjectSeen:
    """`username`: the owner's, "" for a team. `links`: live ones. `server`: its stage, None where it has none here."""

    project: Project
    username: str
    links: int
    server: str | None


@dataclass(frozen=True, slots=True)
class FileSeen:
    """`text` is None for a binary file, and once the files before have been very long."""

    path: str
    size: int
    text: str | None


class AdminProjects:
    """The callers check the right."""

    def __init__(
        self,
        db: Database,
        store: ProjectStore,
        takedown: Takedown,
        register: ServerRegister,
        outbox: Outbox,
        notices: Notices,
        place: str,
    ) -> None:
        """`place`: the address of this installation, for letters."""
        self._db, self._store, self._takedown, self._register = db, store, takedown, register
        self._outbox, self._notices, self._place = outbox, notices, place

    async def page(
        self, order: ProjectOrder, *, owner: str = "", behind: tuple[str, str] | None, limit: int
    ) -> list[ProjectSeen]:
        """Some projects that are not deleted: the one changed or made last, or the largest, first."""
        by = col(_BY[order])
        query = select(Project).where(col(Project.deleted_at).is_(None))
        if owner:
            query = query.where(col(Project.owner) == owner)
        if behind is not None:
            value = int(behind[0]) if order == "size" and behind[0].isdigit() else behind[0]
            query = query.where(tuple_(by, col(Project.id)) < tuple_(literal(value), literal(behind[1])))
        query = query.order_by(by.desc(), col(Project.id).desc()).limit(limit)
        async with self._db.reader() as session:
            return await self._seen(session, [*await session.scalars(query)])

    async def one(self, project_id: str) -> ProjectSeen:
        """Raises NotFound."""
        async with self._db.reader() as session:
            return (await self._seen(session, [await _project(session, project_id)]))[0]

    async def look(self, project_id: str, by: str, reason: str) -> tuple[Project, list[FileSeen]]:
        """Open a project: the chain has the reason, and its owner is told in a letter and in the page before anything is shown. Raises
        NotFound, BadInput."""
        reason = _given(reason)
        async with self._db.session() as session:
            project = await _project(session, project_id)
            record(session, _deed("admin.look", by, project, reason=reason))
            for account in await _owners(session, project.owner):
                if account.id != by:
                    await self._tell(session, account, project, reason)
        tree = await self._store.working_tree(acting_for(project.owner), project_id)
        left, files = _MOST_SHOWN, []
        for path, content in sorted(tree.items()):
            text = content if isinstance(content, str) and len(content) <= left else None
            left -= len(text or "")
            size = len(content.encode() if isinstance(content, str) else content)
            files.append(FileSeen(path, size, text))
        return project, files

    async def stop(self, project_id: str, by: str, reason: str) -> None:
        """End its server. Raises NotFound, BadInput."""
        await self._write(project_id, "admin.stop", by, _given(reason))
        await self._takedown.stop(project_id)

    async def take_down(self, project_id: str, by: str, reason: str) -> int:
        """Revoke its live links; returns how many there were. Raises NotFound, BadInput."""
        await self._write(project_id, "admin.take_down", by, _given(reason))
        return await self._takedown.links(project_id)

    async def block(self, project_id: str, by: str, reason: str, *, blocked: bool) -> None:
        """Let it neither run nor be shared, and end what does; or let it again. Raises NotFound, BadInput."""
        reason = _given(reason)
        async with self._db.session() as session:
            project = await _project(session, project_id)
            project.blocked_at = (project.blocked_at or now()) if blocked else None
            record(session, _deed("admin.block" if blocked else "admin.unblock", by, project, reason=reason))
        if blocked:
            await self._takedown.links(project_id)
            await self._takedown.stop(project_id)

    async def _write(self, project_id: str, action: str, by: str, reason: str) -> None:
        async with self._db.session() as session:
            record(session, _deed(action, by, await _project(session, project_id), reason=reason))

    async def _tell(self, session: AsyncSession, account: Account, project: Project, reason: str) -> None:
        values = {
            "name": account.name or account.username,
            "place": self._place,
            "project": project.title or project.id,
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "reason": reason,
            "link": f"{self._place}/p/{project.id}",
        }
        await self._outbox.put(session, LetterKind.LOOKED_AT, account.email, account.locale, values, account=account.id)
        said = {"title": values["project"], "reason": reason}
        await self._notices.tell(
            session, account.id, NoticeKind.LOOKED_AT, said, owner=project.owner, project=project.id, own_letter=True
        )

    async def _seen(self, session: AsyncSession, projects: Sequence[Project]) -> list[ProjectSeen]:
        owners = {one.owner for one in projects}
        named = select(col(Account.id), col(Account.username)).where(col(Account.id).in_(owners))
        names: dict[str, str] = dict((await session.execute(named)).all())
        live = select(col(ShareLink.project), func.count()).where(
            col(ShareLink.project).in_([one.id for one in projects]), col(ShareLink.revoked_at).is_(None)
        )
        links: dict[str, int] = dict((await session.execute(live.group_by(col(ShareLink.project)))).all())
        return [
            ProjectSeen(
                project,
                names.get(project.owner, ""),
                links.get(project.id, 0),
                server.stage.value if (server := self._register.get(project.id)) is not None else None,
            )
            for project in projects
        ]


async def _project(session: AsyncSession, project_id: str) -> Project:
    project = await session.get(Project, project_id)
    if project is None or project.deleted_at is not None:
        raise not_found(acting_for(""), Subject("", project_id))
    return project


async def _owners(session: AsyncSession, workspace: str) -> list[Account]:
    """The people whose a workspace is."""
    own = await session.get(Account, workspace)
    if own is not None:
        return [own]
    leads = select(Account).join(Membership, col(Membership.person) == col(Account.id))
    leads = leads.where(col(Membership.owner) == workspace, col(Membership.role) == MemberRole.OWNER)
    return [*await session.scalars(leads)]


def _given(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise BadInput(t("admin.reason_needed"), code="reason_needed")
    return reason[:300]


def _deed(action: str, by: str, project: Project, *, reason: str) -> Deed:
    return Deed(action, by, project.owner, project.id, "project", project.id, reason=reason)
