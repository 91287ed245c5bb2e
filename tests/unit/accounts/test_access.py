from __future__ import annotations

import pytest

from builder.accounts.access import ROLES, Action, MemberRole, Subject, Visibility, may, may_oversee, role_of
from builder.accounts.actor import LOCAL_OWNER, Actor, acting_for
from builder.base.errors import Conflict, NotFound, Refused

VERA = Actor("vera")
OF_PEOPLE = (Action.VISIT, Action.USE)


def allowed(actor: Actor, action: Action, subject: Subject) -> bool:
    try:
        may(actor, action, subject)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (MemberRole.VIEWER, {"read", "read_talk"}),
        (MemberRole.COMMENTER, {"read", "read_talk"}),
        (MemberRole.EDITOR, {"read", "read_talk", "edit", "run"}),
        (
            MemberRole.ADMIN,
            {"read", "read_talk", "edit", "run", "share", "configure", "delete", "invite", "administer"},
        ),
        (
            MemberRole.OWNER,
            {"read", "read_talk", "edit", "run", "share", "configure", "delete", "invite", "administer", "own"},
        ),
    ],
)
def test_a_role_says_what_its_people_may(role: MemberRole, actions: set[str]) -> None:
    subject = Subject("team", "p", role)
    assert {action for action in Action if allowed(VERA, action, subject)} == actions


def test_everybody_owns_the_workspace_of_their_own_id() -> None:
    for action in set(Action) - {*OF_PEOPLE, Action.OVERSEE}:
        may(LOCAL_OWNER, action, Subject("owner", "p"))
        may(acting_for("team"), action, Subject("team"))


def test_no_role_in_a_workspace_and_no_scope_gives_the_installation() -> None:
    assert not any(Action.OVERSEE in actions for actions in ROLES.values())
    may_oversee(VERA, admin=True)
    for actor, admin in (
        (VERA, False),
        (LOCAL_OWNER, False),
        (Actor("vera", scopes=frozenset(Action) - {Action.OVERSEE}), True),
    ):
        with pytest.raises(Refused):
            may_oversee(actor, admin=admin)


def test_a_stranger_hears_the_same_whatever_they_ask_for() -> None:
    heard = set()
    for action in Action:
        with pytest.raises(NotFound) as error:
            may(VERA, action, Subject("team", "p"))
        heard.add((error.value.code, error.value.message))
    assert len(heard) == 1
    with pytest.raises(NotFound):
        may(VERA, Action.READ, Subject("team"))


@pytest.mark.parametrize(
    ("team", "own", "role"),
    [
        (MemberRole.VIEWER, MemberRole.EDITOR, MemberRole.EDITOR),
        (MemberRole.ADMIN, MemberRole.VIEWER, MemberRole.ADMIN),
        (None, MemberRole.COMMENTER, MemberRole.COMMENTER),
        (MemberRole.EDITOR, None, MemberRole.EDITOR),
        (None, None, None),
    ],
)
def test_the_stronger_role_of_team_and_project_counts(
    team: MemberRole | None, own: MemberRole | None, role: MemberRole | None
) -> None:
    assert role_of(VERA, Subject("team", "p", team, own)) is role


def test_a_private_project_is_its_maker_s_and_of_those_who_lead_the_team() -> None:
    def role(team: MemberRole | None, own: MemberRole | None = None, maker: str = "") -> MemberRole | None:
        return role_of(VERA, Subject("team", "p", team, own, Visibility.PRIVATE, maker))

    assert role(MemberRole.EDITOR) is None
    assert role(MemberRole.EDITOR, maker="vera") is MemberRole.EDITOR
    assert role(MemberRole.ADMIN) is MemberRole.ADMIN
    assert role(MemberRole.EDITOR, MemberRole.VIEWER) is MemberRole.VIEWER
    assert role(None, maker="vera") is None  # who left the team has left its projects


def test_everybody_may_see_a_public_project_and_no_more() -> None:
    public = Subject("team", "p", visibility=Visibility.PUBLIC)
    assert {action for action in Action if allowed(VERA, action, public)} == {"read"}
    assert role_of(VERA, Subject("team", "p", MemberRole.EDITOR, visibility=Visibility.PUBLIC)) is MemberRole.EDITOR


def test_an_archived_project_can_be_read_given_away_and_deleted() -> None:
    archived = Subject("owner", "p", archived=True)
    for action in (Action.READ, Action.DELETE, Action.INVITE):
        may(LOCAL_OWNER, action, archived)
    for action in (Action.EDIT, Action.RUN, Action.SHARE, Action.CONFIGURE):
        with pytest.raises(Conflict) as error:
            may(LOCAL_OWNER, action, archived)
        assert error.value.code == "archived"


def test_a_role_that_a_later_sayso_wrote_is_none() -> None:
    with pytest.raises(NotFound):
        may(VERA, Action.READ, Subject("team", "p", "archivist"))


def test_working_elsewhere_makes_nobody_another_person() -> None:
    there = VERA.within("team")
    assert (there.id, there.workspace, VERA.workspace) == ("vera", "team", "vera")
    with pytest.raises(NotFound):
        may(there, Action.READ, Subject("team", "p"))
    assert ROLES.keys() == set(MemberRole)


def test_whoever_was_invited_to_a_public_project_sees_how_it_was_made() -> None:
    invited = Subject("team", "p", collaborator=MemberRole.VIEWER, visibility=Visibility.PUBLIC)
    assert {action for action in Action if allowed(VERA, action, invited)} == {"read", "read_talk"}
