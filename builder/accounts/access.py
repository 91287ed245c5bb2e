"""Who may do what: `may` is the only place that decides.

A workspace is a storage key (the tables' `owner`) and gives no right by itself. Rights come from the role that a
person has in it, in one project of it, or that everybody has in a public project; the strongest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from builder.accounts.actor import Actor
from builder.base.errors import Conflict, NotFound, Refused
from builder.texts import t


class Action(StrEnum):
    """Actions. Every route, socket and page declares one; the first two concern no workspace.

    VISIT: anybody, without signing in. USE: everybody who has signed in. READ: see a project, or the content of a
    workspace. READ_TALK: how a project was made (conversation, logs, history in Git, links, people, names of secrets),
    which a public project shows to nobody else. EDIT: make projects, type, prompt, save. RUN: servers, terminals,
    commands, the app's data. SHARE: live links. CONFIGURE: the project's name, the hosts it reaches, whether it has a
    database. DELETE: delete a project or its app's data. INVITE: who has access to a project, and the team it belongs
    to. ADMINISTER: the workspace's keys and members. OWN: hand a team on, or delete it. OVERSEE: the installation
    itself, which no role in a workspace gives.
    """

    VISIT = "visit"
    USE = "use"
    READ = "read"
    READ_TALK = "read_talk"
    EDIT = "edit"
    RUN = "run"
    SHARE = "share"
    CONFIGURE = "configure"
    DELETE = "delete"
    INVITE = "invite"
    ADMINISTER = "administer"
    OWN = "own"
    OVERSEE = "oversee"


class MemberRole(StrEnum):
    """A person's role in a workspace or in a project (which has no owner), the strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    COMMENTER = "commenter"
    VIEWER = "viewer"


class Visibility(StrEnum):
    """Who sees a project beside those who were invited to it. PRIVATE: its maker and those who lead the team. TEAM: the
    team, each by their role. PUBLIC: everybody who is signed in sees the app and its files, and may copy it, too."""

    PRIVATE = "private"
    TEAM = "team"
    PUBLIC = "public"


_SHOWN: Final = frozenset({Action.READ})
"""What everybody may with a public project."""
_SEES: Final = _SHOWN | {Action.READ_TALK}
_WORKS: Final = _SEES | {Action.EDIT, Action.RUN}
_LEADS: Final = _WORKS | {Action.SHARE, Action.CONFIGURE, Action.DELETE, Action.INVITE, Action.ADMINISTER}

ROLES: Final[Mapping[MemberRole, frozenset[Action]]] = {
    MemberRole.OWNER: _LEADS | {Action.OWN},
    MemberRole.ADMIN: _LEADS,
    MemberRole.EDITOR: _WORKS,
    MemberRole.COMMENTER: _SEES,
    MemberRole.VIEWER: _SEES,
}
"""Which role may what."""
_LEADERS: Final = frozenset({MemberRole.OWNER, MemberRole.ADMIN})

SCOPES: Final[Mapping[str, frozenset[Action]]] = {
    "projects:read": _SEES,
    "projects:write": _SEES | {Action.EDIT},
    "projects:manage": _SEES | {Action.CONFIGURE, Action.DELETE},
    "run": _SEES | {Action.RUN},
    "share": _SEES | {Action.SHARE},
    "admin": _SEES | {Action.INVITE, Action.ADMINISTER, Action.OWN},
}
"""What a person can let a token do. Each lets it ask who it is (USE) as well."""
KEY_SCOPES: Final = tuple(scope for scope in SCOPES if scope != "admin")
"""What those who lead a team can let a partner key do. A key is nobody, so it may not ask who it is, and it leads nobody."""
_UNPROVEN: Final = frozenset({Action.SHARE, Action.INVITE})
"""What needs a proven e-mail address."""


_CLOSED: Final = frozenset({Action.EDIT, Action.RUN, Action.SHARE, Action.CONFIGURE})
"""What an archived project allows nobody."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The object of an action: a workspace, or one `project` of it.

    `role`: the actor's role in the table of memberships, `collaborator` the one in the project, each None without a row
    there. They are read together with the subject's row, as are the project's `visibility`, the person who made it, and
    whether it is archived.
    """

    workspace: str
    project: str | None = None
    role: str | None = None
    collaborator: str | None = None
    visibility: str = Visibility.TEAM
    maker: str = ""
    archived: bool = False


def role_of(actor: Actor, subject: Subject) -> MemberRole | None:
    """The actor's role there; None for a stranger. Everybody owns the workspace that has their own id, and looks at a
    public project as a viewer."""
    everybody = MemberRole.VIEWER if subject.visibility == Visibility.PUBLIC else None
    return _own_role(actor, subject) or everybody


def allowed_to(actor: Actor, subject: Subject) -> frozenset[Action]:
    """What the actor may do there, by their role or because it is public; nothing for a stranger."""
    role = _own_role(actor, subject)
    if role is not None:
        return ROLES[role]
    return _SHOWN if subject.visibility == Visibility.PUBLIC else frozenset()


def _own_role(actor: Actor, subject: Subject) -> MemberRole | None:
    if subject.workspace == actor.id and actor.key is None:
        return MemberRole.OWNER
    team = subject.role
    if subject.visibility == Visibility.PRIVATE and subject.maker != actor.id and team not in _LEADERS:
        team = None
    found = [role for role in MemberRole if role in (team, subject.collaborator)]
    return found[0] if found else None


def may(actor: Actor, action: Action, subject: Subject) -> None:
    """Raises NotFound for a stranger, who learns nothing, Refused for a role that does not allow this, and Conflict
    (`archived`) for a project that may only be read."""
    allowed = allowed_to(actor, subject)
    if not allowed:
        raise not_found(actor, subject)
    if action not in allowed:
        detail = f"{role_of(actor, subject)} {actor.id} may not {action} {subject.project or subject.workspace}"
        raise Refused(t("access.refused"), detail=detail)
    within_scopes(actor, action)
    if subject.archived and action in _CLOSED:
        raise Conflict(t("access.archived"), code="archived", detail=f"project {subject.project} is archived")


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
    """The actions that a person's token with these scopes allows; unknown scopes allow nothing."""
    return allowed_to_key(scopes) | {Action.USE}


def allowed_to_key(scopes: Iterable[str]) -> frozenset[str]:
    """The actions that a partner key with these scopes allows."""
    return frozenset[str]().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))


def not_found(actor: Actor, subject: Subject) -> NotFound:
    """The same message whether the thing does not exist or the actor may not know of it."""
    if subject.project is None:
        return NotFound(t("access.no_workspace"), detail=f"workspace {subject.workspace} for {actor.id}")
    return NotFound(t("project.not_found"), detail=f"project {subject.project} for {actor.id}")
