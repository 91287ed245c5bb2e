"""The table of calls in docs/architecture.md: whoever reads it finds each call there is, and none that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from fastapi.routing import APIWebSocketRoute

from builder.api import create_api
from builder.base.settings import ROOT

PREFIX: Final = "/api/v1"


def plain(path: str) -> str:
    """Without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0].replace("…", "/projects/{}"))


def written() -> set[tuple[str, str]]:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    found = set()
    for row in page.partition("| call | what |\n|---|---|\n")[2].partition("\n\n")[0].splitlines():
        for methods, path in re.findall(r"`([A-Z/]+) ([^` ]+)`", row.split("|")[1]):
            found |= {(method, plain(path)) for method in methods.split("/")}
    return found


def served() -> set[tuple[str, str]]:
    app = create_api(lambda: None)  # type: ignore[arg-type, return-value]
    calls = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods} | {
        ("WS", route.path) for route in every(app.routes) if isinstance(route, APIWebSocketRoute)
    }
    return {(method, plain(path.removeprefix(PREFIX))) for method, path in calls}


def every(routes: Iterable[object]) -> Iterator[object]:
    """Routers that are included are routes themselves."""
    for route in routes:
        yield route
        yield from every(getattr(getattr(route, "original_router", None), "routes", ()))


def test_the_table_names_every_call_and_no_other() -> None:
    assert written() == served()
