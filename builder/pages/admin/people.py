"""People: found, invited, suspended, given a role, signed out, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.tables import Account
from builder.components.account import to_copy
from builder.components.admin import admin_shell, choice, figures, labelled, outcome_of, pager
from builder.composition.administration.administration import Administration
from builder.composition.administration.people import PeopleQuery
from builder.composition.services import get_services
from builder.pages.admin.entering import AdminPage, done, shown
from builder.pages.admin.words import FigureRow, number, size, when
from builder.pages.asking import asks
from builder.texts import t

_PAGE: Final = 25


@dataclass
class PersonRow:
    id: str
    email: str
    what: str


class AdminPeoplePage(AdminPage, rx.State):
    """A page of accounts, and the one that is chosen. `behind` holds the places where the pages before this one began."""

    people: list[PersonRow] = []
    words: str = ""
    state: str = ""
    behind: list[list[str]] = []
    next: list[str] = []
    chosen: str = ""
    chosen_email: str = ""
    chosen_state: str = ""
    chosen_role: str = ""
    about: list[FigureRow] = []
    link: str = ""

    @rx.event
    @asks(Action.OVERSEE)
    async def load(self) -> None:
        self.behind, self.chosen, self.link, self.notice, self.error = [], "", "", "", ""
        if not get_services().settings.has_accounts:
            self.refused, self.loaded = t("account.off"), True
            return
        await shown(self, "people", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def search(self, form: dict[str, Any]) -> None:
        self.words, self.state = str(form.get("words", ""))[:255], str(form.get("state", ""))
        self.behind, self.chosen = [], ""
        await shown(self, "people", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def forth(self) -> None:
        if self.next:
            self.behind = [*self.behind, self.next]
        await shown(self, "people", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def back(self) -> None:
        self.behind = self.behind[:-1]
        await shown(self, "people", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def choose(self, account: str) -> None:
        self.chosen, self.link = account, ""
        await done(self, self._about, "", "person")

    @rx.event
    @asks(Action.OVERSEE)
    async def invite(self, form: dict[str, Any]) -> None:
        async def do(administration: Administration, actor: Actor) -> None:
            self.link = await administration.people.invite(str(form.get("email", "")), actor.id) or ""

        self.chosen = ""
        await done(self, do, t("admin.invited"))

    @rx.event
    @asks(Action.OVERSEE)
    async def password_link(self) -> None:
        async def do(administration: Administration, actor: Actor) -> None:
            self.link = await administration.people.password_link(self.chosen, actor.id) or ""

        await done(self, do, t("admin.link_made"))

    @rx.event
    @asks(Action.OVERSEE)
    async def suspend(self, form: dict[str, Any]) -> None:
        await self._change(state="suspended", reason=str(form.get("suspend_reason", ""))[:300])

    @rx.event
    @asks(Action.OVERSEE)
    async def resume(self) -> None:
        await self._change(state="active")

    @rx.event
    @asks(Action.OVERSEE)
    async def set_role(self, role: str) -> None:
        await self._change(role=role)

    @rx.event
    @asks(Action.OVERSEE)
    async def end_sessions(self) -> None:
        await self._act(lambda people, by: people.end_sessions(self.chosen, by), t("admin.signed_out"))

    @rx.event
    @asks(Action.OVERSEE)
    async def codes_off(self) -> None:
        await self._act(lambda people, by: people.codes_off(self.chosen, by), t("admin.codes_off_done"))

    @rx.event
    @asks(Action.OVERSEE)
    async def remove(self, form: dict[str, Any]) -> None:
        reason = str(form.get("remove_reason", ""))[:300]
        await self._act(lambda people, by: people.remove(self.chosen, by, reason), t("admin.removed"))

    async def _change(self, *, state: str | None = None, role: str | None = None, reason: str = "") -> None:
        said = {"suspended": t("admin.suspended"), "active": t("admin.resumed"), None: t("admin.role_set")}[state]
        await self._act(
            lambda people, by: people.change(self.chosen, state=state, role=role, by=by, reason=reason), said
        )

    async def _act(self, change: Any, notice: str) -> None:
        async def do(administration: Administration, actor: Actor) -> None:
            await change(administration.people, actor.id)
            await self._about(administration, actor)
            await self._read(administration)

        self.link = ""
        await done(self, do, notice)

    async def _about(self, administration: Administration, _: Actor) -> None:
        seen = await administration.people.one(self.chosen)
        account = seen.account
        self.chosen_email, self.chosen_state, self.chosen_role = account.email, account.state, account.role
        self.about = [
            FigureRow(t("account.username"), account.username),
            FigureRow(t("admin.id"), account.id),
            FigureRow(t("admin.came"), when(account.created_at)),
            FigureRow(t("admin.was_active"), when(account.last_active_at)),
            FigureRow(t("admin.sessions"), number(seen.sessions)),
            FigureRow(t("admin.tokens"), number(seen.tokens)),
            FigureRow(t("admin.second_factor"), t("admin.yes") if seen.second_factor else t("admin.no")),
            FigureRow(t("admin.projects"), number(seen.projects)),
            FigureRow(t("admin.size"), size(seen.bytes)),
            FigureRow(t("admin.month_usd"), f"{seen.month_usd:.2f}"),
        ]

    async def _read(self, administration: Administration) -> None:
        place = (self.behind[-1][0], self.behind[-1][1]) if self.behind else None
        found = await administration.people.page(PeopleQuery(self.words, self.state), behind=place, limit=_PAGE + 1)
        self.people = [_row(account, projects) for account, projects in found[:_PAGE]]
        last = found[_PAGE - 1][0] if len(found) > _PAGE else None
        self.next = [last.created_at, last.id] if last else []


def _row(account: Account, projects: int) -> PersonRow:
    marks = [t(f"admin.state.{account.state}")] if account.state != "active" else []
    marks += [t("admin.role.admin")] if account.role == "admin" else []
    what = t("admin.person_what", count=projects, active=when(account.last_active_at))
    return PersonRow(account.id, account.email, " · ".join([*marks, what]))


load_people = AdminPeoplePage.load
_PEOPLE: Any = AdminPeoplePage.people
_NEXT: Any = AdminPeoplePage.next
_BEHIND: Any = AdminPeoplePage.behind


def _person(row: Any) -> rx.Component:  # a Var with the attributes of PersonRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.email, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.button(
            t("admin.open"),
            on_click=AdminPeoplePage.choose(row.id),
            type="button",
            class_name="button",
            aria_label=t("admin.open_of", name="") + row.email,
        ),
    )


def _button(text: str, event: Any) -> rx.Component:
    return rx.el.button(text, on_click=event, type="button", class_name="button")


def _with_reason(summary: str, text: str, name: str, button: str, event: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(summary, class_name="danger-text"),
        rx.el.p(text, class_name="card-text"),
        rx.el.form(
            labelled(t("admin.reason"), name, required=True, max_length=300, auto_complete="off"),
            rx.el.button(button, type="submit", class_name="button danger-text"),
            on_submit=event,
        ),
    )


def _chosen() -> rx.Component:
    page = AdminPeoplePage
    return rx.el.section(
        rx.el.h2(page.chosen_email),
        figures(page.about),
        outcome_of(page.notice, page.error),
        _handed(),
        rx.el.div(
            rx.cond(page.chosen_state == "suspended", _button(t("admin.resume"), page.resume), rx.fragment()),
            rx.cond(
                page.chosen_role == "admin",
                _button(t("admin.make_member"), page.set_role("member")),
                _button(t("admin.make_admin"), page.set_role("admin")),
            ),
            _button(t("admin.end_sessions"), page.end_sessions),
            _button(t("admin.password_link"), page.password_link),
            _button(t("admin.codes_off"), page.codes_off),
            class_name="row-of-buttons",
        ),
        rx.cond(
            page.chosen_state == "active",
            _with_reason(
                t("admin.suspend"), t("admin.suspend_text"), "suspend_reason", t("admin.suspend_now"), page.suspend
            ),
            rx.fragment(),
        ),
        _with_reason(t("admin.remove"), t("admin.remove_text"), "remove_reason", t("admin.remove_now"), page.remove),
        class_name="chosen",
        aria_label=t("admin.chosen_person"),
    )


def _handed() -> rx.Component:
    return to_copy(AdminPeoplePage.link, t("admin.link"), t("account.copy"))


@asks(Action.OVERSEE)
def people() -> rx.Component:
    page = AdminPeoplePage
    states = (
        ("", t("admin.any")), ("active", t("admin.state.active")), ("suspended", t("admin.state.suspended")),
        ("deleted", t("admin.state.deleted")),
    )  # fmt: skip
    return admin_shell(
        "/admin/people",
        page.refused,
        page.loaded,
        rx.el.section(
            rx.el.form(
                labelled(t("admin.find_person"), "words", type="search", max_length=255, auto_complete="off"),
                choice(t("admin.state"), "state", states),
                rx.el.button(t("admin.find"), type="submit", class_name="button primary"),
                on_submit=page.search,
                class_name="asked",
                role="search",
            ),
            rx.cond(
                _PEOPLE.length() > 0,
                rx.el.ul(rx.foreach(_PEOPLE, _person), class_name="rows"),
                rx.el.p(rx.cond(page.loaded, t("admin.nobody"), " "), class_name="empty"),
            ),
            pager(_BEHIND.length() > 0, _NEXT.length() > 0, page.back, page.forth),
        ),
        rx.cond(page.chosen != "", _chosen(), rx.fragment()),
        rx.el.section(
            rx.el.h2(t("admin.invite")),
            rx.el.p(t("admin.invite_text"), class_name="card-text"),
            rx.el.form(
                labelled(t("people.email"), "email", type="email", required=True, max_length=255, auto_complete="off"),
                rx.el.button(t("admin.invite_now"), type="submit", class_name="button"),
                on_submit=page.invite,
                reset_on_submit=True,
            ),
            rx.cond(page.chosen == "", rx.fragment(outcome_of(page.notice, page.error), _handed()), rx.fragment()),
        ),
    )
