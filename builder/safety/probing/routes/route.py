"""One route of an app, as its sources or its own description tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

PARAMETER: Final = re.compile(r"\{(\w+)\}")
_COLON: Final = re.compile(r":(\w+)(?:\([^)]*\)|\{[^}]*\})?[?*+]?")
_ANGLE: Final = re.compile(
    r"<(?:(?:string|int|float|path|uuid|slug|str|any|re|bool|date)(?:\([^)]*\))?:)?(\w+)(?::\w+)?>"
)
_TYPED: Final = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True, slots=True)
class AppRoute:
    """`path` with its parameters as `{name}`. `fields`: the names of what it reads from a body, with a JSON schema each
    ({} where nothing is known). `query`: the names it reads from the address. `form`: the body is a form."""

    method: str
    path: str
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    form: bool = False
    origin: str = ""
    """The path as the app has it, where `path` names one thing already."""

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    @property
    def segments(self) -> list[str]:
        """The parts of the path that are words, in small letters."""
        return [part.lower() for part in self.path.strip("/").split("/") if part and "{" not in part]

    @property
    def says(self) -> str:
        """How it is named to a person: `GET /api/orders/{id}`."""
        return f"{self.method} {self.origin or self.path}"

    def bound(self, value: str) -> AppRoute:
        """The same with its first parameter replaced: what lies below one thing."""
        return replace(self, path=PARAMETER.sub(lambda _: value, self.path, count=1), origin=self.origin or self.path)

    def filled(self, value: str) -> str:
        """The path with every parameter replaced."""
        return PARAMETER.sub(lambda _: value, self.path)


def plain(path: str) -> str:
    """A path of any framework with its parameters as `{name}`, beginning with a slash."""
    for shape in (_TYPED, _ANGLE, _COLON):
        path = shape.sub(lambda match: "{" + match[1] + "}", path)
    return "/" + path.lstrip("/")


def joined(prefix: str, path: str) -> str:
    return (
        plain(prefix.rstrip("/") + "/" + path.lstrip("/"))
        if path.strip("/") or not prefix
        else plain(prefix.rstrip("/") + path)
    )


def merged(routes: Iterable[AppRoute]) -> list[AppRoute]:
    """Each method and path once, with all that is known of it; what an app says of itself comes first."""
    found: dict[tuple[str, str], AppRoute] = {}
    for route in routes:
        shape = PARAMETER.sub("{}", route.path)
        known = found.get((route.method, shape))
        if known is None:
            found[route.method, shape] = route
            continue
        found[route.method, shape] = replace(
            known,
            fields=known.fields or route.fields,
            query=tuple(dict.fromkeys((*known.query, *route.query))),
            form=known.form or (route.form and not known.fields),
        )
    return list(found.values())
