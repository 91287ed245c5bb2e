"""Who may do what: `may` is the only place that decides.

A workspace is a storage key (the tables' `owner`) and gives no right by itself. Rights come from the role that a
person has in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from builder.accounts.actor import Actor
from builder.base.errors import NotFound, Refused
from builder.texts import t


class Action(StrEnum):
    """Actions. Every route, socket and page declares one; the first two concern no workspace.

    VISIT: anybody, without signing in. USE: everybody who has signed in. READ: see a project, or the content of a
    workspace. EDIT: make projects, type, prompt, save. RUN: servers, terminals, commands, the app's data. SHARE: live
    links. CONFIGURE: the project's name, the hosts it reaches, whether it has a database. DELETE: delete a project or
    its app's data. ADMINISTER: the workspace's keys and members. OVERSEE: the installation itself, which no role in a workspace gives.
    """

    VISIT = "visit"
    USE = "use"
    READ = "read"
    EDIT = "edit"
    RUN = "run"
    SHARE = "share"
    CONFIGURE = "configure"
    DELETE = "delete"
    ADMINISTER = "administer"
    OVERSEE = "oversee"


class MemberRole(StrEnum):
    """A person's role in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    COMMENTER = "commenter"
    VIEWER = "viewer"


_SEES: Final = frozenset({Action.READ})
_WORKS: Final = _SEES | {Action.EDIT, Action.RUN}
_LEADS: Final = _WORKS | {Action.SHARE, Action.CONFIGURE, Action.DELETE, Action.ADMINISTER}

ROLES: Final[Mapping[MemberRole, frozenset[Action]]] = {
    MemberRole.OWNER: _LEADS,
    MemberRole.ADMIN: _LEADS,
    MemberRole.EDITOR: _WORKS,
    MemberRole.COMMENTER: _SEES,
    MemberRole.VIEWER: _SEES,
}
"""Which role may what."""

SCOPES: Final[Mapping[str, frozenset[Action]]] = {
    "projects:read": frozenset({Action.READ}),
    "projects:write": frozenset({Action.READ, Action.EDIT}),
    "projects:manage": frozenset({Action.READ, Action.CONFIGURE, Action.DELETE}),
    "run": frozenset({Action.READ, Action.RUN}),
    "share": frozenset({Action.READ, Action.SHARE}),
    "admin": frozenset({Action.READ, Action.ADMINISTER}),
}
"""What a person can let a token do. Each lets it ask who it is (USE) as well."""
_UNPROVEN: Final = frozenset({Action.SHARE})
"""What needs a proven e-mail address."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The object of an action: a workspace, or one `project` of it.

    `role`: the actor's role in the table of memberships, None without a row there. It is read together with the
    subject's row.
    """

    workspace: str
    project: str | None = None
    role: str | None = None


def role_of(actor: Actor, subject: Subject) -> MemberRole | None:
    """The actor's role there; None for a stranger. Everybody owns the workspace that has their own id."""
    if subject.workspace == actor.id:
        return MemberRole.OWNER
    return MemberRole(subject.role) if subject.role in set(MemberRole) else None


def may(actor: Actor, action: Action, subject: Subject) -> None:
    """Raises NotFound for a stranger, who learns nothing, and Refused for a role that does not allow this."""
    role = role_of(actor, subject)
    if role is None:
        raise not_found(actor, subject)
    if action not in ROLES[role]:
        detail = f"{role} {actor.id} may not {action} {subject.project or subject.workspace}"
        raise Refused(t("access.refused"), detail=detail)
    within_scopes(actor, action)


def may_oversee(actor: Actor, *, admin: bool) -> None:
    """Raises Refused for whoever does not look after the installation, and for tokens with scopes: none gives that."""
    if not admin:
        raise Refused(t("access.not_admin"), detail=f"{actor.id} does not look after the installation")
    within_scopes(actor, Action.OVERSEE)


def within_scopes(actor: Actor, action: Action) -> None:
    """Raises Refused for an action that the actor's token does not allow, or that needs a proven e-mail address."""
    if actor.scopes is not None and action not in actor.scopes:
        raise Refused(t("access.scope"), code="scope", detail=f"the token of {actor.id} does not allow {action}")
    if not actor.verified and action in _UNPROVEN:
        raise Refused(t("access.unverified"), code="unverified", detail=f"{actor.id} has not proven their address")


def allowed_by(scopes: Iterable[str]) -> frozenset[str]:
    """The actions that a token with these scopes allows; unknown scopes allow nothing."""
    return frozenset({Action.USE}).union(*(SCOPES.get(scope, frozenset()) for scope in scopes))


def not_found(actor: Actor, subject: Subject) -> NotFound:
    """The same message whether the thing does not exist or the actor may not know of it."""
    if subject.project is None:
        return NotFound(t("access.no_workspace"), detail=f"workspace {subject.workspace} for {actor.id}")
    return NotFound(t("project.not_found"), detail=f"project {subject.project} for {actor.id}")
