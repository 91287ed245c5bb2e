"""The page of a team's webhooks: which programs hear of what, and what was sent to them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.webhooks.webhooks import EVENT_TYPES
from builder.components.account import account_shell, once_there, status, to_copy, to_team
from builder.pages.asking import asks
from builder.pages.teams.webhook_state import WebhooksPage, words_of
from builder.texts import t

load_webhooks = WebhooksPage.load

# On a State class the fields are Vars, which their annotations do not show.
_HOOKS: Any = WebhooksPage.hooks
_CHOSEN: Any = WebhooksPage.chosen
_DELIVERIES: Any = WebhooksPage.deliveries


def _status(place: str) -> rx.Component:
    return status(WebhooksPage.place == place, WebhooksPage.notice, WebhooksPage.error)


def _button(label: str, event: Any, **props: Any) -> rx.Component:
    return rx.el.button(label, type="button", on_click=event, **{"class_name": "button", **props})


def _events(checked: Any = None) -> rx.Component:
    """A box for each type; `checked`: those that the webhook hears of, all where there is none."""
    return rx.el.fieldset(
        rx.el.legend(t("webhooks.events")),
        *[
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name=kind,
                    default_checked=True if checked is None else checked.contains(kind),
                ),
                rx.el.span(words_of(kind)),
                class_name="check",
            )
            for kind in EVENT_TYPES
        ],
    )


def _hook(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.url, class_name="card-title"),
            rx.el.span(row.what, class_name=rx.cond(row.failing, "card-text danger-text", "card-text")),
            class_name="row",
        ),
        _button(
            rx.cond(row.id == _CHOSEN.id, t("webhooks.close"), t("webhooks.open")),
            WebhooksPage.choose(rx.cond(row.id == _CHOSEN.id, "", row.id)),
            aria_label=rx.cond(row.id == _CHOSEN.id, t("webhooks.close"), t("webhooks.open")) + ": " + row.url,
            custom_attrs={"aria-expanded": (row.id == _CHOSEN.id).to_string()},
        ),
    )


def _delivery(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(row.what, class_name="card-title"),
                rx.el.span(row.outcome, class_name=rx.cond(row.failed, "card-text danger-text", "card-text")),
            ),
            rx.el.code(row.body),
            class_name="row",
        ),
        _button(t("webhooks.again"), WebhooksPage.again(row.id), aria_label=t("webhooks.again") + ": " + row.what),
    )


def _one() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_CHOSEN.url, class_name="row"),
        rx.el.form(
            _events(_CHOSEN.events),
            rx.el.button(t("webhooks.save"), type="submit", class_name="button"),
            on_submit=WebhooksPage.hear_of,
            reset_on_submit=False,
            key=_CHOSEN.id,
        ),
        rx.el.div(
            rx.cond(
                _CHOSEN.active,
                _button(t("webhooks.pause"), WebhooksPage.turn(False)),
                _button(t("webhooks.go_on"), WebhooksPage.turn(True)),
            ),
            _button(t("webhooks.test"), WebhooksPage.test),
            class_name="row-of-buttons",
        ),
        _status("chosen"),
        rx.el.h3(t("webhooks.deliveries")),
        rx.cond(
            _DELIVERIES.length() > 0,
            rx.fragment(
                rx.el.ul(rx.foreach(_DELIVERIES, _delivery), class_name="rows"),
                _button(t("webhooks.refresh"), WebhooksPage.choose(_CHOSEN.id)),
            ),
            rx.el.p(t("webhooks.nothing_sent"), class_name="empty"),
        ),
        rx.el.details(
            rx.el.summary(t("webhooks.remove"), class_name="danger-text"),
            rx.el.p(t("webhooks.remove_text"), class_name="card-text"),
            _button(t("webhooks.remove"), WebhooksPage.remove, class_name="button danger-text"),
        ),
    )


def _add() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("webhooks.new")),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("webhooks.url")),
                rx.el.input(
                    name="url", type="url", required=True, max_length=2_000, auto_complete="off",
                    placeholder="https://",
                ),
                class_name="field",
            ),
            _events(),
            rx.el.button(t("webhooks.add"), type="submit", class_name="button primary"),
            on_submit=WebhooksPage.add,
        ),
        _status("add"),
        to_copy(WebhooksPage.secret, t("webhooks.secret"), t("access.copy_it")),
    )  # fmt: skip


def _all() -> rx.Component:
    return rx.fragment(
        to_team(WebhooksPage.team),
        rx.el.section(
            rx.el.p(t("webhooks.text"), class_name="card-text"),
            rx.cond(
                _HOOKS.length() > 0,
                rx.el.ul(rx.foreach(_HOOKS, _hook), class_name="rows"),
                rx.el.p(rx.cond(WebhooksPage.loaded, t("webhooks.none"), " "), class_name="empty"),
            ),
            _status("list"),
        ),
        rx.cond(_CHOSEN.id != "", _one(), rx.fragment()),
        _add(),
    )


@asks(Action.USE)
def webhooks() -> rx.Component:
    """Those of the team that the address names, or of one's own place."""
    return account_shell(
        rx.cond(
            WebhooksPage.refused != "",
            rx.el.p(WebhooksPage.refused, class_name="empty", role="alert"),
            once_there(WebhooksPage.loaded, _all()),
        ),
        heading=rx.cond(
            WebhooksPage.heading != "", t("webhooks.heading") + ": " + WebhooksPage.heading, t("webhooks.heading")
        ),
    )
