"""What all checks share: the routes, the people who ask, and what was found."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from builder.safety.probing.asking.accounts import AppAccount, Doors
from builder.safety.probing.asking.holes import Holes
from builder.safety.probing.asking.visitor import Answer, Visitor
from builder.safety.probing.routes.reading import AppSources
from builder.safety.probing.routes.route import AppRoute


@dataclass
class Inquiry:
    """`nobody` never signs in; `a` and `b` are two accounts, where the app makes them. `seen`: the answers to nobody."""

    routes: list[AppRoute]
    sources: AppSources
    way: Doors
    nobody: Visitor
    a: AppAccount | None = None
    b: AppAccount | None = None
    holes: Holes = field(default_factory=Holes)
    seen: dict[str, Answer] = field(default_factory=dict)
    raised: AppAccount | None = None
    """An account that has rights which it gave itself."""
    marks: set[str] = field(default_factory=set)
    """Of what A made and others are not shown."""

    @property
    def lists(self) -> list[AppRoute]:
        """What is read without naming one thing."""
        return [
            route
            for route in self.routes
            if route.method == "GET"
            and not route.parameters
            and route.path not in self.way.paths
            and "logout" not in route.path
        ]

    @property
    def items(self) -> list[AppRoute]:
        """What is read of one thing."""
        return [route for route in self.routes if route.method == "GET" and len(route.parameters) == 1]

    async def as_nobody(self, route: AppRoute) -> Answer:
        """Its answer to somebody whom it does not know; asked once."""
        if route.path not in self.seen:
            self.nobody.forget()
            self.seen[route.path] = await self.nobody.ask("GET", route.path)
        return self.seen[route.path]


def new_mark() -> str:
    """What no app says by itself."""
    return f"zq{secrets.token_hex(5)}"


def noun_of(route: AppRoute) -> str:
    """What a route is about, as one word: the last part of its path that is no verb and no version."""
    names = [part for part in route.segments if part not in VERBS and not (part[:1] == "v" and part[1:].isdigit())]
    return names[-1] if names else (route.segments or ["page"])[-1]


def stem(noun: str) -> str:
    """One of it: orders and order are the same."""
    small = noun.lower().replace("_", "-")
    if small.endswith("ies"):
        return small[:-3] + "y"
    return small[:-1] if small.endswith("s") and not small.endswith("ss") else small


VERBS = frozenset(
    ("new", "create", "add", "edit", "update", "delete", "remove", "list", "all", "save", "view", "show", "detail", "details", "get", "api", "rest", "json", "mine", "my", "me", "export", "done", "toggle", "complete")
)  # fmt: skip
AnyJson = Any
