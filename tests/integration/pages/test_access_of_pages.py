"""All pages and the events of their States × all roles, a member of another team, a stranger and nobody."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx
from pydantic import SecretStr
from starlette.types import Scope

import builder.pages.asking
import builder.pages.home_state
from builder.accounts.access import Action
from builder.base.errors import NotFound, Refused, SignInNeeded
from builder.composition.settings import Settings
from builder.pages.account_notices import NoticesOfMine
from builder.pages.account_state import AccountPage
from builder.pages.addresses import PAGES
from builder.pages.home_state import Home
from builder.pages.teams.addresses import TEAM_PAGES
from builder.pages.teams.figures import TeamFiguresPage
from builder.pages.teams.keys_state import KeysPage
from builder.pages.teams.team_state import JoinPage, TeamsPage
from builder.pages.teams.use import TeamUse
from builder.pages.teams.webhook_state import WebhooksPage
from builder.texts import t
from tests.integration.team import IN, MISSING, PEOPLE, REFUSED, SECRET, TEAM, UNKNOWN, WHO, Person, Team, team

# What each event is sent with; a name of the team's ids stands for what has it.
SENT: dict[str, tuple[Any, ...]] = {
    "load": (), "switch": ("",), "show_all": (), "use_starter": ("kanban",), "ask_name": ("project_id",), "rename": ({"title": "Other"},),
    "duplicate": ("project_id",), "delete": ("project_id", "title"), "undelete": (), "restore": ("project_id",),
    "archive": ("project_id", "title"), "unarchive": ("project_id",), "ask_place": ("project_id", "title"),
    "move": ({"place": TEAM.workspace},), "ask_tags": ("project_id",), "set_tags": ({"tags": "work, home"},), "choose_tag": ("work",),
}  # fmt: skip

# Those that name a project: its own people work in their own place.
OF_PROJECT = {"rename", "set_tags", "duplicate", "delete", "undelete", "restore", "archive", "unarchive"}
SAID = {
    "": IN,
    t("access.refused"): REFUSED,
    t("access.no_workspace"): MISSING,
    t("project.not_found"): MISSING,
    t("sign_in.needed"): UNKNOWN,
}


def events() -> dict[str, Any]:
    """The events that the pages' own States answer, by name."""
    own = {name: handler.fn for name, handler in Home.event_handlers.items()}
    return {name: fn for name, fn in own.items() if inspect.getmodule(inspect.unwrap(fn)) is builder.pages.home_state}


def test_every_page_and_every_event_says_what_it_asks_for() -> None:
    states = [
        one for one in vars(builder.pages.home_state).values() if isinstance(one, type) and issubclass(one, rx.State)
    ]
    assert states == [Home]
    pages = (*PAGES, *TEAM_PAGES)
    assert {page.route for page in PAGES} == {"/", "/account", "/p/[project_id]", "404"}
    assert {page.route for page in TEAM_PAGES} == {
        "/teams",
        "/teams/figures",
        "/teams/keys",
        "/teams/webhooks",
        "/join/[invitation]",
    }
    assert all(isinstance(page.content.action, Action) for page in pages)  # type: ignore[attr-defined]
    assert events().keys() == SENT.keys()
    assert all(isinstance(fn.action, Action) for fn in events().values())


def asking(person: Person, event: str) -> Scope:
    """The handshake of the page's socket, as the sign-in lets it pass."""
    place = person.id if person.collaborator and event in OF_PROJECT else TEAM.workspace
    return {"type": "websocket", "headers": [(WHO.encode(), f"{person.id} {place}".encode())]}


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    async with team(settings.model_copy(update={"owner_password": SecretStr("correct horse")}), monkeypatch) as made:
        for module in (builder.pages.home_state, builder.pages.asking):
            monkeypatch.setattr(module, "get_services", lambda: made.services)
        yield made


async def send(house: Team, event: str, person: Person) -> tuple[str, Home]:
    house.services.actors.pages_connect(lambda _: asking(person, event) if person.id else None)
    home = Home(_reflex_internal_init=True)  # type: ignore[call-arg]
    home.renaming = home.tagging = home.moving = home.deleted_id = house.ids["project_id"]
    try:
        await events()[event](home, *(house.ids.get(str(value), value) for value in SENT[event]))
    except (Refused, NotFound, SignInNeeded) as error:
        return {Refused: REFUSED, NotFound: MISSING, SignInNeeded: UNKNOWN}[type(error)], home
    return SAID[home.error], home


@pytest.mark.parametrize("event", SENT)
async def test_an_event_does_what_the_sender_s_role_says_and_nothing_else(house: Team, event: str) -> None:
    action = events()[event].action
    expected = {person.name: person.is_told(action, of_project=event in OF_PROJECT) for person in PEOPLE}
    for person in sorted(PEOPLE, key=lambda person: expected[person.name] == IN):
        if action is Action.USE:
            continue  # it touches nothing of anybody
        told, home = await send(house, event, person)
        assert told == expected[person.name], person
        if told in (UNKNOWN, MISSING):
            assert SECRET not in repr(home.projects)
        elif told == IN:
            await house.fresh()


def test_the_pages_of_accounts_and_teams_ask_for_whoever_is_signed_in() -> None:
    """What they do with a team is decided by the teams themselves: see test_teams.py."""
    for state in (AccountPage, NoticesOfMine, TeamsPage, TeamUse, TeamFiguresPage, WebhooksPage, KeysPage, JoinPage):
        asked = [handler.fn for handler in state.event_handlers.values() if hasattr(handler.fn, "action")]
        assert asked
        assert {fn.action for fn in asked} == {Action.USE}


async def test_the_home_page_shows_the_workspace_that_the_person_works_in(house: Team) -> None:
    viewer = next(person for person in PEOPLE if person.name == "viewer")
    _, home = await send(house, "load", viewer)
    assert SECRET in [card.title for card in home.projects]
    await house.services.memberships.remove(TEAM, viewer.id)
    told, home = await send(house, "load", viewer)
    assert (told, home.projects) == (MISSING, [])
