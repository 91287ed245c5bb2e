"""The page of teams, and the page that an invitation's link leads to."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.components.account import account_shell, once_there, status, to_copy
from builder.pages.asking import asks
from builder.pages.teams.team_state import JoinPage, TeamsPage
from builder.pages.teams.use import load_use, use_of_team
from builder.texts import t

load_teams, load_join = [TeamsPage.load, load_use], JoinPage.load
_GIVEN: Final = ("viewer", "commenter", "editor", "admin")

# On a State class the fields are Vars, which their annotations do not show.
_TEAMS: Any = TeamsPage.teams
_MEMBERS: Any = TeamsPage.members
_INVITATIONS: Any = TeamsPage.invitations


def _status(place: str) -> rx.Component:
    return status(TeamsPage.place == place, TeamsPage.notice, TeamsPage.error)


def _team(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.a(
            t("teams.open"), href="/teams?team=" + row.id, class_name="button",
            aria_label=t("teams.open_team") + ": " + row.name,
        ),
    )  # fmt: skip


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.cond(
                _TEAMS.length() > 0,
                rx.el.ul(rx.foreach(_TEAMS, _team), class_name="rows"),
                rx.el.p(t("teams.none"), class_name="empty"),
            ),
        ),
        rx.el.section(
            rx.el.h2(t("teams.new")),
            rx.el.p(t("teams.new_text"), class_name="card-text"),
            rx.el.form(
                rx.el.label(
                    rx.el.span(t("teams.name")),
                    rx.el.input(name="name", max_length=100, required=True, auto_complete="off"),
                    class_name="field",
                ),
                rx.el.button(t("teams.make"), type="submit", class_name="button primary"),
                on_submit=TeamsPage.create,
            ),
            _status("teams"),
        ),
    )


def _roles(chosen: Any = None, **props: Any) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(t(f"access.role.{role}"), value=role) for role in _GIVEN],
        **({"value": chosen} if chosen is not None else {"default_value": "editor"}),
        **props,
    )


def _member(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="card-title"),
            rx.el.span(row.role_name, class_name="card-text"),
            class_name="row",
        ),
        rx.cond(
            row.changes,
            rx.fragment(
                _roles(
                    row.role,
                    on_change=lambda role: TeamsPage.set_role(row.id, role),
                    aria_label=t("access.role_of", name="") + row.name,
                ),
                rx.el.button(
                    t("access.remove"), type="button", class_name="button",
                    on_click=TeamsPage.remove(row.id),
                    aria_label=t("access.remove_who", name="") + row.name,
                ),
            ),
            rx.fragment(),
        ),
    )  # fmt: skip


def _invitation(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.whom, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.button(
            t("access.withdraw"), type="button", class_name="button",
            on_click=TeamsPage.withdraw(row.id),
            aria_label=t("access.withdraw_who", name="") + row.whom,
        ),
    )  # fmt: skip


def _people() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("teams.members")),
        rx.el.ul(rx.foreach(_MEMBERS, _member), class_name="rows"),
        _status("members"),
    )


def _invite() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("teams.invite")),
        rx.el.p(t("teams.invite_text"), class_name="card-text"),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("access.whom")),
                rx.el.input(name="whom", max_length=255, auto_complete="off", auto_capitalize="none"),
                class_name="field",
            ),
            rx.el.label(rx.el.span(t("access.role")), _roles(name="role"), class_name="field"),
            rx.el.button(t("access.send"), type="submit", class_name="button primary"),
            on_submit=TeamsPage.invite,
            reset_on_submit=True,
        ),
        _status("invite"),
        to_copy(TeamsPage.link, t("access.the_link"), t("access.copy")),
        rx.cond(
            _INVITATIONS.length() > 0,
            rx.fragment(
                rx.el.h3(t("teams.invitations")),
                rx.el.ul(rx.foreach(_INVITATIONS, _invitation), class_name="rows"),
            ),
            rx.fragment(),
        ),
    )


def _name() -> rx.Component:
    return rx.el.section(
        rx.el.form(
            rx.el.label(
                rx.el.span(t("teams.name")),
                rx.el.input(
                    name="name", default_value=TeamsPage.name, key=TeamsPage.name, max_length=100, required=True,
                    auto_complete="off",
                ),
                class_name="field",
            ),
            rx.el.button(t("teams.rename"), type="submit", class_name="button"),
            on_submit=TeamsPage.rename,
        ),
        _status("team"),
    )  # fmt: skip


def _owner(row: Any) -> rx.Component:
    return rx.cond(
        row.hands_on,
        rx.el.button(
            t("teams.hand_on_to") + " " + row.name, type="button", class_name="button",
            on_click=TeamsPage.set_role(row.id, "owner"),
        ),
        rx.fragment(),
    )  # fmt: skip


def _self(row: Any) -> rx.Component:
    return rx.cond(
        row.mine,
        rx.el.button(
            t("teams.leave"), type="button", class_name="button danger-text",
            on_click=TeamsPage.remove(row.id),
        ),
        rx.fragment(),
    )  # fmt: skip


def _end() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("teams.end")),
        rx.cond(
            TeamsPage.owns,
            rx.fragment(
                rx.el.p(t("teams.owner_text"), class_name="card-text"),
                rx.el.details(
                    rx.el.summary(t("teams.hand_on")),
                    rx.el.p(t("teams.hand_on_text"), class_name="card-text"),
                    rx.foreach(_MEMBERS, _owner),
                ),
                rx.el.details(
                    rx.el.summary(t("teams.delete"), class_name="danger-text"),
                    rx.el.p(t("teams.delete_text"), class_name="card-text"),
                    rx.el.button(
                        t("teams.delete"), type="button", class_name="button danger-text", on_click=TeamsPage.delete
                    ),
                ),
            ),
            rx.el.details(
                rx.el.summary(t("teams.leave"), class_name="danger-text"),
                rx.el.p(t("teams.leave_text"), class_name="card-text"),
                rx.foreach(_MEMBERS, _self),
            ),
        ),
        _status("end"),
    )


def _one() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.a(t("teams.projects"), href="/?team=" + TeamsPage.team, class_name="button primary"),
            rx.el.a(t("teams.all"), href="/teams", class_name="button"),
            rx.cond(
                TeamsPage.leads,
                rx.fragment(
                    rx.el.a(
                        t("teams.figures.heading"), href="/teams/figures?team=" + TeamsPage.team, class_name="button"
                    ),
                    rx.el.a(t("webhooks.heading"), href="/teams/webhooks?team=" + TeamsPage.team, class_name="button"),
                    rx.el.a(t("keys_of_team.heading"), href="/teams/keys?team=" + TeamsPage.team, class_name="button"),
                ),
                rx.fragment(),
            ),
            class_name="row-of-buttons",
        ),
        _people(),
        use_of_team(),
        rx.cond(TeamsPage.leads, rx.fragment(_invite(), _name()), rx.fragment()),
        _end(),
    )


@asks(Action.USE)
def teams() -> rx.Component:
    """All one's teams, or the one that the address names."""
    return account_shell(
        rx.cond(
            TeamsPage.off,
            rx.el.p(t("teams.off"), class_name="empty"),
            once_there(TeamsPage.loaded, rx.cond(TeamsPage.team != "", _one(), _list())),
        ),
        heading=rx.cond(TeamsPage.team != "", TeamsPage.name, t("teams.heading")),
    )


@asks(Action.USE)
def join() -> rx.Component:
    """What is offered, and two buttons."""
    return account_shell(
        rx.el.section(
            rx.cond(
                (JoinPage.over != "") | JoinPage.declined,
                rx.fragment(
                    rx.el.p(rx.cond(JoinPage.declined, t("join.declined"), JoinPage.over), role="status"),
                    rx.el.a(t("join.home"), href="/", class_name="button"),
                ),
                rx.cond(
                    JoinPage.loaded,
                    rx.fragment(
                        rx.el.p(JoinPage.text),
                        rx.el.button(
                            t("join.accept"), type="button", class_name="button primary", on_click=JoinPage.accept
                        ),
                        " ",
                        rx.el.button(t("join.decline"), type="button", class_name="button", on_click=JoinPage.decline),
                        rx.cond(JoinPage.error != "", rx.el.p(JoinPage.error, class_name="error"), rx.fragment()),
                    ),
                    rx.fragment(),
                ),
            ),
        ),
        heading=rx.cond(
            JoinPage.over != "",
            t("join.over"),
            rx.cond(JoinPage.heading != "", JoinPage.heading, t("join.loading")),
        ),
    )
