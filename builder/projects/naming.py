"""What a project is called: before anyone named it, and by whoever does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from builder.base.errors import BadInput
from builder.projects.tables import Project
from builder.texts import t

MAX_TITLE: Final = 200
_CHARACTERS: Final = 48


def first_title(prompt: str) -> str:
    """The first words of the prompt, until its generation gives a title."""
    line = " ".join(prompt.split())
    if len(line) > _CHARACTERS:
        line = line[:_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
    return line[:1].upper() + line[1:]


def one_line(text: str) -> str:
    """Without control characters and halves of characters, which PostgreSQL and UTF-8 cannot hold."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def clean_title(title: str) -> str:
    """The title as it is kept. Raises `BadInput` for an empty or too long one."""
    clean = one_line(title)
    if not clean:
        raise BadInput(t("project.title_empty"))
    if len(clean) > MAX_TITLE:
        raise BadInput(t("project.title_long"))
    return clean


def describe_project(project: Project, title: str, stack: Iterable[str] | None) -> None:
    """Set what a generation says of a project; an empty title leaves the title, None the stack."""
    if title.strip():
        project.title = clean_title(title)[:MAX_TITLE]
    if stack is not None:
        project.stack = [*stack]
