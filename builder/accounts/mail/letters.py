"""Letters: one template for each kind and language, which gives the subject, the text and the HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from builder.base.settings import ROOT
from builder.texts.language import DEFAULT, understood

FOLDER: Final = ROOT / "templates" / "mail"


class LetterKind(StrEnum):
    """What a letter is about: the name of its template."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"
    JOIN = "join"
    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of letter
    LEAVING = "leaving"
    WAYS_CHANGED = "ways_changed"
    LOOKED_AT = "looked_at"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


@cache
def languages() -> tuple[str, ...]:
    """The languages that letters are written in: more than the pages speak."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))


def language_for(accepted: str) -> str:
    """The language of letters for whoever sends this Accept-Language header."""
    return understood(accepted, languages())


def letter(kind: LetterKind, language: str, values: Mapping[str, str]) -> Letter:
    """The letter with its `values` filled in; in English where it is not written in `language`. `values` may have a
    `link`, to which the button of the HTML leads, and an `unsubscribe`, whose link is the last line. Raises UndefinedError for a value that is missing."""
    folder = language if language in languages() else DEFAULT
    template = _templates().get_template(f"{folder}/{kind}.jinja")
    paragraphs = [" ".join(part.split()) for part in _block(template, "text", values).split("\n\n") if part.strip()]
    subject, link = " ".join(_block(template, "subject", values).split()), values.get("link", "")
    button = " ".join(_block(template, "button", values).split()) if link else ""
    shown = [*paragraphs[:1], *([f"{button}: {link}"] if link else []), *paragraphs[1:]]
    if stop := values.get("unsubscribe", ""):
        label = " ".join(_block(_templates().get_template(f"{folder}/unsubscribe.jinja"), "text", values).split())
        shown.append(f"{label}: {stop}")
    else:
        label = ""
    html = _html().get_template("letter.html.jinja")
    return Letter(
        subject,
        "\n\n".join(shown) + "\n",
        html.render(
            language=folder, subject=subject, paragraphs=paragraphs, button=button, link=link, stop=stop, label=label
        ),
    )


def _block(template: Template, name: str, values: Mapping[str, str]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values))))


@cache
def _templates() -> Environment:
    # Plain text: what is filled in is escaped where it becomes HTML.
    return Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)  # noqa: S701


@cache
def _html() -> Environment:
    return Environment(loader=FileSystemLoader(Path(FOLDER)), undefined=StrictUndefined, autoescape=True)
