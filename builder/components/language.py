"""The choice of the pages' language, kept in this browser."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx

from builder.texts import languages, spoken, t
from builder.texts.language import CHOICE

_A_YEAR = 365 * 24 * 3600


def choose(language: str) -> Any:
    """The event that keeps the choice and shows the page in that language."""
    cookie = json.dumps(f"{CHOICE}={language};path=/;max-age={_A_YEAR};samesite=lax")
    return rx.call_script(f"document.cookie={cookie};location.reload()")


def language_choice() -> rx.Component:
    """One button for each language, named in that language."""
    return rx.el.div(
        *[
            rx.el.button(
                t("client.own_name", language),
                on_click=choose(language),
                type="button",
                lang=language,
                aria_pressed=str(language == spoken()).lower(),
                class_name="nav",
            )
            for language in languages()
        ],
        role="group",
        aria_label=t("client.languages"),
        class_name="languages",
    )
