"""Reading a project's rows within a transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action, Subject, may, not_found
from builder.accounts.actor import Actor
from builder.accounts.memberships import role_in
from builder.base.errors import NotFound, Refused
from builder.projects.tables import Project, Version, WorkingFile
from builder.texts import t


async def project_of(
    session: AsyncSession,
    actor: Actor,
    project_id: str,
    action: Action,
    *,
    lock: bool = False,
    deleted: bool = False,
) -> Project:
    """The project, if the actor may do this with it: every call that names a project uses this.

    One row is read, which brings the actor's role with it. `lock` holds it until the transaction ends; `deleted`: a
    deleted project is found too. Raises NotFound, Refused.
    """
    query = select(Project, role_in(actor, col(Project.owner))).where(col(Project.id) == project_id)
    if lock:
        query = query.with_for_update(of=Project).execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None or (row[0].deleted_at and not deleted):
        raise not_found(actor, Subject("", project_id))
    project: Project = row[0]
    may(actor, action, Subject(project.owner, project.id, row[1]))
    if project.blocked_at is not None and action in (Action.RUN, Action.SHARE):
        raise Refused(t("project.blocked"), code="blocked_project", detail=f"project {project.id} is blocked")
    return project


async def digests_of(session: AsyncSession, version_id: str | None) -> dict[str, str]:
    if version_id is None:
        return {}
    return dict(await session.scalar(select(col(Version.tree)).where(col(Version.id) == version_id)) or {})


async def version_of(session: AsyncSession, project_id: str, version_id: str) -> Version:
    version = await session.get(Version, version_id)
    if version is None or version.project != project_id:
        raise NotFound(t("version.not_found"))
    return version


async def overlay_of(session: AsyncSession, project_id: str) -> dict[str, WorkingFile]:
    query = select(WorkingFile).where(col(WorkingFile.project) == project_id).order_by(col(WorkingFile.path))
    return {row.path: row for row in await session.scalars(query)}


async def only_saved_since(session: AsyncSession, project: Project, base: str | None) -> bool:
    """Whether every version from `base` (not included) to the head is a save by hand."""
    at = project.head
    while at != base:
        found = await session.execute(select(col(Version.parent), col(Version.kind)).where(col(Version.id) == at))
        row = found.one_or_none()
        if row is None or row.kind != "save":
            return False
        at = row.parent
    return True
