"""The frame of the pages for administrators, and the parts that have no State."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from builder.components.account import AccountStyles, once_there, page_head
from builder.texts import t

_PLACES: Final = (
    ("/admin", "admin.dashboard"),
    ("/admin/people", "admin.people"),
    ("/admin/projects", "admin.projects"),
    ("/admin/system", "admin.system"),
    ("/admin/audit", "admin.audit"),
)


def admin_shell(here: str, refused: Any, loaded: Any, *parts: rx.Component) -> rx.Component:
    """The head, the five places, and the parts; for whoever is `refused`, one sentence instead."""
    heading = dict(_PLACES)[here]
    return rx.el.div(
        AccountStyles.create(),
        page_head(),
        rx.el.main(
            rx.el.h1(t(heading)),
            rx.cond(
                refused != "",
                rx.el.p(refused, class_name="empty", role="alert"),
                rx.fragment(
                    rx.el.nav(
                        *[
                            rx.el.a(
                                t(key),
                                href=address,
                                class_name="chip",
                                aria_current="page" if address == here else "false",
                            )
                            for address, key in _PLACES
                        ],
                        aria_label=t("admin.places"),
                        class_name="places",
                    ),
                    once_there(loaded, *parts),
                ),
            ),
            id="content",
            custom_attrs={"data-loaded": loaded.to_string()},
        ),
        class_name="home account admin",
    )


def outcome_of(notice: Any, error: Any) -> rx.Component:
    """What became of the last button."""
    return rx.el.div(
        rx.cond(error != "", rx.el.p(error, class_name="error"), rx.fragment()),
        rx.cond(notice != "", rx.el.p(notice, class_name="good"), rx.fragment()),
        role="status",
    )


def labelled(label: str, name: str, **props: Any) -> rx.Component:
    return rx.el.label(rx.el.span(label), rx.el.input(name=name, **props), class_name="field")


def choice(label: str, name: str, options: tuple[tuple[str, str], ...], **props: Any) -> rx.Component:
    """A menu; `options`: value and words."""
    return rx.el.label(
        rx.el.span(label),
        rx.el.select(*[rx.el.option(words, value=value) for value, words in options], name=name, **props),
        class_name="field",
    )


def pager(has_before: Any, has_more: Any, back: Any, forth: Any, words: tuple[str, str] | None = None) -> rx.Component:
    """To the page before and the one behind; `words` for both where the list goes by something else than time."""
    before, behind = words or (t("admin.newer"), t("admin.older"))
    return rx.el.div(
        rx.el.button(before, on_click=back, disabled=~has_before, type="button", class_name="button"),
        rx.el.button(behind, on_click=forth, disabled=~has_more, type="button", class_name="button"),
        class_name="row-of-buttons",
    )


def figures(rows: Any, *, wide: bool = False) -> rx.Component:
    """Pairs of a name and a figure: a Var with the attributes `name` and `value`. `wide`: one in a line."""
    return rx.el.dl(
        rx.foreach(rows, lambda row: rx.el.div(rx.el.dt(row.name), rx.el.dd(row.value))),
        class_name="figures wide" if wide else "figures",
    )
