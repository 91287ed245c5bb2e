"""Reading a project's rows within a transaction."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, Text, and_, cast, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action, MemberRole, Subject, Visibility, may, not_found
from builder.accounts.actor import Actor
from builder.accounts.memberships import collaborator_in, role_in
from builder.accounts.tables import Collaborator
from builder.base.db import act_as
from builder.base.errors import NotFound, Refused
from builder.projects.tables import Project, Version, WorkingFile
from builder.texts import t

Order = Literal["updated", "created", "title"]
Status = Literal["active", "archived", "deleted"]
_ORDERS: Final = {
    "updated": col(Project.updated_at), "created": col(Project.created_at), "title": col(Project.title)
}  # fmt: skip
Roles = tuple[str | None, str | None]
"""An actor's role in a project's workspace, and in the project itself."""
Made = Callable[[AsyncSession, Project], None]
"""Is called for each project that is made, in the same transaction, so that rows which belong to it are made with it."""
Room = Callable[[AsyncSession, Project], Awaitable[None]]
"""Is asked, in the transaction, whether the project's workspace may have this project as well."""


async def any_number(_: AsyncSession, __: Project) -> None:
    """Room without an end."""


def roles_in(actor: Actor) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Both roles of the actor, as expressions to select together with a project's row."""
    return role_in(actor, col(Project.owner)), collaborator_in(actor, col(Project.id))


def subject_of(project: Project, roles: Roles, *, archived: bool = False) -> Subject:
    """The project as `may` sees it. `archived`: what may be done with an archived one may be done."""
    closed = project.archived_at is not None and not archived
    team, own = roles
    return Subject(project.owner, project.id, team, own, project.visibility, project.created_by, closed)


async def as_person(session: AsyncSession, actor: Actor) -> None:
    """The rest of the transaction reaches what the actor does, by the database's own rules as well; the server's own work
    and the only person of an installation reach everything."""
    if not actor.alone:
        await act_as(session, actor.reaches)


async def project_and_roles(
    session: AsyncSession,
    actor: Actor,
    project_id: str,
    action: Action,
    *,
    lock: bool = False,
    deleted: bool = False,
    archived: bool = False,
) -> tuple[Project, Roles]:
    """As `project_of`, with the actor's roles in it."""
    await as_person(session, actor)
    query = select(Project, *roles_in(actor)).where(col(Project.id) == project_id)
    if lock:
        query = query.with_for_update(of=Project).execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None or (row[0].deleted_at and not deleted):
        raise not_found(actor, Subject("", project_id))
    project: Project = row[0]
    roles = (row[1], row[2])
    may(actor, action, subject_of(project, roles, archived=archived))
    if project.blocked_at is not None and action in (Action.RUN, Action.SHARE):
        raise Refused(t("project.blocked"), code="blocked_project", detail=f"project {project.id} is blocked")
    return project, roles


async def project_of(
    session: AsyncSession,
    actor: Actor,
    project_id: str,
    action: Action,
    *,
    lock: bool = False,
    deleted: bool = False,
    archived: bool = False,
) -> Project:
    """The project, if the actor may do this with it: every call that names a project uses this.

    One row is read, which brings the actor's roles with it. `lock` holds it until the transaction ends; `deleted`: a
    deleted project is found too; `archived`: an archived one may be written. Raises NotFound, Refused, Conflict
    (`archived`).
    """
    found = await project_and_roles(session, actor, project_id, action, lock=lock, deleted=deleted, archived=archived)
    return found[0]


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Which projects of the actor's workspace they see in lists: the rule of `builder.accounts.access.role_of`, for the
    database."""
    if actor.workspace == actor.id:
        return true()
    mine = role_in(actor, col(Project.owner)).in_((MemberRole.OWNER, MemberRole.ADMIN))
    return or_(
        col(Project.visibility) != Visibility.PRIVATE,
        col(Project.created_by) == actor.id,
        mine,
        collaborator_in(actor, col(Project.id)).is_not(None),
    )


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Which projects the actor sees by a role of theirs, in whatever workspace: `shown_to` for all of them."""
    if actor.alone:
        return col(Project.owner) == actor.workspace
    team = role_in(actor, col(Project.owner))
    open_to_team = or_(col(Project.visibility) != Visibility.PRIVATE, col(Project.created_by) == actor.id)
    return or_(
        col(Project.owner) == actor.id,
        team.in_((MemberRole.OWNER, MemberRole.ADMIN)),
        and_(team.is_not(None), open_to_team),
        collaborator_in(actor, col(Project.id)).is_not(None),
    )


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


def listed(
    actor: Actor, status: Status, words: str, order: Order, behind: tuple[str, str] | None, tag: str = ""
) -> Select[Project]:
    """The projects of the actor's workspace, and in their own those that others let them in to; the terms are those of
    `ProjectStore.list`."""
    deleted, archived = col(Project.deleted_at), col(Project.archived_at)
    here = and_(col(Project.owner) == actor.workspace, shown_to(actor))
    if not actor.alone and actor.workspace == actor.id and status != "deleted":
        mine = select(col(Collaborator.project)).where(col(Collaborator.account) == actor.id)
        here = or_(here, col(Project.id).in_(mine))
    query = select(Project).where(here)
    if status == "deleted":
        query = query.where(deleted.is_not(None))
    else:
        query = query.where(deleted.is_(None), archived.is_(None) if status == "active" else archived.is_not(None))
    if words:
        held = (col(column).icontains(words, autoescape=True) for column in (Project.title, Project.description))
        query = query.where(or_(*held))
    if tag:
        # Both databases keep the JSON as it was written.
        query = query.where(cast(col(Project.tags), Text).icontains(json.dumps(tag), autoescape=True))
    by, latest_first = _ORDERS[order], order != "title"
    if behind is not None:
        place, last = tuple_(by, col(Project.id)), tuple_(*map(literal, behind))
        query = query.where(place < last if latest_first else place > last)
    keys = (by, col(Project.id))
    return query.order_by(*(key.desc() for key in keys) if latest_first else keys)
