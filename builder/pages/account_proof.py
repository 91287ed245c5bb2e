"""Asked once more who it is, before what an open browser alone may not do."""

from __future__ import annotations

import reflex as rx

from builder.pages.account_state import AccountPage
from builder.texts import t


def prove_first(place: str) -> rx.Component:
    """What stands in a part of the account page in place of its buttons, until its person has proven themselves; nothing
    for ten minutes after that."""
    return rx.cond(AccountPage.fresh, rx.fragment(), rx.cond(AccountPage.has_password, _form(place), _again()))


def _form(place: str) -> rx.Component:
    return rx.el.form(
        rx.el.p(t("account.prove"), class_name="card-text"),
        rx.el.input(type="hidden", name="place", value=place),
        rx.el.label(
            rx.el.span(t("sign_in.password")),
            rx.el.input(type="password", name="proof", auto_complete="current-password", required=True, max_length=200),
            class_name="field",
        ),
        rx.el.button(t("account.prove_button"), type="submit", class_name="button"),
        on_submit=AccountPage.prove,
    )


def _again() -> rx.Component:
    return rx.el.p(t("people.sign_in_again"), class_name="card-text")
