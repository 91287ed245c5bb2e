"""The bell in the head of a page: what happened while the person was away."""

from __future__ import annotations

import reflex as rx


class NoticeBell(rx.Component):
    """Renders nothing until there is something to tell."""

    library = "$/components/bell/bell.tsx"
    tag = "NoticeBell"
