from __future__ import annotations

import pytest

from builder.accounts.access import ROLES, Action, MemberRole, Subject, may, may_oversee
from builder.accounts.actor import LOCAL_OWNER, Actor, acting_for
from builder.base.errors import NotFound, Refused

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
        (MemberRole.VIEWER, {"read"}),
        (MemberRole.COMMENTER, {"read"}),
        (MemberRole.EDITOR, {"read", "edit", "run"}),
        (MemberRole.ADMIN, {"read", "edit", "run", "share", "configure", "delete", "administer"}),
        (MemberRole.OWNER, {"read", "edit", "run", "share", "configure", "delete", "administer"}),
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


def test_a_role_that_a_later_sayso_wrote_is_none() -> None:
    with pytest.raises(NotFound):
        may(VERA, Action.READ, Subject("team", "p", "archivist"))


def test_working_elsewhere_makes_nobody_another_person() -> None:
    there = VERA.within("team")
    assert (there.id, there.workspace, VERA.workspace) == ("vera", "team", "vera")
    with pytest.raises(NotFound):
        may(there, Action.READ, Subject("team", "p"))
    assert ROLES.keys() == set(MemberRole)
