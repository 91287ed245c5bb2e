"""The pages and their addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.pages.account import account, load_account
from builder.pages.home import home, load_home
from builder.pages.not_found import not_found
from builder.pages.workbench import workbench
from builder.texts import t


@dataclass(frozen=True, slots=True)
class Page:
    """`on_load`: the event of its State that fills it. The action it needs is declared on `content` (see `asks`)."""

    route: str
    content: Callable[[], rx.Component]
    title: str
    description: str | None = None
    on_load: Any = None


PAGES: Final = (
    Page("/", home, t("app.title"), t("app.description"), load_home),
    Page("/p/[project_id]", workbench, t("app.workbench_title")),
    Page("/account", account, t("account.title"), on_load=load_account),
    Page("404", not_found, t("not_found.title")),
)
