"""The small parts of what the demo says, in the language of the request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from builder.demo.language import words
from builder.texts import catalogue, spoken, t

_NEEDS: Final = {
    "a database": "database", "accounts and signing in": "accounts", "real payments": "payments", "a server": "server",
    "e-mail": "mail", "an AI model": "model", "live outside data": "live", "file uploads": "uploads", "maps": "maps",
}  # fmt: skip


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return words.listed(list(parts), t("demo.and"))


def quoted(names: Sequence[str]) -> str:
    return listed([f"“{name}”" for name in names])


def needs(labels: Sequence[str]) -> list[str]:
    """What the demo lacks for a wish, of `lexicon.BACKEND`."""
    return [t(f"demo.needs.{_NEEDS[label]}") for label in labels]


def section(name: str) -> str:
    """A section of a starter as it is spoken of."""
    key = f"demo.section.{name}"
    return t(key) if key in catalogue(spoken()).texts else name.replace("_", " ").replace("-", " ")


def part(name: str) -> str:
    """A part of the page that has a colour; "" is the main colour."""
    return t(f"demo.part.{name or 'main'}")
