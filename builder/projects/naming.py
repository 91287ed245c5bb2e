"""A project's title: before anybody has named it, and as people and models set it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from builder.base.errors import BadInput
from builder.projects.tables import Project
from builder.texts import t

MAX_TITLE: Final = 200
MAX_DESCRIPTION: Final = 500
MAX_TAGS: Final = 8
MAX_TAG: Final = 30
_CHARACTERS: Final = 48


def first_title(prompt: str) -> str:
    """The first words of the prompt, until its generation gives a title."""
    line = " ".join(prompt.split())
    if len(line) > _CHARACTERS:
        line = line[:_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
    return line[:1].upper() + line[1:]


def one_line(text: str) -> str:
    """Without control characters and lone surrogates, which PostgreSQL and UTF-8 cannot store."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def slug(title: str, most: int = 60) -> str:
    """A file's name for a title: ASCII letters, digits and dashes; "" where it has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())[:most].strip("-")


def clean_title(title: str) -> str:
    """The title as it is stored. Raises `BadInput` for an empty or too long one."""
    clean = one_line(title)
    if not clean:
        raise BadInput(t("project.title_empty"))
    if len(clean) > MAX_TITLE:
        raise BadInput(t("project.title_long"))
    return clean


def clean_description(text: str) -> str:
    """The description as it is stored: one line, or "". Raises `BadInput` for a too long one."""
    clean = one_line(text)
    if len(clean) > MAX_DESCRIPTION:
        raise BadInput(t("project.description_long"))
    return clean


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags as they are stored, each once however it is spelled. Raises `BadInput` for too many, or a too long one."""
    clean = {tag.casefold(): tag for tag in map(one_line, tags) if tag}
    if len(clean) > MAX_TAGS:
        raise BadInput(t("project.tags_many", most=MAX_TAGS))
    if long := next((tag for tag in clean.values() if len(tag) > MAX_TAG), None):
        raise BadInput(t("project.tag_long", tag=long[:MAX_TAG], most=MAX_TAG))
    return [*clean.values()]


def describe_project(project: Project, title: str, stack: Iterable[str] | None) -> None:
    """Set the title and stack that a generation gave a project; an empty title keeps the old title, None the old
    stack."""
    if title.strip():
        project.title = clean_title(title)[:MAX_TITLE]
    if stack is not None:
        project.stack = [*stack]
