"""In which language is spoken at this moment: each request and what it begins has its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from builder.texts.catalogues import languages

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

DEFAULT: Final = "en"
_SPOKEN: Final = ContextVar("language", default=DEFAULT)
# Of a header that anybody may send: what is longer names no language.
_MOST: Final = 200


def spoken() -> str:
    """The language of this request, or of the work that it began; English where nobody asked."""
    return _SPOKEN.get()


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` within the block."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


@lru_cache(maxsize=256)
def understood(accepted: str, known: tuple[str, ...] | None = None) -> str:
    """Of the languages in an Accept-Language header (RFC 9110, 12.5.4) the one that there is a catalogue for, the
    person's best first."""
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
        best += [name, name.partition("-")[0]]  # whoever speaks that of one region understands another's
    found = negotiate_locale(best, known, sep="-", aliases={one.partition("-")[0]: one for one in known})
    return next((one for one in known if found and one.lower() == found.lower()), DEFAULT)


class InTheirLanguage:
    """ASGI: answers each request in the language that it asks for. A person's own choice goes here, before the header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers") or ())
        with speaking(understood(headers.get(b"accept-language", b"").decode("latin-1"))):
            await self._app(scope, receive, send)
