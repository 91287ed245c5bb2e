"""Phrases in a person's language."""

from __future__ import annotations

from builder.texts.catalogues import catalogue
from builder.texts.language import spoken
from preview_runtime.phrases import Phrase


def t(key: str, language: str = "", /, **values: object) -> str:
    """The text for `key` with its `{values}` filled in, in `language`, by default that of the request. Raises KeyError
    for a key or a value that is missing. A value may be a phrase."""
    language = language or spoken()
    return catalogue(language).say(key, {name: _value(value, language) for name, value in values.items()})


def said(phrase: Phrase, language: str = "") -> str:
    """The text of a phrase of `preview_runtime`. Raises KeyError as `t` does."""
    return t(phrase.key, language, **phrase.values)


def _value(value: object, language: str) -> object:
    if isinstance(value, Phrase):
        return said(value, language)
    return "; ".join(said(one, language) for one in value) if isinstance(value, tuple) else value
