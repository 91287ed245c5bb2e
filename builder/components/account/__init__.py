"""The frame of the account page, and the parts of it that have no State."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import reflex as rx

from builder.accounts.access import SCOPES
from builder.components.sign_out import sign_out_button
from builder.texts import t


class AccountStyles(rx.Component):
    """Brings the style sheets of the pages about people; renders nothing."""

    library = "$/components/account/index.tsx"
    tag = "AccountStyles"


def page_head() -> rx.Component:
    """The way to the projects, and the theme."""
    return rx.el.header(
        rx.el.a(t("app.skip"), href="#content", class_name="skip"),
        rx.el.a("Sayso", href="/", class_name="wordmark"),
        rx.el.nav(
            rx.el.a(t("home.projects"), href="/#projects", class_name="nav"),
            rx.el.button(
                rx.el.span(t("home.theme_dark"), class_name="to-dark"),
                rx.el.span(t("home.theme_light"), class_name="to-light"),
                on_click=rx.toggle_color_mode,
                type="button",
                class_name="nav",
            ),
            sign_out_button(),
        ),
        class_name="top",
    )


def account_shell(*parts: rx.Component, heading: Any = "") -> rx.Component:
    """The head of the page and one column below it; `heading` is the account's own where none is given."""
    return rx.el.div(
        AccountStyles.create(),
        page_head(),
        rx.el.main(
            rx.el.h1(heading if isinstance(heading, rx.Var) else heading or t("account.heading")), *parts, id="content"
        ),
        class_name="home account",
    )


def once_there(loaded: Any, *parts: rx.Component) -> rx.Component:
    """Parts whose fields and buttons take nothing before the page knows what stands in them. A form sent earlier would
    be sent by the browser itself, with what was typed, a password too, in the address."""
    return rx.el.fieldset(*parts, disabled=~loaded, class_name="there")


def status(here: Any, notice: Any, error: Any) -> rx.Component:
    """What became of a part's last button."""
    return rx.el.div(
        rx.cond(
            here,
            rx.fragment(
                rx.cond(error != "", rx.el.p(error, class_name="error"), rx.fragment()),
                rx.cond(notice != "", rx.el.p(notice, class_name="good"), rx.fragment()),
            ),
            rx.fragment(),
        ),
        role="status",
    )


def to_team(team: Any) -> rx.Component:
    """The way back to the team that a page is about; none for the person's own place, which is ""."""
    return rx.cond(
        team != "",
        rx.el.div(
            rx.el.a(t("webhooks.to_team"), href="/teams?team=" + team, class_name="button"), class_name="row-of-buttons"
        ),
        rx.fragment(),
    )


def to_copy(value: Any, label: str, copy: str) -> rx.Component:
    """What is shown once, with a button that copies it; nothing while it is ""."""
    return rx.cond(
        value != "",
        rx.el.div(
            rx.el.input(value=value, read_only=True, aria_label=label),
            rx.el.button(copy, type="button", on_click=rx.set_clipboard(value), class_name="button"),
            class_name="secret",
        ),
        rx.fragment(),
    )


def fields_of_tokens(scopes: Iterable[str] = SCOPES) -> rx.Component:
    """What a new token may do, of these `scopes`, and for how long."""
    return rx.fragment(
        rx.el.fieldset(
            rx.el.legend(t("account.token_scopes")),
            *[
                rx.el.label(
                    rx.el.input(type="checkbox", name=scope, default_checked=scope == "projects:read"),
                    rx.el.span(t(f"account.scope.{scope.replace(':', '_')}")),
                    class_name="check",
                )
                for scope in scopes
            ],
        ),
        rx.el.label(
            rx.el.span(t("account.token_days")),
            rx.el.select(
                rx.el.option(t("account.days", count=30), value="30"),
                rx.el.option(t("account.days", count=90), value="90"),
                rx.el.option(t("account.days", count=365), value="365"),
                rx.el.option(t("account.never_ends"), value=""),
                name="days",
                default_value="90",
            ),
            class_name="field",
        ),
    )
