"""The language of the texts at the moment: each request, and the work it starts, has its own."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from builder.texts.catalogues import languages
from preview_runtime.phrases import LANGUAGE_COOKIE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

DEFAULT: Final = "en"
PAGES_IN: Final = "SAYSO_PAGES_IN"
"""The variable by which `builder.build` tells one build of the pages its language."""
CHOICE: Final = LANGUAGE_COOKIE
"""The cookie that holds the language a person chose in this browser. Pages write it."""
_FIRST: Final = os.environ.get(PAGES_IN, DEFAULT)
_SPOKEN: Final = ContextVar("language", default=_FIRST)
_CHOSEN: Final = re.compile(rf"(?:^|;) *{CHOICE}=([A-Za-z-]{{2,16}}) *(?:;|$)")
# Anybody may send this header: a longer value names no language.
_MOST: Final = 200


def spoken() -> str:
    """The language of this request, or of the work it started; English when no request set one."""
    return _SPOKEN.get()


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use `language` within the block."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


@lru_cache(maxsize=256)
def understood(accepted: str, known: tuple[str, ...] | None = None) -> str:
    """The language of an Accept-Language header (RFC 9110, 12.5.4) that has a catalogue and that the person prefers
    most."""
    wished: list[tuple[float, str]] = []
    for part in accepted[:_MOST].split(","):
        tag, _, weight = part.strip().partition(";q=")
        with contextlib.suppress(ValueError):
            wished.append((float(weight or 1), tag))
    known = languages() if known is None else known
    if known == (DEFAULT,):
        return DEFAULT
    from babel import negotiate_locale

    best: list[str] = []
    for _, name in sorted((one for one in wished if one[0] > 0), key=lambda one: -one[0]):
        best += [name, name.partition("-")[0]]  # speakers of one region's form understand the others
    found = negotiate_locale(best, known, sep="-", aliases={one.partition("-")[0]: one for one in known})
    return next((one for one in known if found and one.lower() == found.lower()), DEFAULT)


def chosen(cookies: str) -> str:
    """The language that a Cookie header says was chosen; "" for none, or for one without a catalogue."""
    found = _CHOSEN.search(cookies)
    return found[1] if found and found[1] in languages() else ""


def speak(language: str) -> None:
    """Use `language` for the rest of the task that is running."""
    _SPOKEN.set(language)


def language_of(scope: Scope) -> str:
    """The language of a request: the one that was chosen in this browser, else the one that it asks for."""
    headers = dict(scope.get("headers") or ())
    choice = chosen(headers.get(b"cookie", b"").decode("latin-1"))
    return choice or understood(headers.get(b"accept-language", b"").decode("latin-1"))


class InTheirLanguage:
    """ASGI: answers each request in its language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with speaking(language_of(scope)):
            await self._app(scope, receive, send)
