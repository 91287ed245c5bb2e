"""The page for an address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from builder.accounts.access import Action
from builder.components.home import PageStyles
from builder.pages.asking import asks
from builder.texts import t


@asks(Action.USE)
def not_found() -> rx.Component:
    """One sentence and one way on."""
    return rx.el.main(
        PageStyles.create(),
        rx.el.h1(t("not_found.title")),
        rx.el.p(t("not_found.text")),
        rx.el.a(t("not_found.action"), href="/", class_name="button primary"),
        class_name="page-failed",
        id="content",
    )
