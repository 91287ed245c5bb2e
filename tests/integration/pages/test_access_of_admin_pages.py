"""The pages for administrators and the events of their States: for nobody else, whatever they send."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.types import Scope

import builder.pages.admin.entering
import builder.pages.admin.people
import builder.pages.asking
from builder.accounts.access import Action
from builder.accounts.audit.tables import AuditEntry
from builder.base.errors import SignInNeeded
from builder.composition.settings import Settings
from builder.pages.admin.addresses import ADMIN_PAGES
from builder.pages.admin.audit import AdminAuditPage
from builder.pages.admin.dashboard import AdminDashboard
from builder.pages.admin.people import AdminPeoplePage
from builder.pages.admin.projects import AdminProjectsPage
from builder.pages.admin.system import AdminSystemPage
from builder.texts import t
from tests.integration.team import PEOPLE, SECRET, TEAM, WHO, Person, Team, team

STATES = (AdminAuditPage, AdminDashboard, AdminPeoplePage, AdminProjectsPage, AdminSystemPage)
# What events are sent with; the others take nothing.
SENT: dict[str, tuple[Any, ...]] = {
    "search": ({},), "choose": ("owner",), "invite": ({"email": "new@example.org"},), "suspend": ({},),
    "remove": ({},), "set_role": ("admin",), "act": ({"what": "look", "reason": "A reason of mine"},),
    "turn_calls": (True,), "begin_maintenance": ({},), "retry": ("0",), "cancel": ("0",),
}  # fmt: skip
EVENTS = [
    (state, name, handler.fn)
    for state in STATES
    for name, handler in state.event_handlers.items()
    if inspect.getmodule(inspect.unwrap(handler.fn)) is inspect.getmodule(state)
]


def test_every_page_and_every_event_is_for_administrators() -> None:
    assert len(ADMIN_PAGES) == len(STATES)
    assert {page.content.action for page in ADMIN_PAGES} == {Action.OVERSEE}  # type: ignore[attr-defined]
    assert {fn.action for _, _, fn in EVENTS} == {Action.OVERSEE}
    assert len(EVENTS) > 25
    assert {name for _, name, _ in EVENTS} > SENT.keys()


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    given = {"owner_password": SecretStr("correct horse"), "accounts": "open"}
    async with team(settings.model_copy(update=given), monkeypatch) as made:
        for module in (builder.pages.admin.entering, builder.pages.admin.people, builder.pages.asking):
            monkeypatch.setattr(module, "get_services", lambda: made.services)
        yield made


async def sent(house: Team, state: type[rx.State], fn: Any, name: str, person: Person) -> Any:
    """The page's State after the event."""

    def asking(_: str) -> Scope | None:
        headers = [(WHO.encode(), f"{person.id} {TEAM.workspace}".encode())]
        return {"type": "websocket", "headers": headers} if person.id else None

    house.services.actors.pages_connect(asking)
    page: Any = state(_reflex_internal_init=True)  # type: ignore[call-arg]
    if state in (AdminPeoplePage, AdminProjectsPage):
        page.chosen = house.ids["project_id"] if state is AdminProjectsPage else "the-keeper"
    await fn(page, *SENT.get(name, ()))
    return page


async def lines(house: Team) -> int:
    async with house.services.db.reader() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0


async def test_nobody_else_is_shown_anything_or_changes_anything(house: Team) -> None:
    before = await lines(house)
    for state, name, fn in EVENTS:
        for person in PEOPLE:
            if person.oversees:
                continue
            if not person.id:
                with pytest.raises(SignInNeeded):
                    await sent(house, state, fn, name, person)
                continue
            page = await sent(house, state, fn, name, person)
            assert t("access.not_admin") in (page.refused, page.error), (state, name, person)
            assert SECRET not in json.dumps(page.dict(), default=str), (state, name, person)
            assert "keeper@" not in json.dumps(page.dict(), default=str), (state, name, person)
    assert await lines(house) == before


async def test_an_administrator_is_shown_and_it_is_written_down(house: Team) -> None:
    keeper = next(person for person in PEOPLE if person.oversees)
    for state, name, fn in EVENTS:
        if name in ("load", "search", "forth", "back", "choose"):
            before = await lines(house)
            page = await sent(house, state, fn, name, keeper)
            assert (page.refused, page.error != "" and name != "choose") == ("", False), (state, name, page.error)
            assert await lines(house) > before or (state, name) == (AdminProjectsPage, "choose")
    look = next(fn for state, name, fn in EVENTS if (state, name) == (AdminProjectsPage, "act"))
    page = await sent(house, AdminProjectsPage, look, "act", keeper)
    assert (page.title, page.error) == (SECRET, "")
    assert SECRET in [row.text for row in page.files]
