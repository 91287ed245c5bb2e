"""The way out, in the head of every page."""

from __future__ import annotations

import reflex as rx

from builder.composition.services import get_services
from builder.texts import t


class SignOut(rx.State):
    """Whether there is anything to sign out of."""

    @rx.var(initial_value=False)
    def shown(self) -> bool:
        """Alone on one computer nobody has signed in."""
        return get_services().settings.sign_in_required


def sign_out_button() -> rx.Component:
    """Nothing where nobody signs in."""
    leave = rx.call_script("fetch('/sign-out', { method: 'POST' }).finally(() => location.assign('/sign-in'))")
    # On a phone the arrow alone stands in the head.
    button = rx.el.button(
        rx.el.span(t("account.sign_out"), class_name="sign-out-words"),
        on_click=leave,
        type="button",
        aria_label=t("account.sign_out"),
        class_name="nav sign-out",
    )
    return rx.cond(SignOut.shown, button, rx.fragment())
