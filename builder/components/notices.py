"""What a page shows when the connection or the page itself fails: one sentence and one way on."""

from __future__ import annotations

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors

from builder.texts import t


def connection_notice(stateful: bool) -> rx.Component | None:
    """A quiet line at the foot of the page after the second failed attempt to reach the server."""
    if not stateful:
        return None
    # The whole app becomes a child of the element that a wrap returns: a fragment, so that the notice is its sibling.
    return rx.fragment(
        rx.el.div(
            rx.cond(
                has_too_many_connection_errors, rx.el.p(t("app.connection_lost"), class_name="notice"), rx.fragment()
            ),
            role="status",
            class_name="notices",
        )
    )


def page_boundary(stateful: bool) -> rx.Component:
    """Shown instead of a page whose rendering failed; the error itself goes to the server's log."""
    fallback = rx.el.main(
        rx.el.h1(t("app.page_failed")),
        rx.el.button(
            t("app.page_failed_action"), on_click=rx.call_script("location.reload()"), class_name="button primary"
        ),
        class_name="page-failed",
        role="alert",
    )
    props: dict[str, object] = {} if stateful else {"on_error": rx.noop()}
    return ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("event_args",), rx.Var.create(fallback)), **props
    )
