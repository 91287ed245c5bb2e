"""The page of a team's partner keys: which programs work with its projects, and how far."""

from __future__ import annotations

from typing import Any

import reflex as rx

from builder.accounts.access import KEY_SCOPES, Action
from builder.accounts.teams.partner_keys import MOST_PER_MINUTE, USUAL_PER_MINUTE
from builder.components.account import account_shell, fields_of_tokens, once_there, status, to_copy, to_team
from builder.pages.asking import asks
from builder.pages.teams.keys_state import KeysPage
from builder.texts import t

load_keys = KeysPage.load

# On a State class the fields are Vars, which their annotations do not show.
_ROWS: Any = KeysPage.rows
_MADE: Any = KeysPage.made


def _status(place: str) -> rx.Component:
    return status(KeysPage.place == place, KeysPage.notice, KeysPage.error)


def _key(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            rx.cond(row.pages != "", rx.el.span(row.pages, class_name="card-text"), rx.fragment()),
            class_name="row",
        ),
        rx.el.button(
            t("keys_of_team.remove"),
            type="button",
            on_click=KeysPage.remove(row.id),
            class_name="button danger-text",
            aria_label=t("keys_of_team.remove") + ": " + row.name,
        ),
    )


def _make() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("keys_of_team.new")),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("keys_of_team.name_label")),
                rx.el.input(name="key_name", required=True, max_length=100, auto_complete="off"),
                class_name="field",
            ),
            fields_of_tokens(KEY_SCOPES),
            rx.el.label(
                rx.el.span(t("keys_of_team.per_minute_label")),
                rx.el.input(
                    name="per_minute", type="number", min=1, max=MOST_PER_MINUTE,
                    default_value=str(USUAL_PER_MINUTE), auto_complete="off",
                ),
                class_name="field",
            ),
            rx.el.label(
                rx.el.span(t("keys_of_team.origins_label")),
                rx.el.input(name="origins", max_length=4_000, auto_complete="off", aria_describedby="origins-hint"),
                class_name="field",
            ),
            rx.el.p(t("keys_of_team.origins_hint"), id="origins-hint", class_name="card-text"),
            rx.el.button(t("keys_of_team.make"), type="submit", class_name="button primary"),
            on_submit=KeysPage.make,
            reset_on_submit=False,
            key=_MADE.to_string(),
        ),
        _status("make"),
        to_copy(KeysPage.secret, t("keys_of_team.secret"), t("access.copy_it")),
    )  # fmt: skip


def _all() -> rx.Component:
    return rx.fragment(
        to_team(KeysPage.team),
        rx.el.section(
            rx.el.p(t("keys_of_team.text"), class_name="card-text"),
            rx.cond(
                _ROWS.length() > 0,
                rx.el.ul(rx.foreach(_ROWS, _key), class_name="rows"),
                rx.el.p(rx.cond(KeysPage.loaded, t("keys_of_team.none"), " "), class_name="empty"),
            ),
            _status("list"),
        ),
        _make(),
    )


@asks(Action.USE)
def team_keys() -> rx.Component:
    """Those of the team that the address names, or of one's own place."""
    return account_shell(
        rx.cond(
            KeysPage.refused != "",
            rx.el.p(KeysPage.refused, class_name="empty", role="alert"),
            once_there(KeysPage.loaded, _all()),
        ),
        heading=rx.cond(
            KeysPage.heading != "",
            t("keys_of_team.heading") + ": " + KeysPage.heading,
            t("keys_of_team.heading"),
        ),
    )
