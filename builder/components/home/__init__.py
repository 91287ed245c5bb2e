"""The home page's React parts: the prompt box with its model menu and key dialog, and the import button."""

from __future__ import annotations

import reflex as rx
from reflex_base.components.component import field

_LIBRARY = "$/components/home/index.tsx"


class PromptBox(rx.Component):
    """The prompt box. It speaks HTTP itself, so that it works before the page's socket is open and takes long texts."""

    library = _LIBRARY
    tag = "PromptBox"

    texts: rx.Var[dict[str, str]] = field(doc="The catalogue's `home.*` texts.")
    examples: rx.Var[list[str]] = field(doc="Prompts to click.")


class ImportButton(rx.Component):
    """Chooses a zip and makes a project of it."""

    library = _LIBRARY
    tag = "ImportButton"

    texts: rx.Var[dict[str, str]] = field(doc="The catalogue's `home.*` texts.")


class PageStyles(rx.Component):
    """Brings the pages' style sheet; renders nothing."""

    library = _LIBRARY
    tag = "PageStyles"
